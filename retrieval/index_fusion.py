"""One search over two vectors: candidates of both, scored by both, fused into one order. Knows no engine."""

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from retrieval.index_points import WORDS, passage_of
from retrieval.index_words import pairs, words
from retrieval.types import Hit, Query

Using = Literal["dense", "bm25"]
PointId = Any  # what the engine calls a passage: its id as text or as UUID; making text of 150 costs 0.3 ms a search
Scores = dict[PointId, float]
Payloads = Mapping[PointId, Mapping[str, Any]]

# Chosen on the trainable parts of seven public sets (docs/decisions/004): candidates of each kind, the weight of the
# cosine, and the BM25 score that counts half. Both parts are absolute, so that a score means the same in every list.
CANDIDATES = 50
DENSE_WEIGHT = 0.5
LEXICAL_HALF = 20.0


@dataclass(frozen=True)
class Ask:
    """The `limit` best points by one vector, within the query's filter, where given within `ids`, with all `pairs`."""

    using: Using
    limit: int
    ids: frozenset[PointId] | None = None
    pairs: str | None = None


@dataclass(frozen=True)
class Fetch:
    """What is stored of these points: their passages, or the words that a phrase is compared with."""

    ids: list[PointId]
    words: bool = False


Request = list[Ask] | Fetch  # answered by list[Scores] and Payloads, filtered as the query says
Steps = Generator[Request, Any, list[Hit]]


def answer_all(steps: Steps, answer: Callable[[Request], Any]) -> list[Hit]:
    """Drive a search with an engine in this process: all in one thread, as a hop costs half a millisecond."""
    reply = None
    try:
        while True:
            reply = answer(steps.send(reply))
    except StopIteration as end:
        hits: list[Hit] = end.value
        return hits


async def await_all(steps: Steps, answer: Callable[[Request], Awaitable[Any]]) -> list[Hit]:
    """Drive a search with an engine elsewhere."""
    reply = None
    try:
        while True:
            reply = await answer(steps.send(reply))
    except StopIteration as end:
        hits: list[Hit] = end.value
        return hits


def search(query: Query) -> Steps:
    """Best hits of `query`. Cosine and BM25 are filled in for every hit, but for the cosine in lexical mode.

    In fused mode the passages that hold the whole query as a phrase come first: 1 is added to their score, which is
    below 1 for all others.
    """
    if not query.readers or query.document_ids == frozenset() or query.limit < 1:
        return []
    dense, lexical, literal = yield from _scores(query)
    order = {"dense": dense, "lexical": lexical, "fused": _fuse(dense, lexical, literal)}[query.mode]
    best = sorted(order, key=lambda identity: (-order[identity], identity))[: query.limit]
    payloads: Payloads = (yield Fetch(best)) if best else {}
    # A passage that was deleted between the two requests is no hit any more.
    found = [identity for identity in best if identity in payloads]
    return [
        Hit(
            passage_of(identity, payloads[identity]),
            order[identity],
            rank,
            dense.get(identity),
            lexical.get(identity, 0.0),
        )
        for rank, identity in enumerate(found, start=1)
    ]


def _scores(query: Query) -> Generator[Request, Any, tuple[Scores, Scores, Scores]]:
    """Cosines, BM25 scores, and the cosines of those that hold the query as a phrase."""
    literal: Scores = {}
    if query.mode == "lexical":
        (lexical,) = yield [Ask("bm25", query.limit)]
        return {}, lexical, literal
    if query.mode == "dense":
        (dense,) = yield [Ask("dense", query.limit)]
        lexical = {}
    else:
        limit, phrase = max(query.limit, CANDIDATES), words(query.text)
        asks = [Ask("dense", limit), Ask("bm25", limit)]
        wanted = pairs(phrase)
        dense, lexical, *similar = yield [*asks, Ask("dense", limit, pairs=wanted)] if wanted else asks
        literal = yield from _holding(phrase, similar[0] if similar else {})
        dense |= literal
    only_dense, only_lexical = frozenset(dense.keys() - lexical.keys()), frozenset(lexical.keys() - dense.keys())
    fill = [Ask("bm25", len(only_dense), only_dense), Ask("dense", len(only_lexical), only_lexical)]
    missing = [ask for ask in fill if ask.limit]
    for ask, scores in zip(missing, (yield missing) if missing else [], strict=True):
        (lexical if ask.using == "bm25" else dense).update(scores)
    return dense, lexical, literal


def _holding(phrase: str, candidates: Scores) -> Generator[Request, Payloads, Scores]:
    """Of candidates that have all pairs of a phrase, those that have it whole. Nearly every question has none."""
    payloads: Payloads = (yield Fetch(list(candidates), words=True)) if candidates else {}
    whole = {identity for identity, payload in payloads.items() if f" {phrase} " in f" {payload[WORDS]} "}
    return {identity: score for identity, score in candidates.items() if identity in whole}


def _fuse(dense: Scores, lexical: Scores, literal: Scores) -> Scores:
    fused = {}
    for identity in dense.keys() | lexical.keys():
        bm25 = lexical.get(identity, 0.0)
        part = bm25 / (bm25 + LEXICAL_HALF)
        fused[identity] = DENSE_WEIGHT * dense.get(identity, 0.0) + (1 - DENSE_WEIGHT) * part + (identity in literal)
    return fused
