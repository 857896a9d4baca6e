"""How many pairs of answers the export that generators learn from holds. Reads no turn that can give none."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app import comparisons_rows, consent, sibling_rows
from app.models import Turn
from app.models_comparisons import Comparison
from app.models_preferences import Edit
from app.telling import said
from app.training_runs_log import NAMES

_PAGE = 100  # turns whose prompts are in memory at once


async def count(session: AsyncSession, people: Collection[str], since: datetime | None) -> int:
    """Answers that these people rewrote, preferred to another, or kept after one that they disliked, where the owner
    of every document in them is one of these people too."""
    compared = select(Comparison.turn_id).where(col(Comparison.person_id).in_(people))
    may_give = or_(
        col(Turn.edited_answer).is_not(None),
        col(Turn.regenerates).is_not(None) & col(Turn.shown),
        col(Turn.id).in_(compared),
    )
    query = select(Turn.person_id, Turn.id).where(col(Turn.person_id).in_(people), Turn.state != "running", may_give)
    turns: dict[str, list[str]] = defaultdict(list)
    for person_id, turn_id in (await session.exec(query)).all():
        turns[person_id].append(turn_id)
    return sum(
        [
            await _count(session, people, person_id, ids[at : at + _PAGE], since)
            for person_id, ids in turns.items()
            for at in range(0, len(ids), _PAGE)
        ]
    )


async def _count(
    session: AsyncSession, people: Collection[str], person_id: str, ids: Sequence[str], since: datetime | None
) -> int:
    found = (await session.exec(select(Turn).where(col(Turn.id).in_(ids), Turn.person_id == person_id))).all()
    closed = {turn for turn, _ in await consent.out_of_reach(session, person_id, ids)}
    open_ = [turn for turn in found if turn.id not in closed]
    rows = await _rewritten(session, person_id, open_)
    rows += await comparisons_rows.pairs(session, person_id, open_)
    rows += await sibling_rows.pairs(session, person_id, open_)
    new = [row for row in rows if since is None or datetime.fromisoformat(row["created_at"]) > since]
    named = {row[name] for row in new for name in NAMES if name in row}
    foreign = await consent.of_others(session, frozenset(people), person_id, list(named))
    return sum(not foreign & {row.get(name) for name in NAMES} for row in new)


async def _rewritten(session: AsyncSession, person_id: str, found: Sequence[Turn]) -> list[dict[str, Any]]:
    """Of each answer that reads otherwise than the model wrote it: the turn, and when it was last rewritten."""
    ids = [turn.id for turn in found if turn.prompt and turn.edited_answer not in (None, said(turn.answer))]
    last = select(Edit.turn_id, func.max(Edit.created_at)).where(col(Edit.turn_id).in_(ids))
    last = last.where(Edit.person_id == person_id).group_by(col(Edit.turn_id))
    return [{"turn_id": turn, "created_at": at.isoformat()} for turn, at in (await session.exec(last)).all()]
