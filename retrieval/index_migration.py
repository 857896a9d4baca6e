"""Brings an index of an earlier version to what searches ask of one now. Knows no encoder and no query."""

import logging
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

import qdrant_edge as edge
from qdrant_client import AsyncQdrantClient, models

from retrieval.index_points import DOCUMENT, PAIRS, READERS, WORDS, passage_of, payloads_of

_PAGE = 512  # points in one step of a scroll
# Links within each reader's passages: in the graph of all, a filter that few pass leaves islands (docs/decisions/008).
_EDGE_READERS = edge.KeywordIndexParams(is_tenant=True)
_EDGE_PAIRS = edge.TextIndexParams(tokenizer=edge.TokenizerType.Whitespace, lowercase=False, enable_hnsw=False)
_SERVER_PAIRS = models.TextIndexParams(
    type=models.TextIndexType.TEXT,
    tokenizer=models.TokenizerType.WHITESPACE,
    lowercase=False,
    enable_hnsw=False,
)

log = logging.getLogger(__name__)


def migrate(shard: edge.EdgeShard) -> None:
    """Make phrases findable and readers tenants in a shard that has neither; a minute for 100,000 passages.

    The index of pairs comes last and says that all is done, so that what a crash cut short is done again.
    """
    if PAIRS in shard.info().payload_schema:
        return
    if held := shard.count(edge.CountRequest(exact=True)):
        log.warning("making phrases findable in %d passages of an earlier version, once", held)
    for document in {record.payload[DOCUMENT] for record in _pages(shard, None) if record.payload}:
        whole = edge.Filter(must=[edge.FieldCondition(DOCUMENT, match=edge.MatchValue(document))])
        for identity, words in _words_of([(record.id, record.payload or {}) for record in _pages(shard, whole)]):
            shard.update(edge.UpdateOperation.set_payload([identity], words))
    shard.update(edge.UpdateOperation.delete_field_index(READERS))
    shard.update(edge.UpdateOperation.create_field_index(READERS, _EDGE_READERS))
    shard.update(edge.UpdateOperation.create_field_index(PAIRS, _EDGE_PAIRS))
    shard.flush()


async def migrate_at(client: AsyncQdrantClient, collection: str) -> None:
    """Phrases for a collection, whose readers are tenants already; two processes at once write the same."""
    if PAIRS in (await client.get_collection(collection)).payload_schema:
        return
    documents = {record.payload[DOCUMENT] async for record in _pages_at(client, collection, None) if record.payload}
    for document in documents:
        whole = models.Filter(must=[models.FieldCondition(key=DOCUMENT, match=models.MatchValue(value=document))])
        held = [(record.id, record.payload or {}) async for record in _pages_at(client, collection, whole)]
        steps: list[models.UpdateOperation] = [
            models.SetPayloadOperation(set_payload=models.SetPayload(payload=words, points=[identity]))
            for identity, words in _words_of(held)
        ]
        await client.batch_update_points(collection, steps, wait=True)
    await client.create_payload_index(collection, PAIRS, _SERVER_PAIRS, wait=True)


def _words_of(points: Sequence[tuple[Any, Mapping[str, Any]]]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """What one document's points lack, by their ids."""
    in_order = sorted(points, key=lambda point: point[1]["position"])
    whole = payloads_of([passage_of(identity, payload) for identity, payload in in_order], frozenset())
    return (
        (identity, {WORDS: payload[WORDS], PAIRS: payload[PAIRS]})
        for (identity, _), payload in zip(in_order, whole, strict=True)
    )


def _pages(shard: edge.EdgeShard, wanted: edge.Filter | None) -> Iterator[edge.Record]:
    offset: Any = None
    while True:
        records, offset = shard.scroll(edge.ScrollRequest(offset, _PAGE, wanted, with_payload=True))
        yield from records
        if offset is None:
            return


async def _pages_at(
    client: AsyncQdrantClient, collection: str, wanted: models.Filter | None
) -> AsyncIterator[models.Record]:
    offset: Any = None
    while True:
        records, offset = await client.scroll(
            collection, scroll_filter=wanted, limit=_PAGE, offset=offset, with_payload=True
        )
        for record in records:
            yield record
        if offset is None:
            return
