"""An index that an earlier version wrote is served, and finds phrases like one written today."""

from pathlib import Path

import qdrant_edge as edge
from qdrant_client import AsyncQdrantClient, models

from retrieval import index_migration, index_shard
from retrieval.index_edge import EdgeIndex
from retrieval.index_points import PAIRS, READERS, WORDS
from retrieval.index_server import ServerIndex
from retrieval.ports import PassageIndex
from retrieval.types import Query
from tests.retrieval.builders import ENCODER, put

TEXTS = ["unlike " * 50 + "and as it was", "so it is " + "other " * 50]


async def scores(index: PassageIndex) -> list[float]:
    text = "as it was so it is"
    hits = await index.search(Query(text, frozenset(["ann"])), (await ENCODER.encode_queries([text]))[0])
    return [hit.score for hit in hits]


def make_old(folder: Path) -> None:
    """Take from the shard what earlier versions did not write."""
    shard = index_shard.load(index_shard.current(folder / ENCODER.version))
    everything = edge.Filter(must=[])
    for key in (PAIRS, READERS):
        shard.update(edge.UpdateOperation.delete_field_index(key))
    shard.update(edge.UpdateOperation.create_field_index(READERS, edge.KeywordIndexParams(enable_hnsw=False)))
    shard.update(edge.UpdateOperation.delete_payload_by_filter(everything, [WORDS, PAIRS]))
    index_shard.close(shard)


async def open_index(folder: Path) -> EdgeIndex:
    return await EdgeIndex.open(folder, ENCODER.version, ENCODER.dimension)


async def test_a_folder_of_an_earlier_version_is_migrated_when_it_is_opened(tmp_path: Path) -> None:
    index = await open_index(tmp_path)
    await put(index, "a", TEXTS, ["ann"])
    await put(index, "b", ["elsewhere"], ["ann"])
    as_written = await scores(index)
    await index.close()
    make_old(tmp_path)
    index = await open_index(tmp_path)
    assert await scores(index) == as_written
    assert [score >= 1 for score in as_written] == [True, False, False]
    await index.close()


async def test_migrating_is_done_once_and_makes_readers_tenants(tmp_path: Path) -> None:
    index = await open_index(tmp_path)
    await put(index, "a", TEXTS, ["ann"])
    await index.close()
    make_old(tmp_path)
    shard = index_shard.load(index_shard.current(tmp_path / ENCODER.version))
    assert PAIRS not in shard.info().payload_schema
    index_migration.migrate(shard)
    index_migration.migrate(shard)
    schema = shard.info().payload_schema
    assert schema[PAIRS].points == schema[READERS].points == 2
    tenants = schema[READERS].params
    assert isinstance(tenants, edge.KeywordIndexParams)
    assert tenants.is_tenant
    index_shard.close(shard)


async def test_a_collection_of_an_earlier_version_is_migrated_when_it_is_attached() -> None:
    client = AsyncQdrantClient(":memory:")
    index = await ServerIndex.attach(client, ENCODER.version, ENCODER.dimension)
    await put(index, "a", TEXTS, ["ann"])
    as_written = await scores(index)
    everything = models.Filter(must=[])
    await client.delete_payload("attune-" + ENCODER.version, [WORDS, PAIRS], points=everything)
    assert await scores(index) != as_written
    index = await ServerIndex.attach(client, ENCODER.version, ENCODER.dimension)
    assert await scores(index) == as_written
    await index.close()
