"""The passage index inside this process: one Qdrant Edge shard in a folder. Knows nothing of encoders but a version."""

import asyncio
from collections.abc import AsyncIterator, Collection, Sequence
from operator import methodcaller
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from retrieval import index_fusion, index_shard, index_versions
from retrieval.index_fusion import Ask, Fetch, PointId, Request
from retrieval.index_generations import Generations
from retrieval.index_points import (
    BM25,
    DENSE,
    DOCUMENT,
    GRAPH_WIDTH,
    PAIRS,
    READERS,
    WORDS,
    bm25,
    check_rows,
    lexical_text,
    passage_of,
    payloads_of,
)
from retrieval.index_shard import of_document
from retrieval.ports import Vectors
from retrieval.types import Hit, Passage, Query

_UPSERT = 256  # points in one operation of the write-ahead log
_PAGE = 512  # points in one step of a scroll
_PASSAGE = edge.PayloadSelector.Exclude([WORDS, PAIRS])
_FLUSH_AFTER = 2000  # points; the log replays what was not flushed, so this bounds the time that opening takes

Row = tuple[Passage, dict[str, Any], Vectors]  # with its payload and its vector


class EdgeIndex:
    """PassageIndex over one shard, whose generations replace each other below it."""

    def __init__(self, shard: edge.EdgeShard, place: Path, dimension: int) -> None:
        self._generations = Generations(shard, place, dimension)
        self._dimension = dimension
        self._unflushed = 0

    @classmethod
    async def open(cls, folder: Path, version: str, dimension: int, *, beside: bool = False) -> "EdgeIndex":
        """The index of encoder `version` below `folder`, made if there is none.

        Raises ForeignIndexError where another encoder's passages lie there instead, unless it is to be built `beside`
        them: such an index counts for nobody until `finish`. Raises IndexBusyError.
        """
        shard, place = await asyncio.to_thread(index_shard.open_current, folder, version, dimension, beside)
        return cls(shard, place, dimension)

    async def finish(self) -> None:
        """Let an index that was built beside be opened as any other."""
        await self._generations.flush()
        index_shard.finish(self._generations.place)

    async def replace_document(
        self, document_id: str, passages: Sequence[Passage], vectors: Vectors, readers: frozenset[str]
    ) -> None:
        check_rows(document_id, passages, vectors, self._dimension)
        rows = list(zip(passages, payloads_of(passages, readers), vectors, strict=True))
        await self._generations.write(document_id, lambda shard: self._replace(shard, document_id, rows))

    async def delete_document(self, document_id: str) -> None:
        whole = of_document(document_id)
        await self._generations.write(document_id, lambda shard: self._delete(shard, whole))

    async def delete_beside(self, document_ids: Collection[str]) -> None:
        own = self._generations.place.parent
        for version in await asyncio.to_thread(index_versions.beside, own.parent, own.name):
            dimension = await asyncio.to_thread(index_versions.dimension, own.parent, version)
            other = await EdgeIndex.open(own.parent, version, dimension, beside=True)
            try:
                for document_id in document_ids:
                    await other.delete_document(document_id)
                await other.forget_deleted()
            finally:
                await other.close()

    async def set_readers(self, document_id: str, readers: frozenset[str]) -> None:
        operation = edge.UpdateOperation.set_payload_by_filter(of_document(document_id), {READERS: sorted(readers)})
        await self._generations.write(document_id, methodcaller("update", operation))

    async def search(self, query: Query, vector: Vectors) -> list[Hit]:
        vectors = {DENSE: vector.tolist(), BM25: bm25().embed_query(query.text)}
        return await self._generations.read(
            lambda shard: index_fusion.answer_all(
                index_fusion.search(query), lambda request: _answer(shard, request, query, vectors)
            )
        )

    async def passages(self, document_id: str, readers: frozenset[str]) -> list[Passage]:
        wanted = _seen_by(Query("", readers, document_ids=frozenset([document_id])))
        found = [passage_of(record.id, record.payload or {}) async for record in self._pages(wanted)] if readers else []
        return sorted(found, key=lambda passage: passage.position)

    async def scroll(self) -> AsyncIterator[tuple[Passage, frozenset[str]]]:
        async for record in self._pages(None):
            payload = record.payload or {}
            yield passage_of(record.id, payload), frozenset(payload[READERS])

    async def count(self) -> int:
        return await self._generations.read(lambda shard: shard.count(edge.CountRequest(exact=True)))

    async def forget_deleted(self) -> None:
        await self._generations.forget_deleted()

    async def copy_out(self, folder: Path) -> None:
        """What is in use, whole as of one moment, as an index below `folder`; writes wait meanwhile, searches go on."""
        await self._generations.copy_out(folder)

    async def optimize(self) -> None:
        """Rebuild the index with graphs beside the one in use, then switch. Searches and writes go on.

        By itself this happens when writes have paused and enough passages are without a graph. Raises OptimizeError.
        """
        await self._generations.renew()

    async def close(self) -> None:
        """Wait for what runs, then write everything out and free the folder."""
        await self._generations.close()

    def _replace(self, shard: edge.EdgeShard, document_id: str, rows: Sequence[Row]) -> None:
        for start in range(0, len(rows), _UPSERT):
            self._put(shard, rows[start : start + _UPSERT])
        # Last, so that a crash before it leaves too much, which a repetition repairs.
        kept: set[PointId] = {passage.id for passage, _, _ in rows}
        self._delete(shard, edge.Filter(must=[of_document(document_id)], must_not=[edge.HasIdCondition(kept)]))
        self._unflushed += len(rows)
        if self._unflushed >= _FLUSH_AFTER:
            shard.flush()
            self._unflushed = 0

    def _put(self, shard: edge.EdgeShard, rows: Sequence[Row]) -> None:
        before = shard.retrieve([passage.id for passage, _, _ in rows], with_payload=True, with_vector=False)
        held = {str(record.id): record.payload or {} for record in before}
        changed: list[PointId] = [
            passage.id
            for passage, payload, _ in rows
            if held.get(passage.id, payload) | {READERS: payload[READERS]} != payload
        ]
        if changed:  # writing over a payload would leave its bytes where the optimiser looks for nothing deleted
            self._generations.note_deletion()
            shard.update(edge.UpdateOperation.delete_points(changed))
        points = [
            edge.Point(
                passage.id,
                {DENSE: vector.tolist(), BM25: bm25().embed_document(lexical_text(passage))},
                payload,
            )
            for passage, payload, vector in rows
        ]
        shard.update(edge.UpdateOperation.upsert_points(points))

    def _delete(self, shard: edge.EdgeShard, wanted: edge.Filter) -> None:
        if shard.count(edge.CountRequest(filter=wanted, exact=True)):
            self._generations.note_deletion()
            shard.update(edge.UpdateOperation.delete_points_by_filter(wanted))

    async def _pages(self, wanted: edge.Filter | None) -> AsyncIterator[edge.Record]:
        offset: Any = None
        while True:
            request = edge.ScrollRequest(offset, _PAGE, wanted, with_payload=True)
            records, offset = await self._generations.read(methodcaller("scroll", request))
            for record in records:
                yield record
            if offset is None:
                return


def _answer(shard: edge.EdgeShard, request: Request, query: Query, vectors: dict[str, Any]) -> Any:
    if isinstance(request, Fetch):
        # Half of what is stored serves exact phrases alone, and reading it takes a third of the time.
        wanted = edge.PayloadSelector.Include([WORDS, READERS]) if request.words else _PASSAGE
        records = shard.retrieve(request.ids, with_payload=wanted, with_vector=False)
        # Reading by id is ten times faster than a filter, but knows no readers, who may have changed a moment ago.
        seen = [record for record in records if query.readers & set((record.payload or {})[READERS])]
        return {record.id: record.payload or {} for record in seen}
    params = edge.SearchParams(hnsw_ef=GRAPH_WIDTH, acorn=edge.AcornSearchParams(enable=query.document_ids is not None))
    batch = [
        edge.QueryRequest(
            ask.limit,
            query=edge.Query.Nearest(vectors[ask.using], ask.using),
            filter=_seen_by(query, ask),
            params=params,
        )
        for ask in request
    ]
    return [{point.id: point.score for point in found} for found in shard.query_batch(edge.QueryBatchRequest(batch))]


def _seen_by(query: Query, ask: Ask | None = None) -> edge.Filter:
    conditions: list[Any] = [edge.FieldCondition(READERS, match=edge.MatchAny(sorted(query.readers)))]
    if query.document_ids is not None:
        conditions.append(edge.FieldCondition(DOCUMENT, match=edge.MatchAny(sorted(query.document_ids))))
    if ask is not None and ask.ids is not None:
        conditions.append(edge.HasIdCondition(set(ask.ids)))
    if ask is not None and ask.pairs is not None:
        conditions.append(edge.FieldCondition(PAIRS, match=edge.MatchText(ask.pairs)))
    return edge.Filter(must=conditions)
