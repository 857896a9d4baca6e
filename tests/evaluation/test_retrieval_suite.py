"""`attune eval retrieval` end to end on a set small enough to know the outcome: real index, hashing encoder."""

from pathlib import Path

import pytest

from evaluation.datasets import read_retrieval
from evaluation.indexing import IndexedTexts, JudgedText, index_texts
from evaluation.retrieval_suite import evaluate, measure, rank_texts
from evaluation.workplace import index_of, retriever_of, temporary_settings
from retrieval.encoder_hash import HashEncoder
from retrieval.query_adapter import name_query_adapter, write_query_adapter
from retrieval.types import Query
from tests.evaluation.conftest import Write

pytestmark = pytest.mark.usefixtures("no_models")

TEXTS = {
    "bread": "Knead the dough, let it rise, and bake the bread until the crust is brown.",
    "bicycle": "Oil the chain of the bicycle and check the brakes before every ride.",
    "orchid": "Water the orchid once a week and keep it away from direct sunlight.",
    "volcano": "The volcano erupted and covered the valley with ash and lava.",
}


def write_set(write_rows: Write, name: str, *queries: dict[str, str], **qrels: str) -> Path:
    write_rows(f"{name}/corpus.jsonl", *({"_id": key, "text": text} for key, text in TEXTS.items()))
    folder = write_rows(f"{name}/queries.jsonl", *queries).parent
    (folder / "qrels.tsv").write_text("".join(f"{query}\t{entry}\t1\n" for query, entry in qrels.items()))
    return folder


@pytest.fixture
def two_queries(write_rows: Write) -> Path:
    """The first query finds its text first; the second one's gold text shares no word with it."""
    queries = ({"_id": "q1", "text": "bicycle chain brakes"}, {"_id": "q2", "text": "volcano lava ash"})
    return write_set(write_rows, "two", *queries, q1="bicycle", q2="orchid")


async def test_figures_are_those_of_the_known_ranking(two_queries: Path) -> None:
    report = await evaluate([two_queries])
    assert report["recall@100"] == 1
    assert report["queries"] == 2
    assert report["passages"] == report["texts"] == 4
    # q1 is found at rank 1. In q2 the orchid stands somewhere behind the volcano.
    lexical = report["baselines"]["bm25"]
    assert lexical == {"ndcg@10": 0.5, "recall@10": 0.5, "recall@100": 0.5, "mrr@10": 0.5}
    assert 0.5 < report["baselines"]["dense"]["mrr@10"] <= 0.75
    assert set(report["intervals"]) == {"ndcg@10", "recall@10", "recall@100", "mrr@10"}
    assert 0 < report["p_values"]["bm25"] <= 1


async def test_several_sets_give_their_mean_and_each_of_them(two_queries: Path, write_rows: Write) -> None:
    other = write_set(write_rows, "easy", {"_id": "q", "text": "orchid water"}, q="orchid")
    report = await evaluate([two_queries, other])
    assert report["queries"] == 3
    assert report["sets"]["easy"]["mrr@10"] == 1
    assert report["mrr@10"] == pytest.approx((report["sets"]["two"]["mrr@10"] + 1) / 2)
    assert report["baselines"]["bm25"]["mrr@10"] == pytest.approx(0.75)


async def test_a_limit_samples_queries_and_not_the_corpus(two_queries: Path) -> None:
    report = await evaluate([two_queries], limit=1)
    assert (report["queries"], report["passages"]) == (1, 4)


async def test_queries_search_within_their_group_only(write_rows: Write) -> None:
    entries = ({"_id": f"{group}-{key}", "text": text, "group": group} for group in "xy" for key, text in TEXTS.items())
    write_rows("groups/corpus.jsonl", *entries)
    folder = write_rows("groups/queries.jsonl", {"_id": "q", "text": "orchid water", "group": "y"}).parent
    (folder / "qrels.tsv").write_text("q\ty-orchid\t1\n")
    report = await measure(read_retrieval(folder), HashEncoder())
    assert report["mrr@10"] == 1
    assert report["passages"] == 8


LONG = " ".join(
    f"Paragraph {number} is about nothing in particular and says so at some length." for number in range(80)
)


async def test_a_long_text_is_cut_and_takes_the_place_of_its_best_passage() -> None:
    texts = [
        JudgedText("long", "", f"{LONG} The orchid needs water. {LONG}"),
        JudgedText("short", "", TEXTS["volcano"]),
    ]
    encoder = HashEncoder()
    with temporary_settings() as settings:
        async with index_of(settings, encoder) as index:
            indexed = await index_texts(texts, encoder, index)
            ranking = await rank_texts(
                retriever_of(encoder, index), indexed, Query("orchid water", frozenset({"everyone"})), depth=2
            )
    assert indexed.passages > 4
    # The list goes on until both texts are in it, however many passages of the long one come first.
    assert ranking == ["long", "short"]


async def test_a_text_without_words_is_not_indexed() -> None:
    encoder = HashEncoder()
    with temporary_settings() as settings:
        async with index_of(settings, encoder) as index:
            indexed = await index_texts(
                [JudgedText("empty", "", " "), JudgedText("titled", "Only", "")], encoder, index
            )
    assert indexed.passages == 1
    assert list(indexed.texts.values()) == ["titled"]


def test_a_ranking_names_each_text_once() -> None:
    assert IndexedTexts().ranking([]) == []


def test_measuring_never_leaves_its_temporary_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ATTUNE_HOME", str(tmp_path / "mine"))
    monkeypatch.setenv("ATTUNE_INDEX", "server")
    monkeypatch.setenv("ATTUNE_QDRANT_URL", "http://localhost:1")
    monkeypatch.setenv("ATTUNE_DATABASE_URL", "postgresql+asyncpg://localhost/mine")
    with temporary_settings() as settings:
        assert settings.home != tmp_path / "mine"
        assert (settings.index, settings.qdrant_url, settings.database_url) == ("edge", None, None)
        assert settings.encoder == "hash"
        home = settings.home
        assert home.is_dir()
    assert not home.exists()


async def test_a_trained_retriever_is_measured_beside_the_untuned_one(two_queries: Path, tmp_path: Path) -> None:
    encoder = HashEncoder()
    vectors = await encoder.encode_queries(["volcano lava ash", TEXTS["orchid"]])
    write_query_adapter(tmp_path / "v", vectors[:1], 5 * vectors[1:].T)  # turns the second query to its gold text
    name_query_adapter(tmp_path / "v", "retriever-1", encoder.version)
    stock = await evaluate([two_queries])
    report = await evaluate([two_queries], retriever=str(tmp_path / "v"))
    untuned = report["baselines"]["untuned"]
    assert report["retriever"] == "retriever-1"
    assert {key: untuned[key] for key in ("ndcg@10", "mrr@10")} == {key: stock[key] for key in ("ndcg@10", "mrr@10")}
    assert untuned["dense"] == stock["baselines"]["dense"]
    assert report["baselines"]["dense"]["mrr@10"] == 1 > untuned["dense"]["mrr@10"]
    assert report["baselines"]["bm25"] == stock["baselines"]["bm25"]
    assert {"untuned", "dense against untuned"} <= set(report["p_values"])
