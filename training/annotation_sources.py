"""Questions to annotate: of the turn log as it is exported, or of a data set. Knows no method and no model."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from app.consent import ALONE
from evaluation.datasets import LabelledPassage
from evaluation.errors import DataError
from training.annotation import Asked
from training.examples import read_examples
from training.raw_sets import is_raw, read_raw


def of_place(place: Path) -> list[Asked]:
    """Of a data set's folder, or of a file of exported turns. Raises DataError."""
    return of_set(place) if place.is_dir() else of_log(place)


def of_log(export: Path) -> list[Asked]:
    """The turns of `attune feedback export --format turns` that showed passages: question, what was shown, and the
    answer as its person left it, if they mended it. Raises DataError."""
    return [asked for row in turns(export) if (asked := _of_turn(row)).passages]


def of_set(folder: Path) -> list[Asked]:
    """The trainable questions of a data set, with their passages and the hardest others of its corpus.

    Raises DataError."""
    examples = read_raw(folder) if is_raw(folder) else read_examples([folder])
    return [Asked(one.id, one.question, one.passages, one.answers) for one in examples]


def turns(export: Path) -> Iterator[dict[str, Any]]:
    """The turns of an exported log that may train what others use too. Raises DataError."""
    return (row for row in _rows(export) if row.get("consent") is True)


def whose(export: Path | None) -> dict[str, bool]:
    """What a manifest's settings say of the log, if one was read: whether some of it is of somebody who agreed only by
    being alone. What is fitted to it is nobody else's, once others come (docs/decisions/023). Raises DataError."""
    return {ALONE: any(row.get(ALONE) for row in turns(export))} if export else {}


def left_out(export: Path) -> int:
    """How many turns of an exported log are of people who did not agree. Raises DataError."""
    return sum(row.get("consent") is not True for row in _rows(export))


def _rows(export: Path) -> Iterator[dict[str, Any]]:
    with export.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                row = json.loads(line)
                row["turn_id"], row["question"], row["exposures"]
            except (ValueError, KeyError, TypeError):
                raise DataError(
                    f"{export}:{number}: expected a turn as `attune feedback export` writes it, found {line[:80]!r}"
                ) from None
            yield row


def question_of(row: dict[str, Any]) -> str:
    """What was searched for: the question as it stands alone."""
    return str(row.get("standalone_question") or row["question"])


def documents_shown(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The passages that were shown in a turn, without what people said: no search finds it."""
    return [one for one in row["exposures"] if one.get("kind", "document") == "document"]


def _of_turn(row: dict[str, Any]) -> Asked:
    shown = sorted((one for one in documents_shown(row) if one["text"]), key=lambda exposure: exposure["rank"])
    passages = tuple(
        LabelledPassage(id=one["passage_id"], title=one["title"], text=one["text"], page=one["page"]) for one in shown
    )
    mended = row.get("edited_answer")
    exposures = tuple(str(one["exposure_id"]) for one in shown)
    return Asked(row["turn_id"], question_of(row), passages, (mended,) if mended else (), exposures)
