"""Every SQL statement of the annotation queue: of people who agreed, and of nobody else."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.feedback import HELPS
from app.models import Exposure, Feedback, Turn, UtilityLabel
from app.models_training import Annotation

TURNS = 500  # of the newest that are looked at: what nobody asks any more needs no label


@dataclass(frozen=True)
class Shown:
    """An exposure without its text."""

    id: str
    turn_id: str
    person_id: str
    passage_id: str
    question: str
    utility: float | None
    selected: bool
    created_at: datetime


async def recent(session: AsyncSession, people: Collection[str]) -> list[Shown]:
    """The passages that were shown in these people's newest turns, newest first."""
    question = func.coalesce(func.nullif(Turn.standalone_question, ""), Turn.question)
    turns = (
        select(Turn.id, question.label("asked"), Turn.created_at)
        .where(col(Turn.person_id).in_(people), Turn.state == "complete")
        .order_by(col(Turn.created_at).desc())
        .limit(TURNS)
        .subquery()
    )
    columns = (Exposure.id, Exposure.turn_id, Exposure.person_id, Exposure.passage_id)
    query = (
        select(*columns, turns.c.asked, Exposure.utility, Exposure.selected, turns.c.created_at)  # type: ignore[call-overload]  # eight columns, and sqlmodel has types for four
        .join(turns, turns.c.id == Exposure.turn_id)
        .where(Exposure.kind == "document", Exposure.text != "")
        .order_by(turns.c.created_at.desc(), col(Exposure.rank))
    )
    return [Shown(*row) for row in (await session.exec(query)).all()]


async def verdicts(session: AsyncSession, turn_ids: Collection[str]) -> dict[str, str]:
    """The last verdict on each exposure of these turns; what was withdrawn is none."""
    query = select(Feedback.exposure_id, Feedback.kind).where(
        col(Feedback.turn_id).in_(turn_ids), col(Feedback.kind).in_((*HELPS, "withdrawn"))
    )
    found = (await session.exec(query.order_by(col(Feedback.created_at), col(Feedback.id)))).all()
    last = {exposure: kind for exposure, kind in found if exposure is not None}
    return {exposure: kind for exposure, kind in last.items() if kind != "withdrawn"}


async def labels(session: AsyncSession, exposure_ids: Collection[str]) -> dict[str, list[float]]:
    """What models and corrections said of each of them."""
    query = select(UtilityLabel.exposure_id, UtilityLabel.utility)
    found: dict[str, list[float]] = defaultdict(list)
    for exposure, utility in (await session.exec(query.where(col(UtilityLabel.exposure_id).in_(exposure_ids)))).all():
        found[str(exposure)].append(utility)
    return found


async def annotated(session: AsyncSession) -> Sequence[tuple[str, str]]:
    """(question, passage) of all that operators have said something of."""
    question = func.coalesce(func.nullif(Turn.standalone_question, ""), Turn.question)
    query = (
        select(question, Exposure.passage_id)
        .join(Annotation, col(Annotation.exposure_id) == Exposure.id)
        .join(Turn, col(Turn.id) == Exposure.turn_id)
    )
    return (await session.exec(query)).all()


async def exposures(session: AsyncSession, ids: Collection[str]) -> dict[str, Exposure]:
    """With their texts, by id."""
    return {row.id: row for row in (await session.exec(select(Exposure).where(col(Exposure.id).in_(ids)))).all()}


async def find(session: AsyncSession, people: Collection[str], exposure_id: str) -> tuple[Exposure, Turn] | None:
    """The passage of a document that was shown to one of these people, and the turn it was shown in."""
    query = select(Exposure, Turn).join(Turn, col(Turn.id) == Exposure.turn_id)
    mine = (Exposure.id == exposure_id, col(Exposure.person_id).in_(people), Exposure.kind == "document")
    return (await session.exec(query.where(*mine))).one_or_none()
