"""SQL of what people complained about: of everybody, newest first. Whoever calls this shows texts of those only who
agreed (app/consent.py)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.comparisons_rows import was_not_kept
from app.feedback import NEXT_MESSAGE, VERDICTS, VOTES
from app.models import Feedback, Turn
from app.models_quality import COMPLAINT
from app.schemas_quality import ComplaintKind


@dataclass(frozen=True)
class Complaint:
    """Somebody is not content with an answer, in their own words: what they wrote of it, or what they had asked."""

    kind: ComplaintKind
    text: str
    person_id: str
    turn_id: str
    created_at: datetime
    reasons: tuple[str, ...] = ()


async def complaints(session: AsyncSession, since: datetime, limit: int) -> list[Complaint]:
    """At most `limit` of each kind, newest first; one of a kind for each turn."""
    found = [
        *await _of_events(session, since, limit, "down", _vote),
        *await _of_events(session, since, limit, "wrong", _source),
        *await _of_events(session, since, limit, "not_relevant", _source),
        *await _next_messages(session, since, limit),
        *await _abstained(session, since, limit),
    ]
    once = {(one.kind, one.turn_id): one for one in reversed(found)}
    return sorted(once.values(), key=lambda one: (one.created_at, one.turn_id), reverse=True)


def _vote(event: Any, asked: str) -> Complaint:
    said = event.value.get("text") or asked
    return _complaint("vote", said, event, tuple(event.value.get("reasons", ())))


def _source(event: Any, asked: str) -> Complaint:
    return _complaint("source", asked, event, (event.kind,))


def _complaint(kind: ComplaintKind, text: str, event: Any, reasons: tuple[str, ...] = ()) -> Complaint:
    return Complaint(kind, text, event.person_id, event.turn_id, event.created_at, reasons)


async def _of_events(
    session: AsyncSession, since: datetime, limit: int, kind: str, made: Callable[[Any, str], Complaint]
) -> list[Complaint]:
    """What the last word on an answer or a source says; what was taken back or changed is no complaint."""
    later = aliased(Feedback)
    same = col(later.exposure_id).is_not_distinct_from(col(Feedback.exposure_id))
    overtaken = sa.exists().where(
        col(later.turn_id) == Feedback.turn_id,
        same,
        col(later.kind).in_({*VOTES, *VERDICTS}),
        sa.or_(
            col(later.created_at) > Feedback.created_at,
            (col(later.created_at) == Feedback.created_at) & (col(later.id) > Feedback.id),
        ),
    )
    query = _events(since, limit).where(col(Feedback.kind) == kind, ~overtaken)
    return [made(event, asked) for event, asked in (await session.execute(query)).all()]


async def _next_messages(session: AsyncSession, since: datetime, limit: int) -> Sequence[Complaint]:
    """Messages that a small model reads as dissatisfied with the answer before them."""
    said = aliased(Turn)
    query = (
        _events(since, limit)
        .add_columns(said.question)
        .join(said, col(said.id) == col(Feedback.value)["by"].as_string())
        .where(col(Feedback.kind) == NEXT_MESSAGE, col(Feedback.value)["side"].as_string() == "dissatisfied")
    )
    return [
        _complaint("next_message", message, event, (event.value["kind"],))
        for event, _, message in (await session.execute(query)).all()
    ]


async def _abstained(session: AsyncSession, since: datetime, limit: int) -> list[Complaint]:
    query = (
        select(Turn.question, Turn.person_id, Turn.id, Turn.created_at)
        .where(col(Turn.abstained).is_(True), col(Turn.created_at) >= since, col(Turn.state) == "complete")
        .where(~was_not_kept())
        .order_by(col(Turn.created_at).desc())
        .limit(limit)
    )
    return [Complaint("abstained", *row) for row in (await session.execute(query)).all()]


def _events(since: datetime, limit: int) -> Any:
    """Events with the question they are about, newest first."""
    return (
        select(Feedback, Turn.question)
        .join(Turn, col(Turn.id) == Feedback.turn_id)
        .where(col(Feedback.created_at) >= since, COMPLAINT)
        .order_by(col(Feedback.created_at).desc())
        .limit(limit)
    )
