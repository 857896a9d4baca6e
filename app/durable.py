"""The only module that knows DBOS: a queue of job ids that survives kill -9. Knows nothing of what a job does."""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, TypeVar

import sqlalchemy as sa

from app.db import tune_sqlite

QUEUE = "jobs"  # what one process adds and another runs goes through here; what stays in one process does not
AT_ONCE = 32  # taken from the queue at a time; how many really work at once is decided where they work
POLL_SECONDS = 1.0
RUN = "run_job"
_PAGE = 500  # workflows deleted at a time
LIVE = ("ENQUEUED", "PENDING", "DELAYED")

Run = Callable[[str], Awaitable[None]]
Value = TypeVar("Value")


class DurableQueue:
    """At-least-once execution of `run(job_id)` on the loop that opened it.

    DBOS is a singleton of the process, so one queue can be open at a time. It lives on a loop and thread of its own:
    it replaces its loop's default executor by one that dies with it, and our loop must not inherit that.
    """

    def __init__(self, url: str, executor: str, *, listens: bool = True) -> None:
        self._url = url
        self._executor = executor  # who resumes what it had begun when it is started again
        self._listens = listens
        self._running: dict[str, asyncio.Task[Any]] = {}  # on our loop
        self._ours: asyncio.AbstractEventLoop | None = None
        self._theirs = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._theirs.run_forever, name="durable-queue", daemon=True)
        self._workflow: Any = None
        self._engine: sa.Engine | None = None  # of an embedded queue

    async def open(self, run: Run) -> None:
        """Start, and resume what this executor had begun."""
        self._ours = asyncio.get_running_loop()
        self._thread.start()
        await self._there(self._launch(run))

    async def enqueue(self, job_ids: Sequence[str]) -> None:
        """Add jobs; one that is there already is left alone. On return they survive kill -9."""
        await self._there(self._enqueue(job_ids))

    async def cancel(self, job_id: str) -> None:
        """Never begin the job again, and stop it if it runs here: on return it does nothing any more."""
        from dbos import DBOS

        await self._there(DBOS.cancel_workflow_async(job_id))
        if running := self._running.get(job_id):
            running.cancel()
            await asyncio.wait([running])

    async def forget(self, job_ids: Sequence[str]) -> None:
        """Leave no trace of these jobs, which have ended, in the queue's own books."""
        await self._there(self._forget(job_ids))

    async def lost(self, job_ids: Sequence[str]) -> list[str]:
        """Those of `job_ids` that nobody will ever run: the process died before they were added."""
        return await self._there(self._lost(job_ids))

    async def close(self) -> None:
        """Stop. What runs is cancelled here and begins again at the next start."""
        if not self._thread.is_alive():
            return
        from dbos import DBOS

        await asyncio.to_thread(DBOS.destroy, destroy_registry=True)
        interrupted = list(self._running.values())
        for running in interrupted:
            running.cancel()
        if interrupted:  # whoever closes us closes next what they work with
            await asyncio.wait(interrupted)
        await self._there(_end_tasks())
        self._theirs.call_soon_threadsafe(self._theirs.stop)
        await asyncio.to_thread(self._thread.join)
        self._theirs.close()

    async def _on_our_loop(self, run: Run, job_id: str) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._running[job_id] = task
        try:
            await run(job_id)
        finally:
            del self._running[job_id]

    async def _there(self, call: Coroutine[Any, Any, Value]) -> Value:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(call, self._theirs))

    # --- below: on DBOS's loop
    async def _launch(self, run: Run) -> None:
        from dbos import DBOS

        # Its words on every start, stop and cancellation are for people who debug DBOS.
        logging.getLogger("dbos").setLevel(logging.ERROR)
        self._engine = _sqlite_engine(self._url)
        DBOS(config=self._config())

        @DBOS.workflow(name=RUN, max_recovery_attempts=None)
        async def run_job(job_id: str) -> None:
            await self._hand_over(run, job_id)

        self._workflow = run_job
        if not self._listens:
            DBOS.listen_queues([])
        DBOS.launch()
        await DBOS.register_queue_async(QUEUE, worker_concurrency=AT_ONCE, polling_interval_sec=POLL_SECONDS)
        ended = await DBOS.list_workflows_async(
            status=["SUCCESS", "ERROR", "CANCELLED"], load_input=False, load_output=False
        )
        if ended:  # their story is told by the job table
            await DBOS.delete_workflows_async([workflow.workflow_id for workflow in ended])

    def _config(self) -> Any:
        from dbos import DBOSPortableJSONSerializer

        return {
            "name": "attune",
            "system_database_url": self._url,
            "system_database_engine": self._engine,
            "serializer": DBOSPortableJSONSerializer(),  # the default is pickle, which runs what it reads
            "application_version": "1",  # else every change of code would strand the jobs of the last release
            "executor_id": self._executor,
            "max_executor_threads": 16,
            "log_level": "ERROR",
            "enable_otlp": False,
            "notification_listener_polling_interval_sec": 0.05,  # closing waits for that thread
        }

    async def _hand_over(self, run: Run, job_id: str) -> None:
        assert self._ours is not None
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._on_our_loop(run, job_id), self._ours))

    async def _enqueue(self, job_ids: Sequence[str]) -> None:
        from dbos import DBOS, SetWorkflowID

        for job_id in job_ids:
            with SetWorkflowID(job_id):
                if self._listens:  # no need to wait for the next poll
                    await DBOS.start_workflow_async(self._workflow, job_id)
                else:
                    await DBOS.enqueue_workflow_async(QUEUE, self._workflow, job_id)

    async def _forget(self, job_ids: Sequence[str]) -> None:
        from dbos import DBOS

        for start in range(0, len(job_ids), _PAGE):
            await DBOS.delete_workflows_async(list(job_ids[start : start + _PAGE]))
        if self._engine is not None:
            await asyncio.to_thread(_empty_log, self._engine)

    async def _lost(self, job_ids: Sequence[str]) -> list[str]:
        from dbos import DBOS

        if not job_ids:
            return []
        known = await DBOS.list_workflows_async(workflow_ids=list(job_ids), load_input=False, load_output=False)
        ended = [workflow.workflow_id for workflow in known if workflow.status not in LIVE]
        if ended:  # ended without a word in the job table: it will run again only as a new workflow
            await DBOS.delete_workflows_async(ended)
        live = {workflow.workflow_id for workflow in known if workflow.status in LIVE}
        return [job_id for job_id in job_ids if job_id not in live]


async def _end_tasks() -> None:
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, return_exceptions=True)


def _empty_log(engine: sa.Engine) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _sqlite_engine(url: str) -> sa.Engine | None:
    """DBOS's own engine has no write-ahead log and syncs every step: four times slower (docs/decisions/001)."""
    if not url.startswith("sqlite"):
        return None
    engine = sa.create_engine(url)
    sa.event.listen(engine, "connect", tune_sqlite)
    return engine
