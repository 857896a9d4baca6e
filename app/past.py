"""Every SQL statement that looks back into the turn log. The owner is part of each statement."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, delete, exists, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from agents.past import LookBack
from app import borrowed, documents
from app.job_rows import LIVE
from app.models import Exposure, Job, Turn
from app.models_memory import TurnVector

REACH = 5_000  # turns that are looked through, the latest


@dataclass(frozen=True)
class PastAnswer:
    """A finished turn, as its person sees it now."""

    turn_id: str
    conversation_id: str
    question: str
    answer: str
    abstained: bool
    at: datetime
    vector: bytes | None = None  # by the encoder that was asked for

    @property
    def text(self) -> str:
        return f"{self.question}\n{self.answer}"


_SHOWN = (
    Turn.id,
    Turn.conversation_id,
    Turn.question,
    func.coalesce(Turn.edited_answer, Turn.answer),
    Turn.abstained,
    Turn.created_at,
)


async def answers(session: AsyncSession, person_id: str, asked: LookBack, encoder: str) -> list[PastAnswer]:
    """This person's answered turns within the time asked for, the latest first, but for those that rest on what they
    may not read any more."""
    made = (col(TurnVector.turn_id) == Turn.id) & (col(TurnVector.encoder) == encoder)
    query = select(*_SHOWN, TurnVector.vector).join(TurnVector, made, isouter=True).where(*_finished(person_id))  # type: ignore[call-overload]  # more columns than sqlmodel has types for
    query = query.where(~borrowed.is_withdrawn(person_id))
    if asked.since is not None:
        query = query.where(col(Turn.created_at) >= asked.since)
    if asked.until is not None:
        query = query.where(col(Turn.created_at) < asked.until)
    if asked.answers_only:  # an answer is as good as its sources: those must be there still, and be documents
        cited = exists().where(col(Exposure.turn_id) == Turn.id, col(Exposure.cited).is_(True))
        gone = or_(col(Exposure.document_name) == documents.DELETED, col(Exposure.kind) != "document")
        query = query.where(col(Turn.abstained).is_(False), cited, ~cited.where(gone))
    found = await session.execute(query.order_by(col(Turn.created_at).desc(), col(Turn.id).desc()).limit(REACH))
    return [PastAnswer(*row) for row in found.all()]


async def without_vector(session: AsyncSession, person_id: str, encoder: str, limit: int) -> list[PastAnswer]:
    """Answered turns that this encoder has not seen, the latest first."""
    seen = exists().where(col(TurnVector.turn_id) == Turn.id, col(TurnVector.encoder) == encoder)
    query = select(*_SHOWN).where(*_finished(person_id), ~seen)  # type: ignore[call-overload]  # as above
    found = await session.execute(query.order_by(col(Turn.created_at).desc()).limit(limit))
    return [PastAnswer(*row) for row in found.all()]


async def store_vectors(session: AsyncSession, person_id: str, vectors: Iterable[tuple[str, bytes]], by: str) -> None:
    """Keep what an encoder made of these turns, in place of what was there; of a deleted turn nothing is kept."""
    made = dict(vectors)
    there = select(Turn.id).where(col(Turn.id).in_(made), Turn.person_id == person_id)
    ids = (await session.exec(there)).all()
    await forget_vectors(session, person_id, ids)
    session.add_all(TurnVector(turn_id=one, person_id=person_id, vector=made[one], encoder=by) for one in ids)


async def forget_vectors(session: AsyncSession, person_id: str, turn_ids: Iterable[str]) -> None:
    mine = (col(TurnVector.turn_id).in_(list(turn_ids)), col(TurnVector.person_id) == person_id)
    await session.exec(delete(TurnVector).where(*mine))


async def live_job(session: AsyncSession, person_id: str, kind: str) -> bool:
    """Whether a job of this kind waits or runs for this person."""
    query = select(Job.id).where(Job.person_id == person_id, Job.kind == kind, col(Job.state).in_(LIVE)).limit(1)
    return (await session.exec(query)).first() is not None


def _finished(person_id: str) -> Sequence[object]:
    """Of several answers to a question the one that is shown: the person has turned away from the others."""
    answered = (col(Turn.state).in_(["complete", "stopped"]), Turn.answer != "", col(Turn.shown))
    return (Turn.person_id == person_id, *answered)
