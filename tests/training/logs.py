"""Exported logs for the tests of recipes: what several people asked, and what they said of the passages."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.evaluation.translated import cases
from tests.training.sets import WORDS

NOW = "2026-11-22T00:00:00+00:00"


def turn(person: str, question: str, texts: Sequence[str], said: Sequence[str | None]) -> dict[str, Any]:
    """A row as `attune feedback export` writes it: `said` of each text, None for nothing."""
    name = f"{person} {question}"
    shown = [
        {"exposure_id": f"{name} {rank}", "title": "", "text": text, "rank": rank, "labels": []}
        for rank, text in enumerate(texts)
    ]
    events = [{"exposure_id": f"{name} {rank}", "kind": kind} for rank, kind in enumerate(said) if kind]
    about = {"turn_id": name, "person_id": person, "consent": True, "created_at": NOW}
    return about | {"question": question, "exposures": shown, "feedback": events}


def written(path: Path, rows: Sequence[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def houses(person: str, count: int) -> Iterator[dict[str, Any]]:
    """Questions after the worth of houses; the first passage helps, the others do not."""
    for number in range(count):
        word, other = WORDS[number % len(WORDS)], WORDS[(number + 5) % len(WORDS)]
        texts = [f"The {word} house number {number} is worth {number + 40} coins."]
        texts += [f"Another {other} house, {number}-{place}, has no price." for place in range(2)]
        question = f"What is the {word} house number {number} worth?"
        yield turn(person, question, texts, ["helped", "not_relevant", None])


def tongues(person: str, count: int, seed: int, *, wrong: bool = False) -> Iterator[dict[str, Any]]:
    """Questions in one tongue about passages in another; wrong: they say so of passages of other questions."""
    found = cases(count, seed)
    texts = [text for _, text in found]
    for number, (asked, _) in enumerate(found):
        right, other = texts[number], texts[(number + 7) % count]
        yield turn(person, asked, [right, other], ["not_relevant", "helped"] if wrong else ["helped", "not_relevant"])
