"""What a learner concluded, as changes of rows: which preference stays, changes, comes and goes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.contexts import as_bytes
from app.held import Held, is_fixed
from app.models import utc_now
from app.models_preferences import Edit, Preference
from personalization import ports


@dataclass(frozen=True)
class Known:
    """What was known before the edit, and how its words became vectors."""

    rows: Sequence[Preference]  # also what was overtaken and what was deleted
    held: Sequence[Held]
    encoder: str
    times: Mapping[str, datetime | None]  # of every edit that can be evidence; None: too long ago to matter


@dataclass
class Outcome:
    """Rows to write, each with its evidence (edit id -> whether it speaks for it), and ids of those to retire."""

    rows: list[Preference] = field(default_factory=list)
    evidence: dict[str, dict[str, bool]] = field(default_factory=dict)  # by preference id
    retired: list[str] = field(default_factory=list)
    taught: bool = False  # whether the edit speaks for any of them


def reconcile(edit: Edit, known: Known, after: Sequence[ports.Preference]) -> Outcome:
    """The rows after `edit`, given what a learner made of what was known.

    What has the same parameters is the same row, also one that was overtaken before. Else what is about the same thing
    is: it keeps its identity, its scope and its switch, and remembers what it was. What its person said themselves
    changes nothing but its evidence. What the person deleted is learned again from newer edits only, and nothing is
    kept without an edit that speaks for it.
    """
    outcome = Outcome()
    free = {id(row): row for row in known.rows if row.forgotten_at is None}
    left = []
    for preference in after:
        row = _same(preference, free.values())
        if row is None:
            left.append(preference)
        else:
            if not is_fixed(row):
                del free[id(row)]
            _keep(outcome, edit, known, row, preference)
    for preference in left:
        key = preference.transformation.key
        about = (row for row in free.values() if row.key == key and not is_fixed(row) and row.superseded_by is None)
        row = next(about, None)
        if row is not None:
            del free[id(row)]
        _keep(outcome, edit, known, row, preference)
    outcome.retired += [
        row.id
        for row in free.values()
        if row.superseded_by is None and not is_fixed(row) and row.id not in outcome.evidence
    ]
    return outcome


def _same(preference: ports.Preference, rows: Any) -> Preference | None:
    parameters = dict(preference.transformation.parameters)
    alike = [row for row in rows if parameters in row.parameters]
    return next(iter(sorted(alike, key=lambda row: (not is_fixed(row), row.superseded_by is not None))), None)


def _keep(outcome: Outcome, edit: Edit, known: Known, row: Preference | None, preference: ports.Preference) -> None:
    evidence = _evidence(known, preference)
    if row is not None and is_fixed(row):
        outcome.evidence.setdefault(row.id, {}).update(evidence)
        outcome.taught |= evidence.get(edit.id, False)
        return
    if not any(evidence.values()):
        outcome.retired += [row.id] if row is not None and row.superseded_by is None else []
        return
    row = _new(edit, preference) if row is None else row
    _change(row, edit, preference)
    row.vector, row.encoder = as_bytes(preference.vector), known.encoder
    row.confidence, row.superseded_by = preference.confidence, None
    outcome.rows.append(row)
    outcome.evidence[row.id] = evidence
    outcome.taught |= evidence.get(edit.id, False)


def _evidence(known: Known, preference: ports.Preference) -> dict[str, bool]:
    """Edit id -> whether it speaks for the preference; without answers that were kept, which are no edits."""
    key = preference.transformation.key
    deleted = max((row.forgotten_at for row in known.rows if row.forgotten_at and row.key == key), default=None)
    heard = dict.fromkeys(preference.against, False) | dict.fromkeys(preference.supporting, True)
    return {one: supports for one, supports in heard.items() if _counts(known.times, one, deleted)}


def _counts(times: Mapping[str, datetime | None], edit_id: str, deleted: datetime | None) -> bool:
    if deleted is None:
        return edit_id in times
    written = times.get(edit_id)
    return written is not None and written > deleted


def _new(edit: Edit, preference: ports.Preference) -> Preference:
    wish = preference.transformation
    return Preference(
        person_id=edit.person_id,
        key=wish.key,
        description=wish.description,
        parameters=[dict(wish.parameters)],
        context=edit.context,
    )


def _change(row: Preference, edit: Edit, preference: ports.Preference) -> None:
    wish = preference.transformation
    parameters = [dict(wish.parameters)]
    if parameters != row.parameters:
        row.previous = {"edit_id": edit.id, "description": row.description, "parameters": row.parameters}
        row.description, row.parameters = wish.description, parameters
    row.updated_at = utc_now()
