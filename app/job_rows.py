"""Every SQL statement about jobs. What a person reads or stops is filtered by that person inside the statement."""

from typing import Any

from sqlmodel import col, delete, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import Document, Job, utc_now

LIVE = ("queued", "running")


async def find_job(session: AsyncSession, person_id: str, job_id: str) -> Job | None:
    """The job, if it is this person's."""
    return (await session.exec(select(Job).where(Job.id == job_id, Job.person_id == person_id))).one_or_none()


async def live_job_of_document(session: AsyncSession, person_id: str, document_id: str) -> Job | None:
    """The newest job that still works on this person's document."""
    about = col(Job.arguments)["document_id"].as_string() == document_id
    query = select(Job).where(Job.person_id == person_id, col(Job.state).in_(LIVE), about)
    return (await session.exec(query.order_by(col(Job.created_at).desc()).limit(1))).one_or_none()


async def ingests_under_way(session: AsyncSession, person_id: str) -> list[dict[str, Any]]:
    """What ArrivalPublic says of each document of this person that is being read or waits for it."""
    about = col(Job.arguments)["document_id"].as_string()
    query = (
        select(Document.id, Document.name, Document.passages, Job.id, Job.stage, Job.done, Job.total)  # type: ignore[call-overload]  # typed for four columns
        .join(Job, about == Document.id)
        .where(Document.owner_id == person_id, Job.person_id == person_id)
        .where(Job.kind == "ingest", col(Job.state).in_(LIVE))
        .order_by(col(Job.created_at))
    )
    names = ("document_id", "name", "passages", "job_id", "stage", "done", "total")
    return [dict(zip(names, row, strict=True)) for row in (await session.exec(query)).all()]


async def live_jobs(session: AsyncSession, person_id: str) -> list[Job]:
    """What is waiting or running for this person."""
    return list(await session.exec(select(Job).where(Job.person_id == person_id, col(Job.state).in_(LIVE))))


async def unfinished(session: AsyncSession) -> list[str]:
    """Ids of everybody's jobs that have not ended, oldest first; for the start of the process only."""
    return list(await session.exec(select(Job.id).where(col(Job.state).in_(LIVE)).order_by(col(Job.created_at))))


async def kind_of(session: AsyncSession, job_id: str) -> str | None:
    return (await session.exec(select(Job.kind).where(Job.id == job_id))).one_or_none()


async def begin(session: AsyncSession, job_id: str) -> Job | None:
    """Mark the job as running and return it; None if it has ended or is gone."""
    statement = update(Job).where(col(Job.id) == job_id, col(Job.state).in_(LIVE))
    begun = await session.execute(statement.values(state="running", updated_at=utc_now()).returning(Job))
    return begun.scalar_one_or_none()


async def report(session: AsyncSession, job_id: str, **values: Any) -> bool:
    """Write progress of a running job; False if it was cancelled or is gone."""
    statement = update(Job).where(col(Job.id) == job_id, col(Job.state) == "running")
    return bool((await session.execute(statement.values(updated_at=utc_now(), **values))).rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


async def forget(session: AsyncSession, job_id: str) -> None:
    """Take a job's row away: nobody asks for what became of it."""
    await session.exec(delete(Job).where(col(Job.id) == job_id))


async def cancel(session: AsyncSession, person_id: str, job_id: str) -> bool:
    """Mark this person's job as cancelled; False if it had ended."""
    mine = (col(Job.id) == job_id, col(Job.person_id) == person_id, col(Job.state).in_(LIVE))
    statement = update(Job).where(*mine).values(state="cancelled", updated_at=utc_now())
    return bool((await session.execute(statement)).rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
