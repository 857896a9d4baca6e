"""`attune eval retrieval`: the retriever on judged queries, beside its lexical and its dense part alone.

A text longer than the encoder's window is cut into passages, as on ingest, and takes the place of its best one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from agents.types import Searches
from evaluation.datasets import RetrievalSet, SearchQuery, even_sample, read_retrieval
from evaluation.holdout import kept_back
from evaluation.indexing import EVERYONE, IndexedTexts, JudgedText, index_texts
from evaluation.progress import for_each
from evaluation.ranking import KEYS, Ranking, ranking_figures_by_query
from evaluation.reports import Report, combine
from evaluation.statistics import mean, paired_permutation
from evaluation.workplace import encoder_of, index_of, retriever_of, temporary_settings
from retrieval.ports import Encoder
from retrieval.types import Mode, Query

DEPTH = 100  # of recall@100
_BASELINES: dict[str, Mode] = {"bm25": "lexical", "dense": "dense"}

ByQuery = Mapping[str, Mapping[str, float]]


async def evaluate(
    folders: Sequence[Path], limit: int | None = None, retriever: str | None = None, held_back: bool = False
) -> Report:
    """Figures of the retriever on each set; with `retriever` (an encoder's folder), of the stock one beside it.

    `held_back`: only the queries that training leaves alone. Raises EvaluationError.
    """
    sets = [_read(folder, held_back) for folder in folders]
    report = await _evaluate_with(sets, limit, retriever)
    if retriever is not None:
        untuned = await _evaluate_with(sets, limit, None)
        report["baselines"]["untuned"] = {key: untuned[key] for key in KEYS}
    return report


def _read(folder: Path, held_back: bool) -> RetrievalSet:
    data = read_retrieval(folder)
    return replace(data, queries=kept_back(data.queries, folder)) if held_back else data


async def _evaluate_with(sets: Sequence[RetrievalSet], limit: int | None, encoder_folder: str | None) -> Report:
    with temporary_settings(**({"encoder": encoder_folder} if encoder_folder else {})) as settings:
        async with encoder_of(settings) as encoder:
            return combine({data.name: await measure(data, encoder, limit) for data in sets})


async def measure(data: RetrievalSet, encoder: Encoder, limit: int | None = None) -> Report:
    """Index the whole corpus in a home of its own and search it with (a sample of) the queries."""
    queries = even_sample(data.queries, limit)
    qrels = {query.id: data.qrels[query.id] for query in queries}
    texts = [JudgedText(one.id, one.title, one.text, one.group or EVERYONE) for one in data.entries]
    with temporary_settings() as settings:
        async with index_of(settings, encoder) as index:
            indexed = await index_texts(texts, encoder, index)
            searches = retriever_of(encoder, index)
            fused = ranking_figures_by_query(qrels, await _rank(searches, indexed, queries, "fused"))
            parts = {
                name: ranking_figures_by_query(qrels, await _rank(searches, indexed, queries, mode))
                for name, mode in _BASELINES.items()
            }
    return {
        **_means(fused),
        "queries": len(queries),
        "passages": indexed.passages,
        "texts": len(texts),
        "encoder": encoder.version,
        "baselines": {name: _means(by_query) for name, by_query in parts.items()},
        "intervals": {key: mean(_column(fused, key)).interval() for key in KEYS},
        "p_values": {name: _p_value(fused, by_query) for name, by_query in parts.items()},
    }


async def _rank(
    searches: Searches, indexed: IndexedTexts, queries: Sequence[SearchQuery], mode: Mode
) -> dict[str, Ranking]:
    async def rank(query: SearchQuery) -> Ranking:
        return await rank_texts(searches, indexed, Query(query.text, frozenset({query.group or EVERYONE}), mode=mode))

    rankings = await for_each(queries, rank, f"searching ({mode})")
    return {query.id: ranking for query, ranking in zip(queries, rankings, strict=True)}


async def rank_texts(searches: Searches, indexed: IndexedTexts, query: Query, depth: int = DEPTH) -> Ranking:
    """The best `depth` judged texts by their best passage; asks for more passages until that many texts appear."""
    limit = depth
    while True:
        hits = await searches.search(Query(query.text, query.readers, limit, query.document_ids, query.mode))
        ranking = indexed.ranking(hits)
        if len(ranking) >= depth or len(hits) < limit:
            return ranking[:depth]
        limit *= 4


def _means(by_query: ByQuery) -> dict[str, float]:
    return {key: sum(_column(by_query, key)) / len(by_query) for key in KEYS}


def _column(by_query: ByQuery, key: str) -> list[float]:
    return [figures[key] for figures in by_query.values()]


def _p_value(ours: ByQuery, theirs: ByQuery) -> float:
    return paired_permutation(_column(ours, "ndcg@10"), [theirs[query]["ndcg@10"] for query in ours])
