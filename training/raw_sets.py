"""Reads sets that come in forms of their own (TAT-QA, PubMedQA, RAG-QA Arena) as examples. Knows no model."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from evaluation.datasets import LabelledPassage
from training.examples import MINED, Example
from training.mining import Pool

_WORDS = 170  # as passages of other sets


def read_raw(folder: Path) -> list[Example]:
    """All questions of the folder; none of these sets has a part that is held back here. Raises KeyError on a form
    that is not known: ask `is_raw` first."""
    return list(_READERS[_kind(folder)](folder))


def is_raw(folder: Path) -> bool:
    return _kind(folder) in _READERS


def _kind(folder: Path) -> str:
    return next((name for name in _READERS if any(folder.glob(name))), "")


def _tatqa(folder: Path) -> Iterator[Example]:
    """A report's table and paragraphs; what another report says of "total sales" would be no fair distractor."""
    for path in sorted(folder.glob("tatqa_dataset_*.json")):
        for context in json.loads(path.read_text()):
            identity = context["table"]["uid"]
            rows = [" | ".join(cell for cell in row if cell) for row in context["table"]["table"]]
            texts = {"table": "\n".join(rows)} | {str(p["order"]): p["text"] for p in context["paragraphs"]}
            for asked in context["questions"]:
                gold = set(asked["rel_paragraphs"]) | ({"table"} if "table" in asked["answer_from"] else set())
                passages = [
                    _passage(f"{identity}-{name}", text, "gold" if name in gold else "distractor")
                    for name, text in texts.items()
                ]
                yield _example(folder, asked["uid"], asked["question"], passages, identity)


def _pubmedqa(folder: Path) -> Iterator[Example]:
    """An abstract's sections all help; those of other abstracts do not."""
    rows: dict[str, dict[str, Any]] = json.loads((folder / "train.json").read_text())
    owners = [(key, text) for key, row in rows.items() for text in row["CONTEXTS"]]
    pool = Pool([text for _, text in owners])
    for key, row in rows.items():
        golds = [_passage(f"{key}-{n}", text, "gold") for n, text in enumerate(row["CONTEXTS"])]
        others = [owners[place] for place in pool.ranked(row["QUESTION"]) if owners[place][0] != key][:MINED]
        mined = [
            _passage(f"{other}-{rows[other]['CONTEXTS'].index(text)}", text, "distractor") for other, text in others
        ]
        yield _example(folder, key, row["QUESTION"], [*golds, *mined], key)


def _arena(folder: Path) -> Iterator[Example]:
    """What a person answered is the passage that answers; answers to like questions are the distractors."""
    for path in sorted(folder.glob("annotations_*_with_citation.jsonl")):
        rows = [json.loads(line) for line in path.read_text().splitlines()]
        texts = [" ".join(row["answer"].split()[:_WORDS]) for row in rows]
        pool = Pool(texts)
        for number, row in enumerate(rows):
            places = [place for place in pool.ranked(row["question"]) if place != number][:MINED]
            passages = [_passage(row["qid"], texts[number], "gold")]
            passages += [_passage(rows[place]["qid"], texts[place], "distractor") for place in places]
            yield _example(folder, row["qid"], row["question"], passages, row["qid"])


def _passage(identity: str, text: str, label: Any) -> LabelledPassage:
    return LabelledPassage(id=identity, text=" ".join(text.split()[:_WORDS]), label=label)


def _example(
    folder: Path, identity: str, question: str, passages: Sequence[LabelledPassage], component: str
) -> Example:
    name = folder.name
    return Example(f"{name}/{identity}", question, tuple(passages), (), True, name, f"{name}/{component}")


_READERS: dict[str, Callable[[Path], Iterator[Example]]] = {
    "tatqa_dataset_*.json": _tatqa,
    "train.json": _pubmedqa,
    "annotations_*_with_citation.jsonl": _arena,
}
