"""Every SQL statement about what people said of themselves. The owner is part of each statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import sql
from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app import documents, preferences
from app.cursor import newest_first
from app.models import Turn, table, utc_now
from app.models_memory import PersonFact

_FACTS = table(PersonFact)
DELETED = "deleted fact"


async def note(session: AsyncSession, turn: Turn) -> None:
    """Keep what a question says of its person; part of logging the question, so that neither is lost alone."""
    from personalization.person_facts import facts_in

    for stated in facts_in(turn.question):
        await keep(session, PersonFact(person_id=turn.person_id, turn_id=turn.id, key=stated.key, text=stated.text))


async def keep(session: AsyncSession, fact: PersonFact) -> PersonFact:
    """Add a fact, in place of the one that cannot hold beside it. The same words again change nothing."""
    alike = (await session.exec(select(PersonFact).where(*_mine(fact.person_id), PersonFact.key == fact.key))).all()
    for earlier in alike:
        if earlier.text.casefold() == fact.text.casefold():
            return earlier
    await session.exec(update(PersonFact).where(*_mine(fact.person_id), col(PersonFact.key) == fact.key).values(_off()))
    session.add(fact)
    await session.flush()
    await preferences.changed(session, fact.person_id)
    return fact


async def find(session: AsyncSession, person_id: str, fact_id: str) -> PersonFact | None:
    """The fact, if it is this person's."""
    return (await session.exec(select(PersonFact).where(*_mine(person_id), PersonFact.id == fact_id))).one_or_none()


async def page(
    session: AsyncSession, person_id: str, limit: int, before: tuple[datetime, str] | None
) -> Sequence[PersonFact]:
    """Newest first; `before` is the (created_at, id) of the last one already seen."""
    query = select(PersonFact).where(*_mine(person_id))
    page = newest_first(query, PersonFact.created_at, PersonFact.id, limit, before)
    return (await session.exec(page)).all()


async def to_recall(session: AsyncSession, person_id: str) -> Sequence[PersonFact]:
    """Those in use, past the ORM: its objects take longer than all the rest."""
    query = sql.select(_FACTS).where(_FACTS.c.person_id == person_id, _FACTS.c.active.is_(True))
    return cast(Sequence[PersonFact], (await session.execute(query)).all())  # rows have the same attributes


async def store_vectors(session: AsyncSession, person_id: str, vectors: Iterable[tuple[str, bytes]], by: str) -> None:
    """Keep what an encoder made of these facts' texts."""
    for fact_id, vector in vectors:
        mine = (*_mine(person_id), col(PersonFact.id) == fact_id)
        await session.exec(update(PersonFact).where(*mine).values(vector=vector, encoder=by))


async def forget(session: AsyncSession, person_id: str, fact_id: str | None = None) -> bool:
    """Delete one fact, or all, with every copy of it in the log; False if there was none."""
    mine = [*_mine(person_id), *([col(PersonFact.id) == fact_id] if fact_id else [])]
    ids = (await session.exec(select(PersonFact.id).where(*mine))).all()
    await documents.blank_shown(session, person_id, ids, DELETED)
    await session.exec(delete(PersonFact).where(*mine))
    await preferences.changed(session, person_id)
    return bool(ids)


async def of_conversation(session: AsyncSession, person_id: str, conversation_id: str) -> Sequence[str]:
    """Ids of the facts that were found in a conversation's questions."""
    query = (
        select(PersonFact.id)
        .join(Turn, col(Turn.id) == PersonFact.turn_id)
        .where(*_mine(person_id), Turn.conversation_id == conversation_id)
    )
    return (await session.exec(query)).all()


def _mine(person_id: str) -> tuple[Any, ...]:
    return (col(PersonFact.person_id) == person_id,)


def _off() -> dict[str, Any]:
    return {"active": False, "updated_at": utc_now()}
