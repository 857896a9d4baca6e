"""Beside the index in use: what other encoders left loses deleted documents too, and a copy is whole."""

import asyncio
from pathlib import Path

from qdrant_client import AsyncQdrantClient

from retrieval import index_versions
from retrieval.encoder_hash import HashEncoder
from retrieval.index_edge import EdgeIndex
from retrieval.index_server import ServerIndex
from retrieval.ports import PassageIndex
from tests.retrieval.builders import ENCODER, make_document, make_passages, put

OTHER = HashEncoder(64)


async def put_beside(index: PassageIndex, name: str, text: str) -> None:
    passages = make_passages(make_document(name), [text])
    vectors = await OTHER.encode_passages([text])
    await index.replace_document(make_document(name), passages, vectors, frozenset({"ann"}))


def holds(folder: Path, text: bytes) -> bool:
    return any(text in path.read_bytes().lower() for path in folder.rglob("*") if path.is_file())


async def documents_in(index: PassageIndex) -> set[str]:
    return {passage.document_id async for passage, _ in index.scroll()}


async def test_an_edge_index_of_another_encoder_loses_the_documents_and_their_bytes(tmp_path: Path) -> None:
    index = await EdgeIndex.open(tmp_path, ENCODER.version, ENCODER.dimension)
    await put(index, "kept", ["Bread needs flour."], ["ann"])
    other = await EdgeIndex.open(tmp_path, OTHER.version, OTHER.dimension, beside=True)
    await put_beside(other, "kept", "Bread needs flour.")
    await put_beside(other, "gone", "Zyxquartz lies under the stairs.")
    await other.close()
    assert holds(tmp_path, b"zyxquartz")
    await index.delete_beside([make_document("gone")])
    other = await EdgeIndex.open(tmp_path, OTHER.version, OTHER.dimension, beside=True)
    assert await documents_in(other) == {make_document("kept")}
    await other.close()
    assert await documents_in(index) == {make_document("kept")}
    await index.close()
    assert not holds(tmp_path, b"zyxquartz")


async def test_other_collections_of_a_server_lose_the_documents() -> None:
    client = AsyncQdrantClient(":memory:")
    index = await ServerIndex.attach(client, ENCODER.version, ENCODER.dimension)
    await put(index, "kept", ["Bread needs flour."], ["ann"])
    other = await ServerIndex.attach(client, OTHER.version, OTHER.dimension, beside=True)
    for name in ("kept", "gone"):
        await put_beside(other, name, f"{name} bread")
    await index.delete_beside([])
    assert len(await documents_in(other)) == 2
    await index.delete_beside([make_document("gone"), make_document("kept")])
    assert await documents_in(other) == set()
    assert await documents_in(index) == {make_document("kept")}
    await index.close()


async def test_a_copy_taken_while_documents_are_written_holds_whole_documents(tmp_path: Path) -> None:
    index = await EdgeIndex.open(tmp_path / "index", ENCODER.version, ENCODER.dimension)
    for number in range(5):
        await put(index, f"early {number}", [f"early {number} part {part}" for part in range(20)], ["ann"])
    written = [
        put(index, f"late {number}", [f"late {number} part {part}" for part in range(20)], ["ann"])
        for number in range(10)
    ]
    await asyncio.gather(index.copy_out(tmp_path / "copy"), *written)
    await index.close()
    assert index_versions.beside(tmp_path / "copy", "") == [ENCODER.version]
    copy = await EdgeIndex.open(tmp_path / "copy", ENCODER.version, ENCODER.dimension)
    held: dict[str, int] = {}
    async for passage, readers in copy.scroll():
        assert readers == {"ann"}
        held[passage.document_id] = held.get(passage.document_id, 0) + 1
    await copy.close()
    assert {make_document(f"early {number}") for number in range(5)} <= held.keys()
    assert set(held.values()) == {20}
