"""Two retrievers on the same judged queries over one index: rankings, times, and what stands on top. Judges nothing."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.types import Searches
from evaluation.datasets import Question, RetrievalSet, SearchQuery
from evaluation.gate import BIAS, RATE, Guard, Judgement, Pair, judge, latency_guard, rate_guard
from evaluation.indexing import EVERYONE, IndexedTexts, JudgedText, index_texts
from evaluation.progress import progress
from evaluation.ranking import Ranking, ranking_figures_by_query
from evaluation.reports import Report
from evaluation.retrieval_suite import rank_texts
from evaluation.statistics import Ratio, mean
from retrieval.index_points import terms
from retrieval.ports import Encoder, PassageIndex, Selector
from retrieval.types import Hit, Query

METRIC = "ndcg@10"
TOP = 5
SHORT = 0.25  # the quarter of the corpus' passages with the fewest words
LITERAL = 0.75  # share of a question's stems
_SHOWN = 10  # hits of a search, as in the product
_TRAITS = ("short", "early", "literal")


@dataclass(frozen=True)
class Corpus:
    """What the traits of a passage are measured against."""

    short_below: float  # words
    cut: frozenset[str]  # documents of several passages

    @classmethod
    async def of(cls, index: PassageIndex) -> "Corpus":
        words: list[int] = []
        passages: Counter[str] = Counter()
        async for passage, _ in index.scroll():
            words.append(len(passage.text.split()))
            passages[passage.document_id] += 1
        cut = frozenset(document for document, count in passages.items() if count > 1)
        return cls(float(np.quantile(words, SHORT)), cut)

    def traits(self, asked: str, hits: Sequence[Hit]) -> dict[str, tuple[int, int]]:
        """Of the hits on top: (those with the trait, those that can have it)."""
        top = [hit.passage for hit in hits[:TOP]]
        stems = terms(asked)
        long = [passage for passage in top if passage.document_id in self.cut]
        literal = sum(len(stems & terms(one.indexed_text)) >= LITERAL * len(stems) for one in top) if stems else 0
        return {
            "short": (sum(len(one.text.split()) < self.short_below for one in top), len(top)),
            "early": (sum(one.position == 0 for one in long), len(long)),
            "literal": (literal, len(top) if stems else 0),
        }


@dataclass(frozen=True)
class Found:
    """One query's search by one retriever."""

    ranking: Ranking
    milliseconds: float
    traits: dict[str, tuple[int, int]]
    handed_over: bool  # whether the selector keeps any of it


@dataclass(frozen=True)
class Compared:
    """One set under both retrievers: (champion's, challenger's) for each query."""

    data: RetrievalSet
    found: Sequence[tuple[Found, Found]]

    def pairs(self) -> list[Pair]:
        graded = [
            ranking_figures_by_query(
                {query.id: self.data.qrels[query.id] for query in self.data.queries},
                {query.id: found[side].ranking for query, found in zip(self.data.queries, self.found, strict=True)},
            )
            for side in (0, 1)
        ]
        return [
            Pair(graded[0][one.id][METRIC], graded[1][one.id][METRIC], group=group_of(self.data.name, one))
            for one in self.data.queries
        ]


async def compare(
    data: RetrievalSet, encoder: Encoder, index: PassageIndex, sides: tuple[Searches, Searches], selector: Selector
) -> Compared:
    """Index the corpus once and ask both retrievers every query, in turns; `sides`: champion, challenger.

    `selector` reads what either finds: a better ranking that it turns away answers nobody."""
    texts = [JudgedText(one.id, one.title, one.text, one.group or EVERYONE) for one in data.entries]
    indexed = await index_texts(texts, encoder, index)
    corpus = await Corpus.of(index)
    found = []
    with progress(f"{data.name}: champion and challenger", len(data.queries)) as advance:
        for number, query in enumerate(data.queries):
            asked = Query(query.text, frozenset({query.group or EVERYONE}), _SHOWN)
            order = (0, 1) if number % 2 else (1, 0)  # whoever is second finds the caches warm
            both = {side: await _find((sides[side], selector), indexed, asked, corpus) for side in order}
            found.append((both[0], both[1]))
            advance()
    return Compared(data, found)


async def _find(parts: tuple[Searches, Selector], indexed: IndexedTexts, asked: Query, corpus: Corpus) -> Found:
    searches, selector = parts
    started = time.perf_counter()
    hits = await searches.search(asked)
    milliseconds = 1e3 * (time.perf_counter() - started)
    kept = (await selector.select(asked.text, hits)).kept
    ranking = await rank_texts(searches, indexed, asked, 10)
    return Found(ranking, milliseconds, corpus.traits(asked.text, hits), bool(kept))


def judged(compared: Sequence[Compared]) -> Judgement:
    """The verdict over all sets, every query counting the same."""
    found = [one for each in compared for one in each.found]
    times = [[one[side].milliseconds for one in found] for side in (0, 1)]
    latency = latency_guard(times[0], times[1], "ms a query")
    guards = [latency, _handed_over(found), *(_bias(trait, found) for trait in _TRAITS)]
    return judge(METRIC, [pair for each in compared for pair in each.pairs()], guards)


def of_set(compared: Compared) -> Report:
    """One set's figures, without a verdict."""
    pairs = compared.pairs()
    values: dict[str, Any] = {
        "champion": sum(pair.champion for pair in pairs) / len(pairs),
        "challenger": sum(pair.challenger for pair in pairs) / len(pairs),
    }
    return values | {"n": len(pairs)}


def group_of(name: str, one: SearchQuery | Question) -> str | None:
    """The group or person of a question, told apart from those of other sets."""
    group = one.person or one.group
    return f"{name}/{group}" if group else None


def _bias(trait: str, found: Sequence[tuple[Found, Found]]) -> Guard:
    ratios = [Ratio(*_columns([one[side].traits[trait] for one in found])) for side in (0, 1)]
    what = f"The share of {trait} passages among the first five"
    return rate_guard(trait, what, (ratios[0], ratios[1]), BIAS, 1)


def _handed_over(found: Sequence[tuple[Found, Found]]) -> Guard:
    ratios = [mean([float(one[side].handed_over) for one in found]) for side in (0, 1)]
    what = "The share of questions for which the selector keeps any passage"
    return rate_guard("handed_over", what, (ratios[0], ratios[1]), RATE, -1)


def _columns(counts: Sequence[tuple[int, int]]) -> tuple[list[float], list[float]]:
    return [float(one[0]) for one in counts], [float(one[1]) for one in counts]
