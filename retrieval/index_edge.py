"""The passage index inside this process: one Qdrant Edge shard in a folder. Knows nothing of encoders but a version."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import methodcaller
from pathlib import Path
from typing import Any, TypeVar

import qdrant_edge as edge

from retrieval import index_fusion, index_shard
from retrieval.index_fusion import Fetch, PointId, Request
from retrieval.index_points import (
    BM25,
    DENSE,
    DOCUMENT,
    READERS,
    bm25,
    check_rows,
    lexical_text,
    passage_of,
    payload_of,
)
from retrieval.index_shard import Live, of_document
from retrieval.ports import Vectors
from retrieval.types import Hit, Passage, Query

_READING_THREADS = 4
_UPSERT = 256  # points in one operation of the write-ahead log
_PAGE = 512  # points in one step of a scroll
_FLUSH_AFTER = 2000  # points; the log replays what was not flushed, so this bounds the time that opening takes
_WITHOUT_GRAPH = 10_000  # points that a search may go through one by one: 3 ms
_QUIET = 30.0  # seconds without a write before the optimiser may take a core

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class EdgeIndex:
    """PassageIndex over one shard. Reads run at once in a few threads; writes wait for each other in one."""

    def __init__(self, shard: edge.EdgeShard, place: Path, dimension: int) -> None:
        self._live = Live(shard, place)
        self._dimension = dimension
        self._unflushed = 0
        self._changed: set[str] | None = None  # documents written since the copy that is being optimised was taken
        self._writer = ThreadPoolExecutor(1, "index-writer")
        self._readers = ThreadPoolExecutor(_READING_THREADS, "index-reader")
        self._one_optimizer = asyncio.Lock()
        self._quiet: asyncio.TimerHandle | None = None
        self._optimizing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, folder: Path, version: str, dimension: int, *, beside: bool = False) -> "EdgeIndex":
        """The index of encoder `version` below `folder`, made if there is none.

        Raises ForeignIndexError where another encoder's passages lie there instead, unless it is to be built `beside`
        them: such an index counts for nobody until `finish`. Raises IndexBusyError.
        """
        shard, place = await asyncio.to_thread(index_shard.open_current, folder, version, dimension, beside)
        index = cls(shard, place, dimension)
        index._expect_quiet()
        return index

    async def finish(self) -> None:
        """Let an index that was built beside be opened as any other."""
        await self._run(self._live.shard.flush)
        index_shard.finish(self._live.place)

    async def replace_document(
        self, document_id: str, passages: Sequence[Passage], vectors: Vectors, readers: frozenset[str]
    ) -> None:
        check_rows(document_id, passages, vectors, self._dimension)
        await self._write(document_id, lambda: self._replace(document_id, passages, vectors, readers))

    async def delete_document(self, document_id: str) -> None:
        operation = edge.UpdateOperation.delete_points_by_filter(of_document(document_id))
        await self._write(document_id, lambda: self._live.shard.update(operation))

    async def set_readers(self, document_id: str, readers: frozenset[str]) -> None:
        operation = edge.UpdateOperation.set_payload_by_filter(of_document(document_id), {READERS: sorted(readers)})
        await self._write(document_id, lambda: self._live.shard.update(operation))

    async def search(self, query: Query, vector: Vectors) -> list[Hit]:
        vectors = {DENSE: vector.tolist(), BM25: bm25().embed_query(query.text)}
        return await self._read(
            lambda shard: index_fusion.answer_all(
                index_fusion.search(query), lambda request: _answer(shard, request, query, vectors)
            )
        )

    async def passages(self, document_id: str, readers: frozenset[str]) -> list[Passage]:
        wanted = _seen_by(Query("", readers, document_ids=frozenset([document_id])), None)
        found = [passage_of(record.id, record.payload or {}) async for record in self._pages(wanted)] if readers else []
        return sorted(found, key=lambda passage: passage.position)

    async def scroll(self) -> AsyncIterator[tuple[Passage, frozenset[str]]]:
        async for record in self._pages(None):
            payload = record.payload or {}
            yield passage_of(record.id, payload), frozenset(payload[READERS])

    async def count(self) -> int:
        return await self._read(lambda shard: shard.count(edge.CountRequest(exact=True)))

    async def optimize(self) -> None:
        """Rebuild the index with graphs beside the one in use, then switch. Searches and writes go on.

        By itself this happens when writes have paused and enough passages are without a graph.
        """
        async with self._one_optimizer:
            await self._optimize()

    async def close(self) -> None:
        """Wait for what runs, then write everything out and free the folder."""
        if self._quiet:
            self._quiet.cancel()
        if self._optimizing:
            self._optimizing.cancel()
            await asyncio.gather(self._optimizing, return_exceptions=True)
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(index_shard.close, self._live.shard)

    def _replace(
        self, document_id: str, passages: Sequence[Passage], vectors: Vectors, readers: frozenset[str]
    ) -> None:
        for start in range(0, len(passages), _UPSERT):
            rows = zip(passages[start : start + _UPSERT], vectors[start : start + _UPSERT], strict=True)
            points = [
                edge.Point(
                    passage.id,
                    {DENSE: vector.tolist(), BM25: bm25().embed_document(lexical_text(passage))},
                    payload_of(passage, readers),
                )
                for passage, vector in rows
            ]
            self._live.shard.update(edge.UpdateOperation.upsert_points(points))
        # Last, so that a crash before it leaves too much, which a repetition repairs, and never too little.
        leftovers = edge.Filter(
            must=[of_document(document_id)], must_not=[edge.HasIdCondition({passage.id for passage in passages})]
        )
        self._live.shard.update(edge.UpdateOperation.delete_points_by_filter(leftovers))
        self._unflushed += len(passages)
        if self._unflushed >= _FLUSH_AFTER:
            self._live.shard.flush()
            self._unflushed = 0

    async def _pages(self, wanted: edge.Filter | None) -> AsyncIterator[edge.Record]:
        offset: Any = None
        while True:
            request = edge.ScrollRequest(offset, _PAGE, wanted, with_payload=True)
            records, offset = await self._read(methodcaller("scroll", request))
            for record in records:
                yield record
            if offset is None:
                return

    async def _optimize(self) -> None:
        place = await self._run(self._begin_copy)
        try:
            await index_shard.optimize(place)
        except BaseException:
            self._changed = None
            shutil.rmtree(place)
            raise
        retired = await self._run(lambda: self._switch(place))
        await retired.retire()

    def _begin_copy(self) -> Path:
        self._live.shard.flush()
        self._changed = set()
        return index_shard.copy(self._live.place)

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

    def _expect_quiet(self) -> None:
        if self._quiet:
            self._quiet.cancel()
        self._quiet = asyncio.get_running_loop().call_later(_QUIET, self._when_quiet)

    def _when_quiet(self) -> None:
        if not self._optimizing or self._optimizing.done():
            self._optimizing = asyncio.create_task(self._optimize_if_due())

    async def _optimize_if_due(self) -> None:
        async with self._one_optimizer:
            info = await self._read(lambda shard: shard.info())
            # Both vectors of a point count as indexed, and BM25 always is.
            if 2 * info.points_count - info.indexed_vectors_count > _WITHOUT_GRAPH:
                try:
                    await self._optimize()
                except index_shard.OptimizeError:
                    log.exception("the index stays as it is")

    async def _write(self, document_id: str, work: Callable[[], None]) -> None:
        def noted() -> None:
            if self._changed is not None:
                self._changed.add(document_id)
            work()

        await self._run(noted)
        self._expect_quiet()

    async def _run(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    async def _read(self, work: Callable[[edge.EdgeShard], Result]) -> Result:
        live = self._live
        live.readers += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, work, live.shard)
        finally:
            await live.leave()


def _answer(shard: edge.EdgeShard, request: Request, query: Query, vectors: dict[str, Any]) -> Any:
    if isinstance(request, Fetch):
        records = shard.retrieve(request.ids, with_payload=True, with_vector=False)
        # Reading by id is ten times faster than a filter, but knows no readers, who may have changed a moment ago.
        seen = [record for record in records if query.readers & set((record.payload or {})[READERS])]
        return {record.id: passage_of(record.id, record.payload or {}) for record in seen}
    batch = [
        edge.QueryRequest(
            ask.limit, query=edge.Query.Nearest(vectors[ask.using], ask.using), filter=_seen_by(query, ask.ids)
        )
        for ask in request
    ]
    return [{point.id: point.score for point in found} for found in shard.query_batch(edge.QueryBatchRequest(batch))]


def _seen_by(query: Query, ids: frozenset[PointId] | None) -> edge.Filter:
    conditions: list[Any] = [edge.FieldCondition(READERS, match=edge.MatchAny(sorted(query.readers)))]
    if query.document_ids is not None:
        conditions.append(edge.FieldCondition(DOCUMENT, match=edge.MatchAny(sorted(query.document_ids))))
    if ids is not None:
        conditions.append(edge.HasIdCondition(set(ids)))
    return edge.Filter(must=conditions)
