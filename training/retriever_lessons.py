"""Where a retriever's lessons come from: documents alone, labels of a model, judgements of people. Knows no vector."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from app.versions import file_hash
from evaluation.datasets import SearchQuery, read_qrels, read_queries, read_questions
from evaluation.errors import DataError
from evaluation.holdout import trainable
from retrieval.ports import Encoder, Loader
from training.annotation_sources import left_out
from training.licences import licence
from training.log_labels import Rows, worth_of_label, worths
from training.manifest import DataUsed, folder_hash
from training.retriever_corpus import Corpus, read_corpus
from training.retriever_questions import ASIDE, SHARES, Made, headings_per_passage, made_of
from training.voices import heard

# In the order of the curriculum: what programs and models say, then what people say. "aside": only to measure with.
Stage = Literal["made", "judged", "aside"]

# Below it nothing was gained on three public sets (docs/decisions/016), above it always something.
_HEADED = 0.2


@dataclass(frozen=True)
class Sources:
    """What to learn from. `log` is a file of exported turns."""

    corpora: tuple[Path, ...] = ()
    data: tuple[Path, ...] = ()
    labels: tuple[Path, ...] = ()
    log: Path | None = None


@dataclass(frozen=True)
class Unread:
    """A lesson in words: the question, the pool it asks, and what passages of it are worth."""

    text: str
    pool: int
    worth: tuple[tuple[int, float], ...]
    share: float
    stage: Stage


@dataclass
class Gathered:
    """All lessons, the texts of every pool, and what the manifest says of where they come from."""

    pools: list[tuple[str, ...]] = field(default_factory=list)
    lessons: list[Unread] = field(default_factory=list)
    used: list[DataUsed] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, texts: Sequence[str], lessons: Sequence[Unread], used: DataUsed) -> None:
        self.pools.append(tuple(texts))
        self.lessons += lessons
        self.used.append(used)


async def gather(sources: Sources, encoder: Encoder, loader: Loader, seed: int) -> Gathered:
    """Read all sources. Raises DataError where they hold no question that any passage answers."""
    found = Gathered()
    for folder in sources.corpora:
        corpus = await read_corpus(folder, encoder, loader)
        made = made_of(corpus.passages, seed)
        lessons = _made(made, len(found.pools))
        if (headed := headings_per_passage(made, corpus.passages)) < _HEADED:
            found.notes.append(
                f"{corpus.name} has {headed:.2f} headings for a passage: documents teach by their headings, so expect "
                "little, and look at `attune eval retrieval` before using this"
            )
        # A person's documents state no licence, and their ABOUT.md, if there is one, is not looked for.
        found.add(_texts(corpus), lessons, DataUsed(corpus.name, corpus.sha256, "unknown", len(lessons)))
    allowed = trainable(sources.data)
    for folder in sources.data:
        corpus = await read_corpus(folder, encoder, loader)
        judged = _judged(folder, corpus, allowed[folder], len(found.pools))
        found.add(_texts(corpus), judged, DataUsed(folder.name, folder_hash(folder), licence(folder), len(judged)))
    for path in sources.labels:
        _add_rows(found, path, _labels(path), "made")
    if sources.log is not None:
        _add_rows(found, sources.log, worths(sources.log), "judged")
        if without := left_out(sources.log):
            found.notes.append(f"{without} turns of people who did not agree to train what others use are left out")
    if all(lesson.stage == "aside" for lesson in found.lessons):
        raise DataError("there is nothing to learn from: no question with a passage that helps")
    return found


def _texts(corpus: Corpus) -> list[str]:
    return [passage.indexed_text for passage in corpus.passages]


def _made(made: Sequence[Made], pool: int) -> list[Unread]:
    counts = Counter(one.kind for one in made)
    return [
        Unread(
            one.text,
            pool,
            tuple((place, 1.0) for place in one.places),
            SHARES.get(one.kind, 1.0) / counts[one.kind],
            "aside" if one.kind == ASIDE else "made",
        )
        for one in made
    ]


def _judged(folder: Path, corpus: Corpus, allowed: frozenset[str], pool: int) -> list[Unread]:
    """The queries that may be trained on, worth their grade over the best; all passages of a judged text count."""
    places: dict[str, list[int]] = {}
    for place, entry in enumerate(corpus.entries):
        places.setdefault(entry, []).append(place)
    asked = {one.id: one.text for one in _queries(folder)}
    lessons = []
    for path in sorted(folder.glob("qrels*.tsv")):
        for query, grades in read_qrels(path).items():
            best = max(grades.values())
            worth = tuple((place, grade / best) for entry, grade in grades.items() for place in places.get(entry, ()))
            if query in allowed and worth:
                lessons.append(Unread(asked[query], pool, worth, 1.0, "judged"))
    return lessons


def _queries(folder: Path) -> Sequence[SearchQuery]:
    if (folder / "queries.jsonl").exists():
        return read_queries(folder)
    return [SearchQuery(_id=one.id, text=one.question) for one in read_questions(folder)]


def _add_rows(found: Gathered, path: Path, rows: Rows, stage: Stage) -> None:
    """Questions with labelled texts: the texts of all are the pool, and what others were shown is a negative."""
    places = {text: place for place, text in enumerate(dict.fromkeys(text for some in rows.values() for text in some))}
    taught = {asked: some for asked, some in rows.items() if any(worth > 0 for worth in some.values())}
    # A model's labels weigh as much as a whole corpus.
    share = 1.0 if stage == "judged" else 1 / max(1, len(taught))
    kept = heard(taught, lambda asked: asked[0], " ".join) if stage == "judged" else list(taught)
    if len(kept) < len(taught):
        found.notes.append(f"{len(taught) - len(kept)} questions are beyond what one person may say")
    lessons = [
        Unread(
            asked[1],
            len(found.pools),
            tuple((places[text], worth) for text, worth in taught[asked].items()),
            share,
            stage,
        )
        for asked in kept
    ]
    found.add(list(places), lessons, DataUsed(path.name, file_hash(path), "unknown", len(lessons)))


def _labels(path: Path) -> Rows:
    """What `attune annotate` wrote; of several labels of a passage the last counts. Raises DataError."""
    rows: Rows = {}
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                rows.setdefault(("", row["question"]), {})[row["text"]] = worth_of_label(float(row["utility"]))
            except (ValueError, KeyError, TypeError):
                raise DataError(
                    f"{path}:{number}: expected a label of `attune annotate`, found {line[:80]!r}"
                ) from None
    return rows
