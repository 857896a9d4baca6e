"""A learned step between a question's vector and the index, from its files to the order of the hits."""

from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from retrieval.encoder_hash import HashEncoder
from retrieval.index_edge import EdgeIndex
from retrieval.ports import Vectors
from retrieval.query_adapter import (
    OWN_SCALE,
    WEIGHTS,
    QueryAdapter,
    Scale,
    name_query_adapter,
    write_query_adapter,
)
from retrieval.query_update import RetrieverError, open_query_adapter
from retrieval.retriever import Retriever
from retrieval.types import Query
from tests.retrieval.builders import put

SIZE = HashEncoder.dimension
BREAD, GEESE = "Bread needs flour.", "Geese fly south in autumn."


async def turning(asked: str, found: str) -> tuple[Vectors, Vectors]:
    """Rank-one matrices that turn the vector of `asked` towards that of `found`."""
    vectors = await HashEncoder().encode_queries([asked, found])
    return vectors[:1], 3 * vectors[1:].T


def written(folder: Path, a: Vectors, b: Vectors, encoder: str = HashEncoder().version) -> Path:
    write_query_adapter(folder, a, b)
    name_query_adapter(folder, "retriever-0123", encoder)
    return folder


@pytest.fixture
async def index(tmp_path: Path) -> AsyncIterator[EdgeIndex]:
    encoder = HashEncoder()
    opened = await EdgeIndex.open(tmp_path / "index", encoder.version, SIZE)
    await put(opened, "a", [BREAD, GEESE], ["ann"])
    yield opened
    await opened.close()


async def test_what_was_learned_changes_what_a_question_finds(index: EdgeIndex, tmp_path: Path) -> None:
    encoder, query = HashEncoder(), Query("flour for bread", frozenset(["ann"]), mode="dense")
    update = open_query_adapter(written(tmp_path / "v", *await turning(query.text, GEESE)), encoder)
    stock, learned = Retriever(encoder, index), Retriever(encoder, index, update)
    assert [hit.passage.text for hit in await stock.search(query)] == [BREAD, GEESE]
    assert [hit.passage.text for hit in await learned.search(query)] == [GEESE, BREAD]
    assert (stock.version, learned.version) == ("stock", "retriever-0123")


async def test_a_moved_vector_has_length_one(tmp_path: Path) -> None:
    update = QueryAdapter.read(written(tmp_path, *await turning("bread", GEESE)), HashEncoder())
    moved = update.apply((await HashEncoder().encode_queries(["flour and bread"]))[0])
    assert np.linalg.norm(moved) == pytest.approx(1, abs=1e-6)
    assert moved.dtype == np.float32


async def test_at_zero_a_question_stays_where_it_was(tmp_path: Path) -> None:
    zero = np.zeros((SIZE, 2), dtype=np.float32)
    update = QueryAdapter.read(written(tmp_path, np.ones((2, SIZE), dtype=np.float32), zero), HashEncoder())
    vector = (await HashEncoder().encode_queries(["bread"]))[0]
    assert np.allclose(await update.update("bread", vector), vector)


async def test_cosines_of_moved_questions_are_told_on_the_encoders_own_scale(index: EdgeIndex, tmp_path: Path) -> None:
    encoder, query = HashEncoder(), Query("flour for bread", frozenset(["ann"]))
    a, b = await turning(query.text, GEESE)
    plain, scaled = (
        Retriever(encoder, index, QueryAdapter("v", a, b, scale)) for scale in (OWN_SCALE, Scale(0.5, 0.25))
    )
    bare, told = [hit.dense for hit in await plain.search(query)], [hit.dense for hit in await scaled.search(query)]
    assert told == pytest.approx([0.5 * (cosine or 0) + 0.25 for cosine in bare], abs=1e-6)
    write_query_adapter(tmp_path, a, b, Scale(0.5, 0.25))
    name_query_adapter(tmp_path, "v", encoder.version)
    read = QueryAdapter.read(tmp_path, encoder)
    assert (read.on_own_scale(0.5), read.on_own_scale(3.0)) == (0.5, 1.0)


def test_an_empty_folder_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(RetrieverError, match="attune train retriever"):
        open_query_adapter(tmp_path, HashEncoder())


async def test_a_retriever_of_another_encoder_is_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, *await turning("bread", GEESE), encoder="minilm-0000")
    with pytest.raises(RetrieverError, match=r"minilm-0000.*hash-1.*train it again"):
        open_query_adapter(folder, HashEncoder())


async def test_weights_that_were_cut_off_are_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, *await turning("bread", GEESE))
    (folder / WEIGHTS).write_bytes((folder / WEIGHTS).read_bytes()[:20])
    with pytest.raises(RetrieverError, match="cannot be read"):
        open_query_adapter(folder, HashEncoder())
