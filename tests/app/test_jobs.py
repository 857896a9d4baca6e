"""Durable jobs: at least once, after kill -9 too; bounded, retried, cancelled; one queue after another in a process."""

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app import job_rows
from app.db import Database, sqlite_url
from app.durable import DurableQueue
from app.jobs import JobFailedError, Jobs, Progress, Result, Work
from app.models import Job, Person

LIVE = ("queued", "running")
REPOSITORY = Path(__file__).parents[2]

# Begins one job, says so, and would work for a minute.
DIES = """
import asyncio, sys
from pathlib import Path
from tests.app.test_jobs import opened, submitted

async def work(progress):
    await progress.tell("working", 1, 2)
    print("working", flush=True)
    await asyncio.sleep(60)
    return {}

async def main():
    async with opened(Path(sys.argv[1]), work) as (jobs, database):
        await submitted(jobs, database)
        await asyncio.sleep(60)

asyncio.run(main())
"""


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


async def test_a_job_runs_once_and_its_row_tells_the_result(tmp_path: Path) -> None:
    runs = []

    async def work(progress: Progress) -> Result:
        runs.append(progress.job.id)
        await progress.tell("counting", 3, 7)
        return {"answer": 42}

    async with opened(tmp_path, work) as (jobs, database):
        job = await submitted(jobs, database)
        await jobs.submit(job.id)
        now = await ended(database, job)
        assert (now.state, now.stage, now.done, now.total, now.result) == ("done", "counting", 3, 7, {"answer": 42})
        assert runs == [job.id]


async def test_a_job_that_was_running_at_kill_9_runs_again_at_the_next_start(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", DIES, str(tmp_path), cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        assert await process.stdout.readline() == b"working\n"
    process.send_signal(signal.SIGKILL)
    await process.wait()
    again = asyncio.Event()

    async def work(progress: Progress) -> Result:
        again.set()
        return {"state before": progress.job.state}

    async with opened(tmp_path, work) as (_, database):
        async with asyncio.timeout(20):
            await again.wait()
        async with database.session() as session:
            assert await job_rows.unfinished(session) in ([], [(await _only(database)).id])
        now = await ended(database, await _only(database))
        assert (now.state, now.result) == ("done", {"state before": "running"})


async def _only(database: Database) -> Job:
    from sqlmodel import select

    async with database.session() as session:
        return (await session.exec(select(Job))).one()


async def test_a_job_that_was_committed_but_never_submitted_is_taken_up_at_start(tmp_path: Path) -> None:
    async def work(progress: Progress) -> Result:
        return {}

    async with opened(tmp_path, work) as (_, database):
        job = await written(database)
    async with opened(tmp_path, work) as (_, database):
        assert (await ended(database, job)).state == "done"


async def test_stopping_the_process_interrupts_a_job_and_the_next_start_finishes_it(tmp_path: Path) -> None:
    interrupted = []

    async def long_work(progress: Progress) -> Result:
        try:
            await progress.tell("working")
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            interrupted.append(progress.job.id)
            raise
        return {}

    async def short_work(progress: Progress) -> Result:
        return {"done": "now"}

    async with opened(tmp_path, long_work) as (jobs, database):
        job = await submitted(jobs, database)
        await until(database, job, lambda now: now.stage == "working")
    assert interrupted == [job.id]
    async with opened(tmp_path, short_work) as (_, database):
        assert (await ended(database, job)).result == {"done": "now"}


async def test_cancelling_stops_a_running_job_and_a_waiting_one_never_begins(tmp_path: Path) -> None:
    began = []
    stopped = asyncio.Event()

    async def work(progress: Progress) -> Result:
        began.append(progress.job.id)
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()
        return {}

    async with opened(tmp_path, work, at_once=1) as (jobs, database):
        running, waiting = await submitted(jobs, database), await submitted(jobs, database)
        await until(database, running, lambda now: now.state == "running")
        assert await jobs.cancel(waiting.person_id, waiting.id)
        assert not await jobs.cancel("somebody else", running.id)
        assert await jobs.cancel(running.person_id, running.id)
        async with asyncio.timeout(10):
            await stopped.wait()
        assert not await jobs.cancel(running.person_id, running.id)
        assert [(await ended(database, job)).state for job in (running, waiting)] == ["cancelled", "cancelled"]
    assert began == [running.id]


async def test_a_passing_failure_is_tried_again(tmp_path: Path) -> None:
    tries = []

    async def work(progress: Progress) -> Result:
        tries.append(1)
        if len(tries) < 3:
            raise ConnectionError("the index is restarting")
        return {"tries": len(tries)}

    async with opened(tmp_path, work) as (jobs, database):
        now = await ended(database, await submitted(jobs, database))
    assert (now.state, now.result) == ("done", {"tries": 3})


@pytest.mark.parametrize(
    ("error", "told", "tries"),
    [
        (JobFailedError("the model refused: choose another"), "the model refused: choose another", 1),
        (ValueError("password is hunter2"), "something went wrong on our side; the log tells more", 3),
    ],
    ids=["told at once", "given up after the retries"],
)
async def test_a_lasting_failure_ends_the_job_with_a_message(
    tmp_path: Path, error: Exception, told: str, tries: int
) -> None:
    tried = []

    async def work(progress: Progress) -> Result:
        tried.append(1)
        raise error

    async with opened(tmp_path, work) as (jobs, database):
        now = await ended(database, await submitted(jobs, database))
    assert (now.state, now.error, len(tried)) == ("failed", told, tries)


async def test_no_more_jobs_work_at_once_than_were_allowed(tmp_path: Path) -> None:
    working, most = 0, 0

    async def work(progress: Progress) -> Result:
        nonlocal working, most
        working += 1
        most = max(most, working)
        await asyncio.sleep(0.02)
        working -= 1
        return {}

    async with opened(tmp_path, work, at_once=3) as (jobs, database):
        for job in [await submitted(jobs, database) for _ in range(12)]:
            assert (await ended(database, job)).state == "done"
    assert most == 3


async def test_progress_is_written_at_once_for_a_new_stage_and_seldom_within_one(tmp_path: Path) -> None:
    seen: list[tuple[str, int]] = []

    async def work(progress: Progress) -> Result:
        for stage in ("reading", "encoding"):
            for done in range(50):
                await progress.tell(stage, done, 50)
            row = await _row(progress)
            seen.append((row.stage, row.done))
        return {}

    database_of: list[Database] = []

    async def _row(progress: Progress) -> Job:
        async with database_of[0].session() as session:
            found = await job_rows.find_job(session, progress.job.person_id, progress.job.id)
        assert found is not None
        return found

    async with opened(tmp_path, work) as (jobs, database):
        database_of.append(database)
        await ended(database, await submitted(jobs, database))
    assert seen == [("reading", 0), ("encoding", 0)]


async def test_the_loop_keeps_its_own_threads_after_a_queue_was_closed(tmp_path: Path) -> None:
    async def work(progress: Progress) -> Result:
        return {}

    async with opened(tmp_path, work) as (jobs, database):
        await ended(database, await submitted(jobs, database))
    assert await asyncio.to_thread(lambda: 7) == 7
