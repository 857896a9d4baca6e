"""An Edge shard through its generations: a copy with graphs and without deleted bytes succeeds it. Knows no passage."""

import asyncio
import logging
import shutil
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import qdrant_edge as edge

from retrieval import index_shard, index_versions
from retrieval.index_shard import Live

_READING_THREADS = 4
_WITHOUT_GRAPH = 10_000  # points that a search may go through one by one: 3 ms
_SMALL = 10_000  # points of an index that is renewed in about a second
_PAUSE = 2.0  # seconds without a write before a small index forgets what was deleted
_QUIET = 30.0  # seconds without a write before the optimiser may take a core for longer

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class Generations:
    """Reads run at once in a few threads; writes wait for each other in one. Both go on while a renewal runs."""

    def __init__(self, shard: edge.EdgeShard, place: Path, dimension: int) -> None:
        self._live = Live(shard, place)
        self._dimension = dimension
        self._changed: set[str] | None = None  # documents written since the copy that is being optimised was taken
        self._deletions = int(index_shard.holds_deleted(place))  # seen so far; one stands for all before we opened
        self._copied = 0  # of these, what had happened when the last copy was taken
        self._forgotten = 0  # of these, what no byte is left of
        self._writer = ThreadPoolExecutor(1, "index-writer")
        self._readers = ThreadPoolExecutor(_READING_THREADS, "index-reader")
        self._one_at_a_time = asyncio.Lock()
        self._timers: list[asyncio.TimerHandle] = []
        self._tasks: set[asyncio.Task[None]] = set()
        self._expect_quiet()

    @property
    def place(self) -> Path:
        return self._live.place

    async def read(self, work: Callable[[edge.EdgeShard], Result]) -> Result:
        live = self._live
        live.readers += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, work, live.shard)
        finally:
            await live.leave()

    async def write(self, document_id: str, work: Callable[[edge.EdgeShard], None]) -> None:
        def noted() -> None:
            if self._changed is not None:
                self._changed.add(document_id)
            work(self._live.shard)

        await self._run(noted)
        self._expect_quiet()

    def note_deletion(self) -> None:
        """Remember, beyond kill -9, that deleted bytes will lie about. For the work of a write, before it deletes."""
        index_shard.note_deleted(self._live.place)
        self._deletions += 1

    async def flush(self) -> None:
        await self._run(self._live.shard.flush)

    async def copy_out(self, folder: Path) -> None:
        """What is in use, as of one moment between two writes, as an index below `folder`; writes wait meanwhile."""

        def copied() -> None:
            self._live.shard.flush()
            index_versions.copy_out(self._live.place, folder)

        await self._run(copied)

    async def renew(self) -> None:
        """Put a generation with graphs and without deleted bytes in place of this one. Raises OptimizeError."""
        async with self._one_at_a_time:
            await self._renew()

    async def forget_deleted(self) -> None:
        """Return when no byte is left of what was deleted before this call; it goes on if the caller stops waiting.

        An optimiser that dies is logged, and all is tried again after the next write or start.
        """
        if self._forgotten < self._deletions:
            await asyncio.shield(self._begin(self._forget(self._deletions)))

    async def close(self) -> None:
        """Wait for what runs, forget what a small index still has to, write everything out and free the folder."""
        self._stop_timers()
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._forgotten < self._deletions and not await self._is_large():
            await self._forget(self._deletions)
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(index_shard.close, self._live.shard)

    async def _renew(self) -> None:
        copying = asyncio.ensure_future(self._run(self._begin_copy))
        try:
            place = await asyncio.shield(copying)
            await index_shard.optimize(place, self._dimension)
        except BaseException:
            place = await copying
            self._changed = None
            await asyncio.to_thread(shutil.rmtree, place)
            raise
        succession = asyncio.ensure_future(self._succeed(place))
        try:
            await asyncio.shield(succession)
        except asyncio.CancelledError:  # half a switch would leave the old generation lying about
            await asyncio.wait([succession])
            raise

    def _begin_copy(self) -> Path:
        self._live.shard.flush()
        self._changed = set()
        self._copied = self._deletions
        return index_shard.copy(self._live.place)

    async def _succeed(self, place: Path) -> None:
        retired = await self._run(lambda: self._switch(place))
        await retired.retire()
        await self._run(self._note_forgotten)

    def _switch(self, place: Path) -> Live:
        """In the writer's thread, so that nothing is written between the last catching up and the switch."""
        try:
            shard = index_shard.load(place)
            index_shard.catch_up(shard, self._live.shard, self._changed or set())
            index_shard.switch(place)
        finally:
            self._changed = None
        retired, self._live = self._live, Live(shard, place)
        return retired

    def _note_forgotten(self) -> None:
        """In the writer's thread, so that no deletion comes between the question and the note."""
        self._forgotten = self._copied
        if self._forgotten == self._deletions:
            index_shard.note_forgotten(self._live.place)

    async def _forget(self, deletions: int) -> None:
        async with self._one_at_a_time:
            if self._forgotten < deletions:
                await self._renew_or_log()

    async def _renew_or_log(self) -> None:
        try:
            await self._renew()
        except index_shard.OptimizeError:
            log.exception("the index stays as it is")

    def _expect_quiet(self) -> None:
        self._stop_timers()
        loop = asyncio.get_running_loop()
        self._timers = [
            loop.call_later(_PAUSE, lambda: self._begin(self._renew_if_due(at_length=False))),
            loop.call_later(_QUIET, lambda: self._begin(self._renew_if_due(at_length=True))),
        ]

    def _stop_timers(self) -> None:
        for timer in self._timers:
            timer.cancel()

    async def _renew_if_due(self, at_length: bool) -> None:
        async with self._one_at_a_time:
            info = await self.read(lambda shard: shard.info())
            # Both vectors of a point count as indexed, and BM25 always is.
            slow = 2 * info.points_count - info.indexed_vectors_count > _WITHOUT_GRAPH
            unclean = self._forgotten < self._deletions
            if (slow and at_length) or (unclean and (at_length or not await self._is_large())):
                await self._renew_or_log()

    async def _is_large(self) -> bool:
        return await self.read(lambda shard: shard.count(edge.CountRequest(exact=True))) > _SMALL

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)
