"""Durable jobs: what was begun or only written down is done after kill -9, a stop, or a lost submission."""

import asyncio
import signal
import sys
from pathlib import Path

from sqlmodel import select

from app import job_rows
from app.db import Database
from app.jobs import Progress, Result
from app.models import Job
from tests.app.jobbing import ended, opened, submitted, until, written

REPOSITORY = Path(__file__).parents[2]

# Begins one job, says so, and would work for a minute.
DIES = """
import asyncio, sys
from pathlib import Path
from tests.app.jobbing import opened, submitted

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


async def test_the_loop_keeps_its_own_threads_after_a_queue_was_closed(tmp_path: Path) -> None:
    async def work(progress: Progress) -> Result:
        return {}

    async with opened(tmp_path, work) as (jobs, database):
        await ended(database, await submitted(jobs, database))
    assert await asyncio.to_thread(lambda: 7) == 7
