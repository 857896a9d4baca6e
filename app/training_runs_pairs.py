"""How many rows the exports that generators learn from hold. Reads no turn that can give none."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import literal
from sqlmodel import col, exists, func, or_, select, tuple_
from sqlmodel.ext.asyncio.session import AsyncSession

from app import comparisons_rows, consent, feedback_rows, sibling_rows
from app.feedback import VOTES
from app.models import Document, Exposure, Feedback, Turn, UtcTime
from app.models_comparisons import Comparison
from app.models_preferences import Edit
from app.schemas_training import FitMethod
from app.telling import said
from app.training_runs_log import NAMES

_AT_ONCE = 1000  # answers that may give a row, looked up by one statement
_READ, _READ_ALWAYS = 4, 2000  # answers that are read at most where few give one: for each row that is enough, and ever
_PAGE = 100  # turns whose prompts are in memory at once


async def count(
    session: AsyncSession,
    method: FitMethod,
    people: Collection[str],
    since: datetime | None,
    enough: int | None = None,
) -> int:
    """dpo: answers that these people rewrote, preferred to another, or kept after one that they disliked. kto: answers
    that they voted on, or of which signals say as much. The owner of every document in them is one of these people
    too. With `enough` no more are counted, and the newest are read until they are found or very few give any: all of a
    large log takes minutes."""
    found = read = 0
    async for turns in _newest_first(session, method, people, since):
        for person_id, ids in turns.items():
            for at in range(0, len(ids), _PAGE):
                found += await _count(session, (method, people), person_id, ids[at : at + _PAGE], since)
                if enough is not None and found >= enough:
                    return enough
            read += len(ids)
        if enough is not None and read >= max(_READ * enough, _READ_ALWAYS):
            break
    return found


async def _newest_first(
    session: AsyncSession, method: FitMethod, people: Collection[str], since: datetime | None
) -> AsyncIterator[Mapping[str, Sequence[str]]]:
    """Answers that may give a row, by person; so many at once that few statements find all that a large log has."""
    query = select(Turn.created_at, Turn.id, Turn.person_id).where(
        col(Turn.person_id).in_(people), Turn.state != "running", _may_give(method, people, since), ~_is_foreign(people)
    )
    query = query.order_by(col(Turn.created_at).desc(), col(Turn.id).desc()).limit(_AT_ONCE)
    found = (await session.exec(query)).all()
    while found:
        turns: dict[str, list[str]] = defaultdict(list)
        for _, turn_id, person_id in found:
            turns[person_id].append(turn_id)
        yield turns
        if len(found) < _AT_ONCE:
            return
        last = tuple_(literal(found[-1][0], UtcTime()), literal(found[-1][1]))
        found = (await session.exec(query.where(tuple_(col(Turn.created_at), col(Turn.id)) < last))).all()


def _is_foreign(people: Collection[str]) -> Any:
    """Whether an answer shows a document that is gone, or of somebody else. What app.consent looks at one by one, too,
    but in one statement."""
    theirs = exists().where(col(Document.id) == Exposure.document_id, col(Document.owner_id).in_(people))
    return exists().where(col(Exposure.turn_id) == Turn.id, col(Exposure.kind) == "document", ~theirs)


def _may_give(method: FitMethod, people: Collection[str], since: datetime | None) -> Any:
    if method == "kto":
        is_vote = col(Feedback.kind).in_(VOTES) & col(Feedback.exposure_id).is_(None)
        judged = exists().where(col(Feedback.turn_id) == Turn.id, is_vote | feedback_rows.is_sure())
        return judged if since is None else judged.where(col(Feedback.created_at) > since)
    compared = select(Comparison.turn_id).where(col(Comparison.person_id).in_(people))
    return or_(
        col(Turn.edited_answer).is_not(None),
        col(Turn.regenerates).is_not(None) & col(Turn.shown),
        col(Turn.id).in_(compared),
    )


async def _count(
    session: AsyncSession,
    asked: tuple[FitMethod, Collection[str]],
    person_id: str,
    ids: Sequence[str],
    since: datetime | None,
) -> int:
    method, people = asked
    found = (await session.exec(select(Turn).where(col(Turn.id).in_(ids), Turn.person_id == person_id))).all()
    closed = {turn for turn, _ in await consent.out_of_reach(session, person_id, ids)}
    open_ = [turn for turn in found if turn.id not in closed]
    if method == "kto":
        rows = await feedback_rows.votes(session, person_id, open_)
    else:
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
