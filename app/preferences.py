"""Every SQL statement about preferences, their evidence and their use. The owner is part of each statement."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, literal, sql
from sqlmodel import case, col, delete, exists, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app import edits
from app.cursor import newest_first
from app.models import Person, Turn, table, utc_now
from app.models_preferences import Edit, Preference, PreferenceEvidence, PreferenceUse
from app.reconciling import Outcome

_PREFERENCES, _USES = table(Preference), table(PreferenceUse)


@dataclass(frozen=True)
class Tally:
    """Edits that speak for and against a preference, turns it shaped, and those of them that were then left alone."""

    supported_by: int = 0
    contradicted_by: int = 0
    used: int = 0
    kept: int = 0


async def find(session: AsyncSession, person_id: str, preference_id: str) -> Preference | None:
    """The preference, if it is this person's and in force."""
    query = _in_force(person_id).where(Preference.id == preference_id)
    return (await session.exec(query)).one_or_none()


async def page(
    session: AsyncSession, person_id: str, limit: int, before: tuple[datetime, str] | None
) -> Sequence[Preference]:
    """Newest first; `before` is the (created_at, id) of the last one already seen."""
    query = _in_force(person_id)
    page = newest_first(query, Preference.created_at, Preference.id, limit, before)
    return (await session.exec(page)).all()


async def in_force(session: AsyncSession, person_id: str) -> Sequence[Preference]:
    """All that hold, switched on or not."""
    return (await session.exec(_in_force(person_id))).all()


async def to_recall(session: AsyncSession, person_id: str) -> Sequence[Preference]:
    """Those that are switched on, the last changed first, past the ORM: objects of it take longer than all the rest."""
    active = (_PREFERENCES.c.person_id == person_id, _PREFERENCES.c.active.is_(True))
    holds = (_PREFERENCES.c.forgotten_at.is_(None), _PREFERENCES.c.superseded_by.is_(None))
    query = sql.select(_PREFERENCES).where(*active, *holds).order_by(_PREFERENCES.c.updated_at.desc())
    return cast(Sequence[Preference], (await session.execute(query)).all())  # rows have the same attributes


async def ever(session: AsyncSession, person_id: str) -> Sequence[Preference]:
    """Also those that were overtaken, and what is left of those that were deleted."""
    query = select(Preference).where(Preference.person_id == person_id)
    return (await session.exec(query.order_by(col(Preference.created_at)))).all()


async def evidence(session: AsyncSession, person_id: str) -> Sequence[PreferenceEvidence]:
    """All of this person's."""
    return (await session.exec(select(PreferenceEvidence).where(PreferenceEvidence.person_id == person_id))).all()


async def uses(session: AsyncSession, person_id: str) -> Sequence[PreferenceUse]:
    """All of this person's."""
    return (await session.exec(select(PreferenceUse).where(PreferenceUse.person_id == person_id))).all()


async def evidence_of(session: AsyncSession, person_id: str, preference_id: str) -> dict[str, bool]:
    """Edit id -> whether it speaks for this preference."""
    query = select(PreferenceEvidence.edit_id, PreferenceEvidence.supports).where(
        PreferenceEvidence.person_id == person_id, PreferenceEvidence.preference_id == preference_id
    )
    return {row[0]: row[1] for row in (await session.exec(query)).all()}


async def taught_by(session: AsyncSession, person_id: str, edit_ids: Iterable[str]) -> dict[str, list[Preference]]:
    """Edit id -> the preferences in force that it speaks for."""
    query = (
        select(PreferenceEvidence.edit_id, Preference)
        .join(Preference, col(Preference.id) == PreferenceEvidence.preference_id)
        .where(col(PreferenceEvidence.edit_id).in_(set(edit_ids)), col(PreferenceEvidence.supports).is_(True))
        .where(*_holds(person_id))
        .order_by(col(Preference.created_at))
    )
    found: dict[str, list[Preference]] = {}
    for edit_id, preference in (await session.exec(query)).all():
        found.setdefault(edit_id, []).append(preference)
    return found


async def tallies(session: AsyncSession, person_id: str, ids: Iterable[str]) -> dict[str, Tally]:
    """Preference id -> its counts."""
    wanted = set(ids)
    speaks = select(
        PreferenceEvidence.preference_id,
        func.sum(case((col(PreferenceEvidence.supports), 1), else_=0)),
        func.sum(case((col(PreferenceEvidence.supports), 0), else_=1)),
    ).where(col(PreferenceEvidence.preference_id).in_(wanted), PreferenceEvidence.person_id == person_id)
    left_alone = col(Turn.edited_answer).is_(None) & edits.was_followed()
    shaped = (
        select(PreferenceUse.preference_id, func.count(), func.sum(case((left_alone, 1), else_=0)))
        .join(Turn, col(Turn.id) == PreferenceUse.turn_id)
        .where(col(PreferenceUse.preference_id).in_(wanted), PreferenceUse.person_id == person_id)
    )
    heard = await session.exec(speaks.group_by(col(PreferenceEvidence.preference_id)))
    votes = {row[0]: (row[1], row[2]) for row in heard.all()}
    counted = await session.exec(shaped.group_by(col(PreferenceUse.preference_id)))
    uses = {row[0]: (row[1], row[2]) for row in counted.all()}
    return {one: Tally(*votes.get(one, (0, 0)), *uses.get(one, (0, 0))) for one in wanted}


async def version(session: AsyncSession, person_id: str) -> int:
    """Raised with every change."""
    found = await session.exec(select(Person.preferences_version).where(Person.id == person_id))
    return found.one_or_none() or 0


async def changed(session: AsyncSession, person_id: str, seen: int | None = None) -> bool:
    """Say that something changed; part of every change. False if something else did since version `seen`."""
    mine = col(Person.id) == person_id
    as_seen = mine if seen is None else mine & (col(Person.preferences_version) == seen)
    raised = update(Person).where(as_seen).values(preferences_version=col(Person.preferences_version) + 1)
    return (await session.exec(raised)).rowcount > 0


async def note_use(session: AsyncSession, turn: Turn) -> None:
    """Log which preferences shaped a turn; of one that was deleted meanwhile nothing is logged."""
    chosen = sql.select(literal(turn.id), col(Preference.id), col(Preference.person_id)).where(
        *_holds(turn.person_id), col(Preference.id).in_(turn.preference_ids)
    )
    await session.execute(_USES.insert().from_select(["turn_id", "preference_id", "person_id"], chosen))


async def write(session: AsyncSession, edit: Edit, outcome: Outcome) -> None:
    """What `edit` taught: rows, all of their evidence, and which ones have no effect any more."""
    session.add_all(outcome.rows)
    await session.flush()
    await _forget_evidence(session, edit.person_id, list(outcome.evidence))
    session.add_all(
        PreferenceEvidence(preference_id=one, edit_id=heard, person_id=edit.person_id, supports=supports)
        for one, found in outcome.evidence.items()
        for heard, supports in found.items()
    )
    retired = (col(Preference.id).in_(outcome.retired), col(Preference.person_id) == edit.person_id)
    await session.exec(update(Preference).where(*retired).values(superseded_by=edit.id))
    await session.flush()


async def withdraw(session: AsyncSession, person_id: str, edit_ids: Iterable[str]) -> None:
    """From now on these edits speak for nothing and against nothing."""
    said = (col(PreferenceEvidence.edit_id).in_(set(edit_ids)), col(PreferenceEvidence.person_id) == person_id)
    await session.exec(delete(PreferenceEvidence).where(*said))


async def undo(session: AsyncSession, person_id: str, edit_id: str) -> None:
    """Take back what an edit taught: what it changed is as before, what it alone taught is gone."""
    await withdraw(session, person_id, [edit_id])
    for row in await ever(session, person_id):
        if row.previous and row.previous["edit_id"] == edit_id:
            row.description, row.parameters = row.previous["description"], row.previous["parameters"]
            row.previous = None
        if row.superseded_by == edit_id:
            row.superseded_by = None
        session.add(row)
    await session.flush()
    await drop_unsupported(session, person_id)
    await changed(session, person_id)


async def forget(
    session: AsyncSession, person_id: str, preference_id: str | None = None, keeping: Collection[str] = ()
) -> bool:
    """Delete one preference, or all but those of `keeping`. Of what was learned the key stays, so that old edits do not
    teach it again."""
    mine = [*_holds(person_id), *([col(Preference.id) == preference_id] if preference_id else [])]
    mine += [col(Preference.id).not_in(keeping)] if keeping else []
    ids = (await session.exec(select(Preference.id).where(*mine))).all()
    await _forget_evidence(session, person_id, ids)
    used = (col(PreferenceUse.preference_id).in_(ids), col(PreferenceUse.person_id) == person_id)
    await session.exec(delete(PreferenceUse).where(*used))
    await session.exec(delete(Preference).where(*mine, col(Preference.source) == "stated"))
    blank: dict[str, Any] = {"description": "", "parameters": [], "context": "", "vector": None, "scope": None}
    gone = {"previous": None, "pinned": False, "forgotten_at": utc_now(), "updated_at": utc_now()}
    await session.exec(update(Preference).where(*mine).values(**blank, **gone))
    return bool(ids)


async def drop_unsupported(session: AsyncSession, person_id: str) -> int:
    """Remove what was learned and has no edit left that speaks for it; what its person pinned stays."""
    speaks = exists().where(
        col(PreferenceEvidence.preference_id) == Preference.id, col(PreferenceEvidence.supports).is_(True)
    )
    learned = (
        col(Preference.source) == "edit",
        col(Preference.pinned).is_(False),
        col(Preference.forgotten_at).is_(None),
    )
    statement = delete(Preference).where(col(Preference.person_id) == person_id, *learned, ~speaks)
    return cast(CursorResult[Any], await session.execute(statement)).rowcount


async def _forget_evidence(session: AsyncSession, person_id: str, ids: Sequence[str]) -> None:
    mine = (col(PreferenceEvidence.preference_id).in_(ids), col(PreferenceEvidence.person_id) == person_id)
    await session.exec(delete(PreferenceEvidence).where(*mine))


def _holds(person_id: str) -> tuple[Any, ...]:
    return (
        col(Preference.person_id) == person_id,
        col(Preference.forgotten_at).is_(None),
        col(Preference.superseded_by).is_(None),
    )


def _in_force(person_id: str) -> Any:
    return select(Preference).where(*_holds(person_id))
