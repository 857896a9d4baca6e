"""`attune eval retrieval`: the retriever on judged queries, beside its lexical and its dense part alone.

A text longer than the encoder's window is cut into passages, as on ingest, and takes the place of its best one.
"""

import asyncio
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
from evaluation.workplace import encoder_of, index_of, temporary_settings
from retrieval.ports import Encoder
from retrieval.query_update import QueryUpdate, is_query_adapter, open_query_adapter
from retrieval.retriever import Retriever
from retrieval.types import Mode, Query

DEPTH = 100  # of recall@100
_BASELINES: dict[str, Mode] = {"bm25": "lexical", "dense": "dense"}
_UNTUNED: tuple[Mode, ...] = ("fused", "dense")

ByQuery = Mapping[str, Mapping[str, float]]


async def evaluate(
    folders: Sequence[Path], limit: int | None = None, retriever: str | None = None, held_back: bool = False
) -> Report:
    """Figures of the retriever on each set; with `retriever` (the folder of a trained one, or of an encoder), of the
    stock one beside it.

    `held_back`: only the queries that training leaves alone. Raises EvaluationError and RetrieverError.
    """
    sets = [_read(folder, held_back) for folder in folders]
    if retriever is not None and is_query_adapter(Path(retriever)):
        return await _evaluate_adapter(sets, limit, Path(retriever))
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


async def _evaluate_adapter(sets: Sequence[RetrievalSet], limit: int | None, folder: Path) -> Report:
    with temporary_settings() as settings:
        async with encoder_of(settings) as encoder:
            update = await asyncio.to_thread(open_query_adapter, folder, encoder)
            return combine({data.name: await measure(data, encoder, limit, update) for data in sets})


async def measure(
    data: RetrievalSet, encoder: Encoder, limit: int | None = None, update: QueryUpdate | None = None
) -> Report:
    """Index the whole corpus in a home of its own and search it with (a sample of) the queries.

    With `update`, the stock retriever searches the same index: `untuned`, and in it the encoder alone, `dense`.
    """
    queries = even_sample(data.queries, limit)
    qrels = {query.id: data.qrels[query.id] for query in queries}
    texts = [JudgedText(one.id, one.title, one.text, one.group or EVERYONE) for one in data.entries]
    with temporary_settings() as settings:
        async with index_of(settings, encoder) as index:
            indexed = await index_texts(texts, encoder, index)
            searches = Retriever(encoder, index, update)

            async def ranked(searches: Searches, mode: Mode) -> ByQuery:
                return ranking_figures_by_query(qrels, await _rank(searches, indexed, queries, mode))

            fused = await ranked(searches, "fused")
            parts = {name: await ranked(searches, mode) for name, mode in _BASELINES.items()}
            stock = Retriever(encoder, index)
            untuned = {mode: await ranked(stock, mode) for mode in _UNTUNED} if update else {}
    report = _report(fused, parts) | {"passages": indexed.passages, "texts": len(texts), "encoder": encoder.version}
    if update:
        report["retriever"] = update.version
        report["baselines"]["untuned"] = _means(untuned["fused"]) | {"dense": _means(untuned["dense"])}
        report["p_values"] |= {
            "untuned": _p_value(fused, untuned["fused"]),
            "dense against untuned": _p_value(parts["dense"], untuned["dense"]),
        }
    return report


def _report(fused: ByQuery, parts: Mapping[str, ByQuery]) -> Report:
    return {
        **_means(fused),
        "queries": len(fused),
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
