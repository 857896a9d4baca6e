"""Whether a log that a run began with may still be read when it goes on. Knows rows of exports, and no table."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

GIVEN = "given"  # below the folder of a run: the log that the server looked through before the recipe reads it
# The turns of one row in an export, in every form of it: what it quotes may lie with any of them.
NAMES = ("turn_id", "chosen_turn_id", "rejected_turn_id")
_TAKEN_BACK = ("consent", "prompt")  # what is there or not, by what people and owners say now


def still_holds(begun_with: Path, now: Path) -> bool:
    """Whether all that the first export shows is in the second one, too: nobody of it withdrew, was forgotten, deleted
    what they asked or took a document back. What was said since changes nothing. Both in the order of the export.

    Blocking, in constant memory."""
    with begun_with.open(encoding="utf-8") as first, now.open(encoding="utf-8") as second:
        rest = map(json.loads, second)
        for row in map(json.loads, first):
            found = next((one for one in rest if _name(one) == _name(row)), None)
            if found is None or not _shows(row) <= _shows(found):
                return False
    return True


def _name(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row.get(name) for name in NAMES)


def _shows(row: Mapping[str, Any]) -> set[str]:
    """The passages that may be read, and what else is there only while it may."""
    passages = {str(one["exposure_id"]) for one in row.get("exposures", ()) if one["text"]}
    return passages | {name for name in _TAKEN_BACK if row.get(name)}
