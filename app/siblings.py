"""Answers to the same question: which turns stand beside each other, and which of them is shown and gone on from.

Every SQL statement about that; the owner is part of each. Nothing is ever deleted here.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlalchemy.orm import aliased
from sqlmodel import col, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app import borrowed, turns
from app.models import Turn
from app.problems import not_found

_BESIDE = 4  # answers to one question, on average, that are read to find the shown one of each


def first_of(turn: Turn) -> str:
    """The id of the first answer to the question; all answers to it have that in common."""
    return turn.regenerates or turn.id


async def asked_again(
    session: AsyncSession, person_id: str, conversation_id: str | None, turn_id: str | None
) -> Turn | None:
    """The turn that another answer is to stand beside; None for none. Raises Problem 404 where it is no turn of this
    conversation."""
    if turn_id is None:
        return None
    turn = await turns.find_turn(session, person_id, turn_id)
    if turn is None or turn.conversation_id != conversation_id:
        raise not_found("turn", turn_id)
    return turn


async def hide(session: AsyncSession, beside: Turn) -> None:
    """Show none of the answers beside this one, itself included: a new one takes their place."""
    await session.exec(update(Turn).where(*_siblings(beside)).values(shown=False))


async def show(session: AsyncSession, person_id: str, turn_id: str) -> bool:
    """Show this one of the answers to its question; False if it is not this person's."""
    turn = await turns.find_turn(session, person_id, turn_id)
    if turn is None:
        return False
    await session.exec(update(Turn).where(*_siblings(turn)).values(shown=col(Turn.id) == turn_id))
    return True


async def history(
    session: AsyncSession, person_id: str, conversation_id: str, limit: int, again: Turn | None
) -> list[tuple[str, str]]:
    """(question, answer) of the last questions with an answer, oldest first; an answer that was rewritten, as it was.
    Of several answers to a question the one that is shown, or the latest where that one has no text. `again`: only
    what came before the question of this turn. Answers that rest on what the person may not read any more are left
    out."""
    first = aliased(Turn)
    query = (
        select(first.id, Turn.question, func.coalesce(Turn.edited_answer, Turn.answer))
        .join(first, col(first.id) == func.coalesce(Turn.regenerates, Turn.id))
        .where(Turn.conversation_id == conversation_id, Turn.person_id == person_id, Turn.answer != "")
        .where(~borrowed.is_withdrawn(person_id))
        .order_by(col(first.created_at).desc(), col(first.id).desc())
        .order_by(col(Turn.shown).desc(), col(Turn.created_at).desc(), col(Turn.id).desc())
        .limit(limit * _BESIDE)
    )
    if again is not None:
        asked = select(Turn.created_at).where(Turn.id == first_of(again), Turn.person_id == person_id)
        query = query.where(col(first.created_at) < asked.scalar_subquery())
    found: dict[str, tuple[str, str]] = {}
    for question_id, question, answer in (await session.exec(query)).all():
        found.setdefault(question_id, (question, answer))
    return list(found.values())[:limit][::-1]


def _siblings(turn: Turn) -> Sequence[ColumnElement[bool]]:
    first = first_of(turn)
    together = or_(col(Turn.id) == first, col(Turn.regenerates) == first)
    return (col(Turn.conversation_id) == turn.conversation_id, col(Turn.person_id) == turn.person_id, together)
