"""Jobs over a database in a folder, for the tests of jobs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from app import job_rows
from app.db import Database, sqlite_url
from app.durable import DurableQueue
from app.jobs import Jobs, Work
from app.models import Job, Person

LIVE = ("queued", "running")


@asynccontextmanager
async def opened(
    folder: Path, work: Work, *, at_once: int = 4, executor: str = "app", retry: tuple[float, ...] = (0.01, 0.01)
) -> AsyncIterator[tuple[Jobs, Database]]:
    """Jobs of the one kind `work` over the database in `folder`."""
    database = Database(sqlite_url(folder / "a.db"))
    await database.migrate()
    jobs = Jobs(database, DurableQueue(f"sqlite:///{folder / 'jobs.db'}", executor))
    jobs.register("work", work, at_once, retry)
    await jobs.open()
    try:
        yield jobs, database
    finally:
        await jobs.close()
        await database.close()


async def written(database: Database) -> Job:
    """A job's row that was committed, but not submitted."""
    async with database.session() as session:
        person = Person(email="", display_name="Ann")
        person.email = f"{person.id}@example.org"
        session.add(person)
        await session.flush()
        job = Job(person_id=person.id, kind="work")
        session.add(job)
    return job


async def submitted(jobs: Jobs, database: Database) -> Job:
    job = await written(database)
    await jobs.submit(job.id)
    return job


async def ended(database: Database, job: Job) -> Job:
    return await until(database, job, lambda now: now.state not in LIVE)


async def until(database: Database, job: Job, reached: Callable[[Job], bool]) -> Job:
    async with asyncio.timeout(20):
        while True:
            async with database.session() as session:
                now = await job_rows.find_job(session, job.person_id, job.id)
            assert now is not None
            if reached(now):
                return now
            await asyncio.sleep(0.01)
