"""The passage index inside this process: one Qdrant Edge shard in a folder. Knows nothing of encoders but a version."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import qdrant_edge as edge

from retrieval import index_fusion
from retrieval.index_fusion import Ask, Scores
from retrieval.index_points import (
    BM25,
    DENSE,
    DOCUMENT,
    READERS,
    bm25,
    check_rows,
    foreign,
    lexical_text,
    passage_of,
    payload_of,
)
from retrieval.ports import ForeignIndexError, Vectors
from retrieval.types import Hit, Passage, Query

_READING_THREADS = 4
_UPSERT = 256  # points in one operation of the write-ahead log
_PAGE = 512  # points in one step of a scroll
_FLUSH_AFTER = 2000  # points; the log replays what was not flushed, so this bounds the time that opening takes
_BUILDING = "building"  # a file in the folder of an index that is not to be used yet

Result = TypeVar("Result")


class IndexBusyError(Exception):
    """Another process has the index open."""


class EdgeIndex:
    """PassageIndex over one shard. Reads run at once in a few threads; writes wait for each other in one."""

    def __init__(self, shard: edge.EdgeShard, folder: Path, dimension: int) -> None:
        self._shard = shard
        self._folder = folder
        self._dimension = dimension
        self._unflushed = 0
        self._writer = ThreadPoolExecutor(1, "index-writer")
        self._readers = ThreadPoolExecutor(_READING_THREADS, "index-reader")

    @classmethod
    async def open(cls, folder: Path, version: str, dimension: int, *, beside: bool = False) -> "EdgeIndex":
        """The index of encoder `version` below `folder`, made if there is none.

        Raises ForeignIndexError where another encoder's passages lie there instead, unless it is to be built `beside`
        them: such an index counts for nobody until `finish`. Raises IndexBusyError.
        """
        shard = await asyncio.to_thread(_open_shard, folder, version, dimension, beside)
        return cls(shard, folder / version, dimension)

    async def finish(self) -> None:
        """Let an index that was built beside be opened as any other."""
        await self._write(self._shard.flush)
        (self._folder / _BUILDING).unlink(missing_ok=True)

    async def replace_document(
        self, document_id: str, passages: Sequence[Passage], vectors: Vectors, readers: frozenset[str]
    ) -> None:
        check_rows(document_id, passages, vectors, self._dimension)
        await self._write(lambda: self._replace(document_id, passages, vectors, readers))

    async def delete_document(self, document_id: str) -> None:
        await self._update(edge.UpdateOperation.delete_points_by_filter(_of_document(document_id)))

    async def set_readers(self, document_id: str, readers: frozenset[str]) -> None:
        payload = {READERS: sorted(readers)}
        await self._update(edge.UpdateOperation.set_payload_by_filter(_of_document(document_id), payload))

    async def search(self, query: Query, vector: Vectors) -> list[Hit]:
        return await index_fusion.search(self, query, vector)

    async def score(self, asks: Sequence[Ask], query: Query, vector: Vectors) -> list[Scores]:
        """The engine's side of a search: points by one vector each, in one pass over the shard."""
        vectors: dict[str, Any] = {"dense": vector.tolist(), "bm25": bm25().embed_query(query.text)}
        batch = [
            edge.QueryRequest(
                limit=ask.limit,
                query=edge.Query.Nearest(vectors[ask.using], using=ask.using),
                filter=_seen_by(query, ask.ids),
            )
            for ask in asks
        ]
        found = await self._read(lambda: self._shard.query_batch(edge.QueryBatchRequest(batch)))
        return [{str(point.id): point.score for point in points} for points in found]

    async def fetch(self, ids: Sequence[str], query: Query) -> Mapping[str, Passage]:
        """The engine's side of a search: payloads of the best."""
        records, _ = await self._scroll(_seen_by(query, frozenset(ids)), len(ids), None)
        return {str(record.id): passage_of(record.id, record.payload or {}) for record in records}

    async def passages(self, document_id: str, readers: frozenset[str]) -> list[Passage]:
        wanted = _seen_by(Query("", readers, document_ids=frozenset([document_id])), None)
        found = [passage_of(record.id, record.payload or {}) async for record in self._pages(wanted)] if readers else []
        return sorted(found, key=lambda passage: passage.position)

    async def scroll(self) -> AsyncIterator[tuple[Passage, frozenset[str]]]:
        async for record in self._pages(None):
            payload = record.payload or {}
            yield passage_of(record.id, payload), frozenset(payload[READERS])

    async def count(self) -> int:
        return await self._read(lambda: self._shard.count(edge.CountRequest(exact=True)))

    async def close(self) -> None:
        """Wait for what runs, then write everything out and free the folder."""
        await asyncio.to_thread(self._writer.shutdown)
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(_close_shard, self._shard)

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
            self._shard.update(edge.UpdateOperation.upsert_points(points))
        # Last, so that a crash before it leaves too much, which a repetition repairs, and never too little.
        leftovers = edge.Filter(
            must=[_of_document(document_id)], must_not=[edge.HasIdCondition({passage.id for passage in passages})]
        )
        self._shard.update(edge.UpdateOperation.delete_points_by_filter(leftovers))
        self._unflushed += len(passages)
        if self._unflushed >= _FLUSH_AFTER:
            self._shard.flush()
            self._unflushed = 0

    async def _pages(self, wanted: edge.Filter | None) -> AsyncIterator[edge.Record]:
        offset: Any = None
        while True:
            records, offset = await self._scroll(wanted, _PAGE, offset)
            for record in records:
                yield record
            if offset is None:
                return

    async def _scroll(self, wanted: edge.Filter | None, limit: int, offset: Any) -> Any:
        request = edge.ScrollRequest(offset=offset, limit=limit, filter=wanted, with_payload=True)
        return await self._read(lambda: self._shard.scroll(request))

    async def _update(self, operation: edge.UpdateOperation) -> None:
        await self._write(lambda: self._shard.update(operation))

    async def _write(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._writer, work)

    async def _read(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)


def _of_document(document_id: str) -> edge.Filter:
    return edge.Filter(must=[edge.FieldCondition(DOCUMENT, match=edge.MatchValue(document_id))])


def _seen_by(query: Query, ids: frozenset[str] | None) -> edge.Filter:
    conditions: list[Any] = [edge.FieldCondition(READERS, match=edge.MatchAny(sorted(query.readers)))]
    if query.document_ids is not None:
        conditions.append(edge.FieldCondition(DOCUMENT, match=edge.MatchAny(sorted(query.document_ids))))
    if ids is not None:
        conditions.append(edge.HasIdCondition(set(ids)))
    return edge.Filter(must=conditions)


def _open_shard(folder: Path, version: str, dimension: int, beside: bool) -> edge.EdgeShard:
    own = folder / version
    others = [path.name for path in sorted(folder.glob("*/edge_config.json")) for path in [path.parent] if path != own]
    if not beside and (not own.exists() or (own / _BUILDING).exists()):
        built_by = [name for name in others if _holds_passages(folder / name)]
        if built_by:
            raise ForeignIndexError(foreign(built_by, version))
    if not own.exists():
        _create(own, dimension, beside and bool(others))
    return _load(own)


def _create(own: Path, dimension: int, building: bool) -> None:
    # Made under another name and renamed, so that a folder with the version's name is always a whole index.
    draft = own.with_name(f".{own.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.parent.mkdir(parents=True, exist_ok=True)
    dense = edge.EdgeVectorParams(dimension, edge.Distance.Cosine)
    sparse = edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)
    shard = edge.EdgeShard.create(str(draft), edge.EdgeConfig(vectors={DENSE: dense}, sparse_vectors={BM25: sparse}))
    for field in (READERS, DOCUMENT):
        shard.update(edge.UpdateOperation.create_field_index(field, edge.KeywordIndexParams(enable_hnsw=False)))
    _close_shard(shard)
    if building:
        (draft / _BUILDING).touch()
    draft.rename(own)


def _load(own: Path) -> edge.EdgeShard:
    try:
        return edge.EdgeShard.load(str(own))
    except Exception as error:
        if "WouldBlock" not in str(error):
            raise
        raise IndexBusyError(f"{own} is open in another process: stop it, or send it the request instead") from error


def _holds_passages(own: Path) -> bool:
    if (own / _BUILDING).exists():
        return False
    shard = _load(own)
    try:
        return shard.count(edge.CountRequest(exact=True)) > 0
    finally:
        shard.close()


def _close_shard(shard: edge.EdgeShard) -> None:
    shard.flush()
    shard.close()
