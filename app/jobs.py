"""Durable background work: each job has a row that people see, and runs at least once. Knows no kind of job by name."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app import job_rows
from app.db import Database
from app.durable import DurableQueue
from app.models import Job

log = logging.getLogger(__name__)

RETRY_SECONDS = (1.0, 5.0, 25.0)  # waits between attempts; what still fails then is not going to heal by itself
REPORT_SECONDS = 0.5  # progress is for eyes: two writes a second are enough

Result = dict[str, Any]
Work = Callable[["Progress"], Awaitable[Result]]


class JobCancelledError(Exception):
    """The person cancelled the job, or it is gone."""


class JobFailedError(Exception):
    """The job can never succeed; the message is shown to its person and names the remedy."""


class Progress:
    """What a running job is told and what it tells."""

    def __init__(self, database: Database, job: Job, clock: Callable[[], float] = time.monotonic) -> None:
        self.job = job
        self._database = database
        self._clock = clock
        self._told = 0.0
        self._stage = ""

    async def tell(self, stage: str, done: int = 0, total: int = 0) -> None:
        """Write how far the job is, at most twice a second within a stage. Raises JobCancelledError."""
        if stage == self._stage and self._clock() - self._told < REPORT_SECONDS:
            return
        async with self._database.session() as session:
            await self.tell_in(session, stage, done, total)

    async def tell_in(self, session: AsyncSession, stage: str, done: int = 0, total: int = 0) -> None:
        """The same as a part of what `session` writes, and always."""
        self._told, self._stage = self._clock(), stage
        if not await job_rows.report(session, self.job.id, stage=stage, done=done, total=total):
            raise JobCancelledError(self.job.id)


@dataclass(frozen=True)
class Kind:
    """What a job of one kind does, how many do it at once, and how often it is tried."""

    work: Work
    slots: asyncio.Semaphore
    retry_seconds: Sequence[float]


class Jobs:
    """Runs jobs. A kind's work must be safe to repeat: after kill -9 it runs again from its beginning."""

    def __init__(self, database: Database, queue: DurableQueue) -> None:
        self._database = database
        self._queue = queue
        self._kinds: dict[str, Kind] = {}

    def register(self, kind: str, work: Work, at_once: int = 1, retry_seconds: Sequence[float] = RETRY_SECONDS) -> None:
        """Say what jobs of this kind do; before `open`."""
        self._kinds[kind] = Kind(work, asyncio.Semaphore(at_once), retry_seconds)

    async def open(self) -> None:
        """Resume what was running, and take up what was written down but never reached the queue."""
        await self._queue.open(self._run)
        async with self._database.session() as session:
            unfinished = await job_rows.unfinished(session)
        lost = await self._queue.lost(unfinished)
        if lost:
            log.info("taking up %d jobs that the last process left", len(lost))
            await self._queue.enqueue(lost)

    async def submit(self, job_id: str) -> None:
        """Hand over a job whose row has been committed."""
        await self._queue.enqueue([job_id])

    async def perform(self, job_id: str, work: Work) -> Job | None:
        """Do a job here that was not handed over: as what it ended; None if it is gone."""
        async with self._database.session() as session:
            job = await job_rows.begin(session, job_id)
        if job is not None:
            await self._work(Kind(work, asyncio.Semaphore(1), ()), job)
        async with self._database.session() as session:
            return await session.get(Job, job_id)

    async def cancel(self, person_id: str, job_id: str) -> bool:
        """Stop this person's job; False if it had ended."""
        async with self._database.session() as session:
            cancelled = await job_rows.cancel(session, person_id, job_id)
        if cancelled:
            await self._queue.cancel(job_id)
        return cancelled

    async def forget(self, job_ids: Sequence[str]) -> None:
        """Leave no trace of jobs that have ended, and whose rows go, with whoever runs them."""
        await self._queue.forget(job_ids)

    async def close(self) -> None:
        await self._queue.close()

    async def _run(self, job_id: str) -> None:
        async with self._database.session() as session:
            kind = self._kinds.get(await job_rows.kind_of(session, job_id) or "")
        if kind is None:  # erased, or of a release that knew more kinds
            return
        async with kind.slots:
            async with self._database.session() as session:
                job = await job_rows.begin(session, job_id)
            if job is not None:  # else it ended, or was cancelled, before this repetition
                await self._work(kind, job)

    async def _work(self, kind: Kind, job: Job) -> None:
        try:
            result = await self._attempt(kind, Progress(self._database, job))
        except JobCancelledError:
            return
        except JobFailedError as error:
            await self._end(job.id, state="failed", error=str(error))
        except Exception:
            log.exception("job %s (%s) failed for good", job.id, job.kind)
            await self._end(job.id, state="failed", error="something went wrong on our side; the log tells more")
        else:
            await self._end(job.id, state="done", result=result)

    async def _attempt(self, kind: Kind, progress: Progress) -> Result:
        for wait in kind.retry_seconds:
            try:
                return await kind.work(progress)
            except (JobCancelledError, JobFailedError):
                raise
            except Exception:
                log.warning("job %s failed, trying again in %g seconds", progress.job.id, wait, exc_info=True)
                await asyncio.sleep(wait)
        return await kind.work(progress)

    async def _end(self, job_id: str, **values: Any) -> None:
        async with self._database.session() as session:
            await job_rows.report(session, job_id, **values)
