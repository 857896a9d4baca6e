"""What people did with answers, as an export holds it: pairs of an edit, or answers wanted and not. Knows no model."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from app.consent import ALONE
from training.recipe import RecipeError
from training.voices import heard

Method = Literal["dpo", "kto"]
METHODS: tuple[Method, ...] = ("dpo", "kto")
_NEEDS: Mapping[Method, frozenset[str]] = {
    "dpo": frozenset({"prompt", "chosen", "rejected", "turn_id", "person_id"}),
    "kto": frozenset({"prompt", "completion", "label", "turn_id", "person_id"}),
}
_TEXTS = {"prompt", "chosen", "rejected", "completion", "label"}  # what TRL reads
_HELD_BACK = 5  # every fifth turn


@dataclass(frozen=True)
class PreferenceRows:
    """Rows to fit on and rows to measure on, told apart by their turn alone, so that more of them change no side."""

    method: Method
    fitted: tuple[Mapping[str, Any], ...]
    held_back: tuple[Mapping[str, Any], ...]
    left_out: int = 0  # rows of people who did not agree

    @property
    def people(self) -> int:
        return len({row["person_id"] for row in (*self.fitted, *self.held_back)})

    @property
    def agreed(self) -> bool:
        """Whether a model that was fitted to them may be used by others than who they are of."""
        return all(_agreed(row) and not row.get(ALONE) for row in (*self.fitted, *self.held_back))

    def for_trl(self) -> list[dict[str, Any]]:
        """The rows to fit on, in TRL's conversational form and with nothing beside it."""
        return [{key: row[key] for key in sorted(_TEXTS & row.keys())} for row in self.fitted]


def read_rows(path: Path, method: Method, everyone: bool = False) -> PreferenceRows:
    """What `attune feedback export --format dpo|kto` wrote; with `everyone` only of those who agreed, without it one
    person's. Raises RecipeError where it teaches too little, or holds several people's without `everyone`."""
    found = list(_rows(path, method))
    if not everyone and (people := len({row["person_id"] for row in found})) > 1:
        raise RecipeError(
            f"{path} holds rows of {people} people: what was read in one's documents could be repeated to another. "
            "Export one person's (--user EMAIL), or pass --everyone to take the rows of those who agreed"
        )
    agreed = [row for row in found if _agreed(row)] if everyone else found
    rows = heard(agreed, lambda row: str(row["person_id"]), lambda row: str(row["turn_id"]))
    fitted, held = _parted(rows)
    if not fitted or not held:
        raise RecipeError(
            f"{path} holds {len(rows)} rows for {method}, {len(held)} of them held back: more are needed on either "
            f"side. {'Rewrite' if method == 'dpo' else 'Vote on'} more answers, then train again"
            + (f"; {len(found) - len(agreed)} are of people who did not agree" if len(found) > len(agreed) else "")
        )
    if method == "kto" and len({bool(row["label"]) for row in fitted}) == 1:
        raise RecipeError(f"{path} holds only {'wanted' if fitted[0]['label'] else 'unwanted'} answers: kto needs both")
    return PreferenceRows(method, tuple(fitted), tuple(held), len(found) - len(agreed))


def _agreed(row: Mapping[str, Any]) -> bool:
    return row.get("consent") is True


def _rows(path: Path, method: Method) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
        except ValueError:
            raise RecipeError(f"line {number} of {path} is no JSON: export it again") from None
        if not isinstance(row, dict) or not _NEEDS[method] <= row.keys():
            lacks = ", ".join(sorted(_NEEDS[method] - (row.keys() if isinstance(row, dict) else set())))
            raise RecipeError(f"line {number} of {path} lacks {lacks}: export it with --format {method}")
        yield row


def _parted(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    sides: tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]] = ([], [])
    for row in rows:
        digest = hashlib.sha256(str(row["turn_id"]).encode()).digest()
        sides[digest[0] % _HELD_BACK == 0].append(row)
    return sides
