"""Every SQL statement about edits, and how one is shown. The owner is part of each statement."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import col, delete, exists, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cursor import newest_first
from app.models import Feedback, Turn, UtilityLabel
from app.models_preferences import Edit, PreferenceUse

UNFINISHED = ("pending", "failed")
# Enough to tell a habit from a whim; more would only slow learning down, and tastes change.
REMEMBERED = 500


@dataclass(frozen=True)
class Kept:
    """An answer that preferences shaped and that its person then left as it was."""

    turn_id: str
    context: str
    written: str
    answer: str
    preference_ids: tuple[str, ...]
    created_at: datetime


async def find(session: AsyncSession, person_id: str, edit_id: str) -> Edit | None:
    """The edit, if it is this person's."""
    return (await session.exec(select(Edit).where(Edit.id == edit_id, Edit.person_id == person_id))).one_or_none()


async def of_turn(session: AsyncSession, person_id: str, turn_id: str) -> Sequence[Edit]:
    """The edits of one answer, oldest first: each begins with the text of the one before."""
    query = select(Edit).where(Edit.turn_id == turn_id, Edit.person_id == person_id)
    return (await session.exec(query.order_by(col(Edit.created_at), col(Edit.id)))).all()


async def page(
    session: AsyncSession, person_id: str, limit: int, before: tuple[datetime, str] | None
) -> Sequence[Edit]:
    """Newest first; `before` is the (created_at, id) of the last one already seen."""
    query = select(Edit).where(Edit.person_id == person_id)
    page = newest_first(query, Edit.created_at, Edit.id, limit, before)
    return (await session.exec(page)).all()


async def failed(session: AsyncSession, person_id: str, tries: int) -> Sequence[str]:
    """Ids of edits whose learning failed fewer than `tries` times, oldest first."""
    query = select(Edit.id).where(Edit.person_id == person_id, Edit.learning == "failed", Edit.tries < tries)
    return (await session.exec(query.order_by(col(Edit.created_at)))).all()


async def told_apart(session: AsyncSession, person_id: str, newest: Edit) -> Sequence[Edit]:
    """The edits to learn from beside `newest`, oldest first: the last one of each other answer, unless forgotten."""
    later = aliased(Edit)
    overtaken = exists().where(
        col(later.turn_id) == Edit.turn_id, col(later.created_at) > Edit.created_at, col(later.person_id) == person_id
    )
    query = select(Edit).where(
        Edit.person_id == person_id,
        Edit.turn_id != newest.turn_id,
        col(Edit.style).is_not(None),
        Edit.learning != "forgotten",
        ~overtaken,
    )
    found = (await session.exec(query.order_by(col(Edit.created_at).desc()).limit(REMEMBERED))).all()
    return found[::-1]


async def overtaken_by(session: AsyncSession, newest: Edit) -> Sequence[str]:
    """Ids of the earlier edits of the same answer: `newest` says all that they said."""
    query = select(Edit.id).where(
        Edit.person_id == newest.person_id, Edit.turn_id == newest.turn_id, Edit.id != newest.id
    )
    return (await session.exec(query.where(col(Edit.created_at) <= newest.created_at))).all()


async def kept(session: AsyncSession, person_id: str, limit: int) -> list[Kept]:
    """The last answers that preferences shaped and that were left as they were, oldest first."""
    used = exists().where(col(PreferenceUse.turn_id) == Turn.id, col(PreferenceUse.person_id) == person_id)
    query = (
        select(Turn)
        .where(Turn.person_id == person_id, used, col(Turn.edited_answer).is_(None), was_followed())
        .order_by(col(Turn.created_at).desc())
        .limit(limit)
    )
    return [
        Kept(
            turn_id=turn.id,
            context=turn.standalone_question or turn.question,
            written=turn.written or turn.answer,
            answer=turn.answer,
            preference_ids=tuple(turn.preference_ids),
            created_at=turn.created_at,
        )
        for turn in (await session.exec(query)).all()[::-1]
    ]


def was_followed() -> Any:
    """Whether the conversation of a turn went on after it: what was not rewritten by then was good enough."""
    later = aliased(Turn)
    return exists().where(col(later.conversation_id) == Turn.conversation_id, col(later.created_at) > Turn.created_at)


async def change(session: AsyncSession, edit: Edit, **values: Any) -> bool:
    """Set columns of an edit whose learning is not over; False if it is, or the edit is gone."""
    mine = (col(Edit.id) == edit.id, col(Edit.person_id) == edit.person_id, col(Edit.learning).in_(UNFINISHED))
    return (await session.exec(update(Edit).where(*mine).values(**values))).rowcount > 0


async def forget(session: AsyncSession, person_id: str, edit_id: str) -> bool:
    """Never learn from this edit again; False if it is not this person's."""
    mine = (col(Edit.id) == edit_id, col(Edit.person_id) == person_id)
    return (await session.exec(update(Edit).where(*mine).values(learning="forgotten", reason=None))).rowcount > 0


async def asked_lately(session: AsyncSession, person_id: str, count: int) -> bool:
    """Whether one of the last `count` edits that taught something came with a question."""
    learned = select(Edit).where(Edit.person_id == person_id, Edit.learning == "learned")
    found = (await session.exec(learned.order_by(col(Edit.created_at).desc()).limit(count))).all()
    return any(edit.question for edit in found)


async def questions(session: AsyncSession, person_id: str) -> Sequence[Edit]:
    """The edits after which something was asked, oldest first; what was undone asks nothing."""
    query = select(Edit).where(Edit.person_id == person_id, Edit.learning == "learned")
    found = (await session.exec(query.order_by(col(Edit.created_at)))).all()
    return [edit for edit in found if edit.question]


async def note_facts(
    session: AsyncSession, person_id: str, feedback: Sequence[Feedback], labels: Sequence[UtilityLabel]
) -> None:
    """Write what an edit says about sources; repeated, it replaces itself. The ids derive from edit and exposure."""
    ids = [row.id for row in feedback]
    mine = (col(Feedback.id).in_(ids), col(Feedback.person_id) == person_id)
    await session.exec(delete(Feedback).where(*mine))
    await session.exec(delete(UtilityLabel).where(col(UtilityLabel.id).in_(row.id for row in labels)))
    session.add_all([*feedback, *labels])


async def sources_wrong(session: AsyncSession, person_id: str, found: Sequence[Edit]) -> Counter[str]:
    """Edit id -> how many sources it says are wrong."""
    turns = {edit.turn_id for edit in found}
    query = select(Feedback).where(
        Feedback.person_id == person_id, col(Feedback.turn_id).in_(turns), Feedback.kind == "source_wrong"
    )
    return Counter(event.value.get("edit_id", "") for event in (await session.exec(query)).all())


async def answers(session: AsyncSession, person_id: str) -> Sequence[tuple[str, datetime]]:
    """(turn id, time) of every answer that a model wrote for this person, in the order they were given."""
    query = (
        select(Turn.id, Turn.created_at)
        .where(Turn.person_id == person_id, Turn.state == "complete", col(Turn.abstained).is_(False), Turn.draft != "")
        .order_by(col(Turn.created_at), col(Turn.id))
    )
    return [(row[0], row[1]) for row in (await session.exec(query)).all()]


async def cost_by_turn(session: AsyncSession, person_id: str) -> dict[str, float]:
    """What was changed of each rewritten answer in all, normalised; it cannot be more than the whole."""
    query = select(Edit.turn_id, Edit.cost_normalised).where(Edit.person_id == person_id)
    spent: dict[str, float] = {}
    for turn_id, cost in (await session.exec(query)).all():
        spent[turn_id] = min(1.0, spent.get(turn_id, 0.0) + cost)
    return spent


async def by_id(session: AsyncSession, person_id: str, ids: Iterable[str]) -> dict[str, Edit]:
    """Those of `ids` that are this person's."""
    query = select(Edit).where(col(Edit.id).in_(set(ids)), Edit.person_id == person_id)
    return {edit.id: edit for edit in (await session.exec(query)).all()}
