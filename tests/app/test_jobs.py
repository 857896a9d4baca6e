"""Jobs run once, bounded, retried and cancelled, and tell how far they are."""

import asyncio
from pathlib import Path

import pytest

from app import job_rows
from app.jobs import REPORT_SECONDS, JobFailedError, Progress, Result
from tests.app.jobbing import ended, opened, submitted, until, written


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
        running = await submitted(jobs, database)
        await until(database, running, lambda now: now.state == "running")
        waiting = await submitted(jobs, database)
        assert await jobs.cancel(waiting.person_id, waiting.id)
        assert not await jobs.cancel("somebody else", running.id)
        assert await jobs.cancel(running.person_id, running.id)
        assert stopped.is_set()
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
    three_at_once = asyncio.Event()

    async def work(progress: Progress) -> Result:
        nonlocal working, most
        working += 1
        most = max(most, working)
        if working == 3:
            three_at_once.set()
        await three_at_once.wait()
        await asyncio.sleep(0.02)  # long enough for a fourth to come in, were it let in
        working -= 1
        return {}

    async with opened(tmp_path, work, at_once=3) as (jobs, database):
        for job in [await submitted(jobs, database) for _ in range(12)]:
            assert (await ended(database, job)).state == "done"
    assert most == 3


async def test_progress_is_written_at_once_for_a_new_stage_and_seldom_within_one(tmp_path: Path) -> None:
    now = 0.0
    seen: list[tuple[str, int]] = []

    async def work(progress: Progress) -> Result:
        return {}

    async with opened(tmp_path, work) as (_, database):
        job = await written(database)
        async with database.session() as session:
            assert await job_rows.begin(session, job.id)
        progress = Progress(database, job, clock=lambda: now)
        for stage in ("reading", "encoding"):
            for done in range(4):
                await progress.tell(stage, done, 4)
                now += REPORT_SECONDS / 2
                async with database.session() as session:
                    row = await job_rows.find_job(session, job.person_id, job.id)
                assert row is not None
                seen.append((row.stage, row.done))
    assert [done for _, done in seen] == [0, 0, 2, 2] * 2
    assert [stage for stage, _ in seen] == ["reading"] * 4 + ["encoding"] * 4
