"""How good a ranking is: nDCG@10, recall@10, recall@100, MRR@10. Knows nothing of how it was made."""

from collections.abc import Mapping, Sequence

from evaluation.datasets import Qrels

KEYS = ("ndcg@10", "recall@10", "recall@100", "mrr@10")
Ranking = Sequence[str]  # entry ids, best first, none twice


def ranking_figures(qrels: Qrels, rankings: Mapping[str, Ranking]) -> dict[str, float]:
    """The mean of each figure over all judged queries; a query without a ranking counts 0."""
    by_query = ranking_figures_by_query(qrels, rankings)
    return {key: sum(figures[key] for figures in by_query.values()) / len(by_query) for key in KEYS}


def ranking_figures_by_query(qrels: Qrels, rankings: Mapping[str, Ranking]) -> dict[str, dict[str, float]]:
    """Figures of each judged query, for paired tests and intervals.

    nDCG as trec_eval has it: gain = grade, discount = 1 / log2(rank + 1), ideal over all judged entries.
    """
    from ir_measures import RR, R, iter_calc, nDCG

    measures = dict(zip((nDCG @ 10, R @ 10, R @ 100, RR @ 10), KEYS, strict=True))
    figures = {query: dict.fromkeys(KEYS, 0.0) for query in qrels}
    for metric in iter_calc(list(measures), qrels, _run(rankings)):
        figures[metric.query_id][measures[metric.measure]] = metric.value
    return figures


def _run(rankings: Mapping[str, Ranking]) -> dict[str, dict[str, float]]:
    # Falling whole numbers in place of the scores: the library's measures break ties in different ways, and ours
    # were broken when the list was made.
    run = {}
    for query, ranking in rankings.items():
        run[query] = {entry: float(-place) for place, entry in enumerate(ranking)}
        if len(run[query]) != len(ranking):
            raise ValueError(f"the ranking of query {query!r} holds an entry twice")
    return run
