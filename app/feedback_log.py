"""Every SQL statement about feedback. The owner is part of each statement; rows are added, and never changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cursor import newest_first
from app.models import Exposure, Feedback, Turn


async def find(session: AsyncSession, person_id: str, event_id: str) -> Feedback | None:
    """The event, if it is this person's."""
    query = select(Feedback).where(Feedback.id == event_id, Feedback.person_id == person_id)
    return (await session.exec(query)).one_or_none()


async def find_exposure(session: AsyncSession, person_id: str, exposure_id: str) -> Exposure | None:
    """The exposure, if it is this person's."""
    query = select(Exposure).where(Exposure.id == exposure_id, Exposure.person_id == person_id)
    return (await session.exec(query)).one_or_none()


async def of_turns(session: AsyncSession, person_id: str, turn_ids: Iterable[str]) -> dict[str, list[Feedback]]:
    """Events by turn id, on the turn and on its exposures, oldest first."""
    query = select(Feedback).where(col(Feedback.turn_id).in_(list(turn_ids)), Feedback.person_id == person_id)
    found: dict[str, list[Feedback]] = {}
    for event in (await session.exec(query.order_by(col(Feedback.created_at), col(Feedback.id)))).all():
        found.setdefault(event.turn_id, []).append(event)
    return found


async def of_all(session: AsyncSession, turn_ids: Iterable[str]) -> dict[str, list[Feedback]]:
    """The same of turns that may be several people's, whose ids were looked up in their names: for what the server
    works out by itself. No person's request may pass ids of its own here."""
    query = select(Feedback).where(col(Feedback.turn_id).in_(list(turn_ids)))
    found: dict[str, list[Feedback]] = {}
    for event in (await session.exec(query.order_by(col(Feedback.created_at), col(Feedback.id)))).all():
        found.setdefault(event.turn_id, []).append(event)
    return found


async def of_conversation(session: AsyncSession, person_id: str, conversation_id: str) -> dict[str, list[Feedback]]:
    """Events by turn id, oldest first."""
    turns = select(Turn.id).where(Turn.conversation_id == conversation_id, Turn.person_id == person_id)
    return await of_turns(session, person_id, (await session.exec(turns)).all())


async def page(
    session: AsyncSession, person_id: str, limit: int, before: tuple[datetime, str] | None
) -> Sequence[Feedback]:
    """Newest first; `before` is the (created_at, id) of the last one already seen."""
    query = select(Feedback).where(Feedback.person_id == person_id)
    page = newest_first(query, Feedback.created_at, Feedback.id, limit, before)
    return (await session.exec(page)).all()


async def count_since(session: AsyncSession, person_id: str, since: datetime) -> int:
    """How many events this person gave since then."""
    query = select(func.count()).where(Feedback.person_id == person_id, col(Feedback.created_at) > since)
    return (await session.exec(query)).one()
