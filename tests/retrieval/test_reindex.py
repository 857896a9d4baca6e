"""Re-indexing beside: everything arrives, a stop costs nothing, and changes meanwhile are caught up."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from retrieval.encoder_hash import HashEncoder
from retrieval.index_edge import EdgeIndex
from retrieval.ports import Vectors
from retrieval.reindex import ReindexError, rebuild
from tests.retrieval.builders import make_document, put


class NewEncoder(HashEncoder):
    """Another version that counts its work, and may be told what else happens while it works."""

    version = "hash-2"

    def __init__(self) -> None:
        self.encoded: list[str] = []
        self.meanwhile: list[tuple[EdgeIndex, str, list[str]]] = []

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.encoded += texts
        if self.meanwhile:
            index, name, new_texts = self.meanwhile.pop()
            await put(index, name, new_texts, ["ann"])
        return await super().encode_passages(texts)


@pytest.fixture
async def old(tmp_path: Path) -> AsyncIterator[EdgeIndex]:
    index = await EdgeIndex.open(tmp_path, "hash-1", 384)
    for number in range(5):
        await put(index, f"doc {number}", [f"text {number} {part}" for part in range(3)], [f"reader {number % 2}"])
    yield index
    await index.close()


@pytest.fixture
async def new(tmp_path: Path, old: EdgeIndex) -> AsyncIterator[EdgeIndex]:
    index = await EdgeIndex.open(tmp_path, "hash-2", 384, beside=True)
    yield index
    await index.close()


async def contents(index: EdgeIndex) -> set[object]:
    return {row async for row in index.scroll()}


async def test_the_new_index_holds_every_passage_with_its_readers(old: EdgeIndex, new: EdgeIndex) -> None:
    assert await rebuild(old, new, NewEncoder()) == 15
    assert await contents(new) == await contents(old)


async def test_starting_again_encodes_nothing_twice(old: EdgeIndex, new: EdgeIndex) -> None:
    await rebuild(old, new, NewEncoder())
    await new.delete_document(make_document("doc 3"))
    encoder = NewEncoder()
    await rebuild(old, new, encoder)
    assert sorted(encoder.encoded) == ["text 3 0", "text 3 1", "text 3 2"]


async def test_what_changes_meanwhile_is_caught_up(old: EdgeIndex, new: EdgeIndex) -> None:
    encoder = NewEncoder()
    encoder.meanwhile = [(old, "doc 0", ["changed"]), (old, "doc 9", ["added"]), (old, "doc 1", [])]
    await rebuild(old, new, encoder)
    assert await contents(new) == await contents(old)
    assert {"changed", "added"} <= {passage.text for passage, _ in [row async for row in new.scroll()]}


async def test_changed_readers_need_no_model(old: EdgeIndex, new: EdgeIndex) -> None:
    await rebuild(old, new, NewEncoder())
    await old.set_readers(make_document("doc 2"), frozenset(["reader 7"]))
    encoder = NewEncoder()
    await rebuild(old, new, encoder)
    assert encoder.encoded == []
    assert await contents(new) == await contents(old)


async def test_an_index_that_never_rests_is_reported(old: EdgeIndex, new: EdgeIndex) -> None:
    encoder = NewEncoder()
    encoder.meanwhile = [(old, "doc 0", [f"change {number}"]) for number in range(100)]
    with pytest.raises(ReindexError, match="pause what writes them"):
        await rebuild(old, new, encoder)
