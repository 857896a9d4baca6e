"""Every SQL statement of the annotation queue: of people who agreed, and of nobody else."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.feedback import HELPS
from app.models import Exposure, Feedback, Turn, UtilityLabel
from app.models_training import Annotation
from app.same_question import question_key
from app.schemas_training import Method
from app.training_runs_labels import OPERATOR

UNJUDGED = "unjudged"  # what a model said that cannot say whether a passage helps
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


async def annotated(session: AsyncSession, *, by_models: bool) -> Sequence[tuple[str, str]]:
    """(question, passage) of all that operators have said something of; `by_models`: and of what a model would not
    judge, which is an operator's to label still."""
    question = func.coalesce(func.nullif(Turn.standalone_question, ""), Turn.question)
    query = (
        select(question, Exposure.passage_id)
        .join(Annotation, col(Annotation.exposure_id) == Exposure.id)
        .join(Turn, col(Turn.id) == Exposure.turn_id)
    )
    return (await session.exec(query if by_models else query.where(Annotation.said != UNJUDGED))).all()


async def exposures(session: AsyncSession, ids: Collection[str]) -> dict[str, Exposure]:
    """With their texts, by id."""
    return {row.id: row for row in (await session.exec(select(Exposure).where(col(Exposure.id).in_(ids)))).all()}


async def find(
    session: AsyncSession, people: Collection[str], ids: Collection[str]
) -> dict[str, tuple[Exposure, Turn]]:
    """By id, the passages of documents that were shown to these people, and the turns they were shown in."""
    query = select(Exposure, Turn).join(Turn, col(Turn.id) == Exposure.turn_id)
    theirs = (col(Exposure.id).in_(ids), col(Exposure.person_id).in_(people), Exposure.kind == "document")
    return {exposure.id: (exposure, turn) for exposure, turn in (await session.exec(query.where(*theirs))).all()}


async def labelled_by_people(session: AsyncSession, exposure_ids: Collection[str]) -> set[str]:
    """Those that an operator labelled, or that an edit corrects."""
    query = select(UtilityLabel.exposure_id).where(
        col(UtilityLabel.exposure_id).in_(exposure_ids), col(UtilityLabel.method).not_in(get_args(Method))
    )
    return {str(one) for one in (await session.exec(query)).all()}


async def known(session: AsyncSession, ids: Collection[str]) -> set[str]:
    """Those of these ids that are labels, or words on a passage."""
    labels = (await session.exec(select(UtilityLabel.id).where(col(UtilityLabel.id).in_(ids)))).all()
    return {*labels, *(await session.exec(select(Annotation.id).where(col(Annotation.id).in_(ids)))).all()}


async def take_back(session: AsyncSession, question: str, passage_id: str) -> None:
    """Remove what operators said of a passage for a question; that they did stays among the annotations."""
    query = select(UtilityLabel).where(UtilityLabel.passage_id == passage_id, UtilityLabel.method == OPERATOR)
    for label in (await session.exec(query)).all():
        if question_key(label.question) == question_key(question):
            await session.delete(label)
