"""The passage index on a Qdrant server or cluster: a collection for each encoder, of which it knows but the version."""

from collections.abc import AsyncIterator, Collection, Sequence
from typing import Any

from qdrant_client import AsyncQdrantClient, models

from retrieval import index_fusion, index_migration
from retrieval.index_fusion import Ask, Fetch, Request
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
    foreign,
    lexical_text,
    passage_of,
    payloads_of,
)
from retrieval.ports import ForeignIndexError, Vectors
from retrieval.types import Hit, Passage, Query

_PREFIX = "attune-"
_UPSERT = 128  # points in one request
_PAGE = 256  # points in one step of a scroll
_PASSAGE = models.PayloadSelectorExclude(exclude=[WORDS, PAIRS])
_BUILDING = "building"  # in the metadata of a collection that is not to be used yet


class ServerIndex:
    """PassageIndex over one collection; several processes may use it at once."""

    def __init__(self, client: AsyncQdrantClient, collection: str, dimension: int) -> None:
        self._client = client
        self._collection = collection
        self._dimension = dimension

    @classmethod
    async def open(
        cls, url: str, api_key: str | None, version: str, dimension: int, *, beside: bool = False
    ) -> "ServerIndex":
        """The collection of encoder `version` at `url` (":memory:" for none but this object), made if there is none.

        Raises ForeignIndexError where another encoder's passages lie there instead, unless it is to be built `beside`
        them: such a collection counts for nobody until `finish`.
        """
        client = AsyncQdrantClient(url) if url == ":memory:" else AsyncQdrantClient(url=url, api_key=api_key)
        try:
            return await cls.attach(client, version, dimension, beside=beside)
        except BaseException:
            await client.close()
            raise

    @classmethod
    async def attach(
        cls, client: AsyncQdrantClient, version: str, dimension: int, *, beside: bool = False
    ) -> "ServerIndex":
        """The same over a client that is open already; closing the index closes it."""
        own = _PREFIX + version
        exists = await client.collection_exists(own)
        names = [entry.name for entry in (await client.get_collections()).collections]
        others = [name for name in sorted(names) if name.startswith(_PREFIX) and name != own]
        if not beside and (not exists or await _is_building(client, own)):
            built_by = [name.removeprefix(_PREFIX) for name in others if await _holds_passages(client, name)]
            if built_by:
                raise ForeignIndexError(foreign(built_by, version))
        if not exists:
            await _create(client, own, dimension, beside and bool(others))
        await index_migration.migrate_at(client, own)
        return cls(client, own, dimension)

    async def finish(self) -> None:
        """Let a collection that was built beside be opened as any other."""
        await self._client.update_collection(self._collection, metadata={_BUILDING: False})

    async def replace_document(
        self, document_id: str, passages: Sequence[Passage], vectors: Vectors, readers: frozenset[str]
    ) -> None:
        check_rows(document_id, passages, vectors, self._dimension)
        rows = list(zip(passages, payloads_of(passages, readers), vectors, strict=True))
        for start in range(0, len(rows), _UPSERT):
            points = [
                models.PointStruct(
                    id=passage.id,
                    vector={DENSE: vector.tolist(), BM25: _sparse(bm25().embed_document(lexical_text(passage)))},
                    payload=payload,
                )
                for passage, payload, vector in rows[start : start + _UPSERT]
            ]
            await self._client.upsert(self._collection, points, wait=True)
        # Last, so that a crash before it leaves too much, which a repetition repairs, and never too little.
        kept = models.HasIdCondition(has_id=[passage.id for passage in passages])
        leftovers = models.Filter(must=[_of_document(document_id)], must_not=[kept])
        await self._client.delete(self._collection, models.FilterSelector(filter=leftovers), wait=True)

    async def delete_document(self, document_id: str) -> None:
        whole = models.Filter(must=[_of_document(document_id)])
        await self._client.delete(self._collection, models.FilterSelector(filter=whole), wait=True)

    async def delete_beside(self, document_ids: Collection[str]) -> None:
        theirs = models.FieldCondition(key=DOCUMENT, match=models.MatchAny(any=sorted(document_ids)))
        selector = models.FilterSelector(filter=models.Filter(must=[theirs]))
        for entry in (await self._client.get_collections()).collections:
            if entry.name.startswith(_PREFIX) and entry.name != self._collection and document_ids:
                await self._client.delete(entry.name, selector, wait=True)

    async def forget_deleted(self) -> None:
        """Nothing: the server vacuums by its own settings, and its log turns over."""

    async def set_readers(self, document_id: str, readers: frozenset[str]) -> None:
        whole = models.Filter(must=[_of_document(document_id)])
        await self._client.set_payload(self._collection, {READERS: sorted(readers)}, points=whole, wait=True)

    async def search(self, query: Query, vector: Vectors) -> list[Hit]:
        vectors: dict[str, Any] = {DENSE: vector.tolist(), BM25: _sparse(bm25().embed_query(query.text))}
        return await index_fusion.await_all(
            index_fusion.search(query), lambda request: self._answer(request, query, vectors)
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
        return (await self._client.count(self._collection, exact=True)).count

    async def close(self) -> None:
        await self._client.close()

    async def _answer(self, request: Request, query: Query, vectors: dict[str, Any]) -> Any:
        if isinstance(request, Fetch):
            wanted = models.PayloadSelectorInclude(include=[WORDS]) if request.words else _PASSAGE
            records, _ = await self._scroll(_seen_by(query, request), len(request.ids), None, wanted)
            return {record.id: record.payload or {} for record in records}
        batch = [
            models.QueryRequest(
                query=vectors[ask.using],
                using=ask.using,
                limit=ask.limit,
                filter=_seen_by(query, ask),
                params=models.SearchParams(
                    hnsw_ef=GRAPH_WIDTH, acorn=models.AcornSearchParams(enable=query.document_ids is not None)
                ),
            )
            for ask in request
        ]
        found = await self._client.query_batch_points(self._collection, batch)
        return [{point.id: point.score for point in answer.points} for answer in found]

    async def _pages(self, wanted: models.Filter | None) -> AsyncIterator[models.Record]:
        offset: Any = None
        while True:
            records, offset = await self._scroll(wanted, _PAGE, offset)
            for record in records:
                yield record
            if offset is None:
                return

    async def _scroll(
        self, wanted: models.Filter | None, limit: int, offset: Any, payload: models.PayloadSelector | bool = True
    ) -> tuple[list[models.Record], Any]:
        return await self._client.scroll(
            self._collection, scroll_filter=wanted, limit=limit, offset=offset, with_payload=payload
        )


def _of_document(document_id: str) -> models.FieldCondition:
    return models.FieldCondition(key=DOCUMENT, match=models.MatchValue(value=document_id))


def _seen_by(query: Query, ask: Ask | Fetch | None = None) -> models.Filter:
    conditions: list[models.Condition] = [
        models.FieldCondition(key=READERS, match=models.MatchAny(any=sorted(query.readers)))
    ]
    if query.document_ids is not None:
        conditions.append(models.FieldCondition(key=DOCUMENT, match=models.MatchAny(any=sorted(query.document_ids))))
    if ask is not None and ask.ids is not None:
        conditions.append(models.HasIdCondition(has_id=list(ask.ids)))
    if isinstance(ask, Ask) and ask.pairs is not None:
        conditions.append(models.FieldCondition(key=PAIRS, match=models.MatchText(text=ask.pairs)))
    return models.Filter(must=conditions)


def _sparse(vector: Any) -> models.SparseVector:
    return models.SparseVector(indices=vector.indices, values=vector.values)


async def _create(client: AsyncQdrantClient, collection: str, dimension: int, building: bool) -> None:
    await client.create_collection(
        collection,
        vectors_config={DENSE: models.VectorParams(size=dimension, distance=models.Distance.COSINE)},
        sparse_vectors_config={BM25: models.SparseVectorParams(modifier=models.Modifier.IDF)},
        metadata={_BUILDING: building},
    )
    for field, tenant in ((READERS, True), (DOCUMENT, False)):
        schema = models.KeywordIndexParams(type=models.KeywordIndexType.KEYWORD, is_tenant=tenant)
        await client.create_payload_index(collection, field, schema, wait=True)


async def _is_building(client: AsyncQdrantClient, collection: str) -> bool:
    return bool(((await client.get_collection(collection)).config.metadata or {}).get(_BUILDING))


async def _holds_passages(client: AsyncQdrantClient, collection: str) -> bool:
    if await _is_building(client, collection):
        return False
    return (await client.count(collection, exact=True)).count > 0
