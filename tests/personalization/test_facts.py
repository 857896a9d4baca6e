"""Style and fact: told apart on labelled edits, and never a fact taken for style where it can be seen."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from personalization.diff import difference
from personalization.facts import FactChange, Split, split

LABELLED = Path(__file__).parent / "labelled_edits.jsonl"


def labelled(half: str) -> Iterator[dict[str, Any]]:
    rows = (json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines())
    return (row for row in rows if row["half"] == half)


def figures(half: str) -> dict[str, float]:
    """Precision and recall of "something of fact was changed" and of "nothing was"."""
    right = {"style": 0, "fact": 0}
    said, true = dict(right), dict(right)
    for row in labelled(half):
        found = split(row["draft"], row["edited"])
        answer = "fact" if found.facts else "style"
        gold = "style" if row["kind"] == "style" else "fact"
        said[answer] += 1
        true[gold] += 1
        right[gold] += answer == gold
    return {
        f"{kind} {name}": right[kind] / of[kind]
        for kind in right
        for name, of in (("precision", said), ("recall", true))
    }
