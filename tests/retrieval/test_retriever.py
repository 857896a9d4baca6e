"""Encoder and index together, over a real index on disk."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from retrieval.encoder_hash import HashEncoder
from retrieval.index_edge import EdgeIndex
from retrieval.ports import Vectors
from retrieval.retriever import Retriever
from retrieval.types import Query
from tests.retrieval.builders import put


class CountingEncoder(HashEncoder):
    def __init__(self) -> None:
        self.asked: list[str] = []

    async def encode_queries(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        return await super().encode_queries(texts)


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[EdgeIndex]:
    opened = await EdgeIndex.open(tmp_path, HashEncoder.version, HashEncoder.dimension)
    await put(opened, "a", ["Bread needs flour.", "Geese fly south in autumn."], ["ann"])
    yield opened
    await opened.close()


async def test_a_question_finds_its_passage(index: EdgeIndex) -> None:
    hits = await Retriever(HashEncoder(), index).search(Query("when do geese fly", frozenset(["ann"])))
    assert hits[0].passage.text == "Geese fly south in autumn."


async def test_a_lexical_search_asks_no_model(index: EdgeIndex) -> None:
    encoder = CountingEncoder()
    hits = await Retriever(encoder, index).search(Query("geese", frozenset(["ann"]), mode="lexical"))
    assert [hit.passage.text for hit in hits] == ["Geese fly south in autumn."]
    assert hits[0].dense is None
    assert encoder.asked == []


async def test_a_question_of_spaces_finds_nothing_and_asks_no_model(index: EdgeIndex) -> None:
    encoder = CountingEncoder()
    assert await Retriever(encoder, index).search(Query(" \n", frozenset(["ann"]))) == []
    assert encoder.asked == []
