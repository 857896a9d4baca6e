"""Reads trainable sets as questions with labelled passages, whatever their form. Knows no model and no loss.

Sets that carry passages are taken as they are; where a question has few distractors and a corpus lies beside it, the
hardest other texts by BM25 are added. Long texts are cut as the product cuts them.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from evaluation.datasets import (
    Entry,
    Label,
    LabelledPassage,
    Qrels,
    Question,
    read_entries,
    read_qrels,
    read_queries,
    read_questions,
)
from evaluation.holdout import components, held_back, marks, trainable
from retrieval.passages import Cutter
from retrieval.types import Block, LoadedDocument
from training.mining import Pool

MINED = 12  # distractors that a question has at least, where its pool holds as many
_WORDS = 170  # of a passage; with a title it fits the 256 tokens of the shipped encoder


@dataclass(frozen=True)
class Example:
    """A question, the passages it was shown with, and what each is worth. No passage is gold where none answers."""

    id: str
    question: str
    passages: tuple[LabelledPassage, ...]
    answers: tuple[str, ...]
    answerable: bool
    source: str  # name of the set
    component: str  # questions of one component share texts: they are trained on, or set aside, together


def read_examples(folders: Sequence[Path], *, held_out: bool = False) -> list[Example]:
    """What may be trained on of `folders`, or with `held_out` what is measured on instead. Raises DataError."""
    allowed = {folder: held_back(folder) for folder in folders} if held_out else trainable(folders)
    return [example for folder in folders for example in _Set(folder, allowed[folder], held_out).examples()]


class _Set:
    """One folder: the questions that are wanted, its texts cut to passages, its judgements."""

    def __init__(self, folder: Path, ids: frozenset[str], whole_pool: bool) -> None:
        self._name = folder.name
        asked = _questions(folder)
        self._questions = [question for question in asked if question.id in ids]
        self._qrels = _judgements(folder)
        self._components = {one: min(some) for some in components(marks(folder)) for one in some}
        entries = read_entries(folder) if (folder / "corpus.jsonl").exists() else ()
        if not whole_pool:  # the texts of other questions are theirs, also as distractors
            others = {text for question in asked if question.id not in ids for text in self._own(question)}
            entries = tuple(entry for entry in entries if entry.id not in others)
        self._pieces = _cut(entries)
        self._pools: dict[str | None, tuple[list[LabelledPassage], Pool]] = {}
        for group in {entry.group for entry in entries}:
            pieces = [piece for entry in entries if entry.group == group for piece in self._pieces[entry.id]]
            self._pools[group] = pieces, Pool([f"{piece.title}\n{piece.text}" for piece in pieces])

    def examples(self) -> Iterator[Example]:
        for question in self._questions:
            passages = self._passages(question)
            if passages and (any(p.label == "gold" for p in passages) or not self._judged_somewhere(question)):
                component = f"{self._name}/{self._components[question.id]}"
                answers, answerable = question.answers, question.answerable
                identity = f"{self._name}/{question.id}"
                yield Example(identity, question.question, passages, answers, answerable, self._name, component)

    def _own(self, question: Question) -> set[str]:
        return {passage.id for passage in question.passages or ()} | self._qrels.get(question.id, {}).keys()

    def _judged_somewhere(self, question: Question) -> bool:
        """Whether a gold passage exists that was lost in cutting: such a question would teach a falsehood."""
        return bool(self._qrels.get(question.id)) and question.passages is None

    def _passages(self, question: Question) -> tuple[LabelledPassage, ...]:
        grades = self._qrels.get(question.id, {})
        best = max(grades.values(), default=0)
        if question.passages is not None:
            # A passage of a lower grade is neither needed nor wrong.
            passages = [_labelled(p, "unknown") if 0 < grades.get(p.id, best) < best else p for p in question.passages]
        else:
            passages = [
                piece for entry, grade in grades.items() for piece in self._judged(question, entry, grade == best)
            ]
        return (*passages, *self._mined(question, passages))

    def _judged(self, question: Question, entry: str, gold: bool) -> list[LabelledPassage]:
        """The judged text; of a long one the piece that answers, and "unknown" other pieces with the same words."""
        pieces = self._pieces.get(entry, [])
        if len(pieces) <= 1 or not question.answers:
            return [_labelled(piece, "gold" if gold else "unknown") for piece in pieces]
        answering = [piece for piece in pieces if _contains(piece.text, question.answers)]
        ranked = [answering[place] for place in Pool([piece.text for piece in answering]).ranked(question.question)]
        return [_labelled(piece, "gold" if gold and place == 0 else "unknown") for place, piece in enumerate(ranked)]

    def _mined(self, question: Question, passages: Sequence[LabelledPassage]) -> list[LabelledPassage]:
        pieces, pool = self._pools.get(question.group, ([], Pool([])))
        wanted = MINED - sum(p.label in ("distractor", "noise") for p in passages)
        known = {passage.id for passage in passages}
        judged = self._qrels.get(question.id, {}).keys()
        found: list[LabelledPassage] = []
        for place in pool.ranked(question.question) if wanted > 0 else ():
            piece = pieces[place]
            if piece.id in known or piece.id in judged or _contains(piece.text, question.answers):
                continue  # an answer in it may be chance or may be support: nobody judged it
            found.append(_labelled(piece, "distractor"))
            if len(found) == wanted:
                break
        return found


def _questions(folder: Path) -> tuple[Question, ...]:
    """Questions, or queries where only they are there."""
    if (folder / "questions.jsonl").exists():
        return read_questions(folder)
    return tuple(Question(id=q.id, question=q.text, group=q.group, split=q.split) for q in read_queries(folder))


def _judgements(folder: Path) -> Qrels:
    found: Qrels = {}
    for path in sorted(folder.glob("qrels*.tsv")):
        for question, grades in read_qrels(path).items():
            found.setdefault(question, {}).update(grades)
    return found


def _cut(entries: Sequence[Entry]) -> Mapping[str, list[LabelledPassage]]:
    cutter = Cutter(_WordCounter())
    cut: dict[str, list[LabelledPassage]] = {}
    for entry in entries:
        texts = [p.text for p in cutter.cut("00000000-0000-0000-0000-000000000000", _loaded(entry))]
        names = [entry.id] if len(texts) == 1 else [f"{entry.id}#{number}" for number in range(len(texts))]
        cut[entry.id] = [
            LabelledPassage(id=name, title=entry.title, text=text) for name, text in zip(names, texts, strict=True)
        ]
    return cut


def _loaded(entry: Entry) -> LoadedDocument:
    blocks = tuple(Block(text) for text in entry.text.split("\n\n") if text.strip())
    return LoadedDocument(entry.title, "text/plain", blocks)


class _WordCounter:
    """Words in place of an encoder's tokens, so that reading data loads no model."""

    window = _WORDS

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


def _labelled(passage: LabelledPassage, label: Label) -> LabelledPassage:
    return passage.model_copy(update={"label": label})


def _contains(text: str, answers: Sequence[str]) -> bool:
    """Whether an accepted answer stands in `text` as whole words."""
    plain = f" {_plain(text)} "
    return any(f" {words} " in plain for words in map(_plain, answers) if words)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
