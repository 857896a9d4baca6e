"""One search over two vectors: candidates of both, scored by both, fused into one order. Knows no engine."""

from collections.abc import Awaitable, Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from retrieval.types import Hit, Passage, Query

Using = Literal["dense", "bm25"]
PointId = Any  # what the engine calls a passage: its id as text or as UUID; making text of 150 costs 0.3 ms a search
Scores = dict[PointId, float]

# Chosen on the trainable parts of seven public sets (docs/decisions/004): candidates of each kind, the weight of the
# cosine, and the BM25 score that counts half. Both parts are absolute, so that a score means the same in every list.
CANDIDATES = 50
DENSE_WEIGHT = 0.5
LEXICAL_HALF = 20.0


@dataclass(frozen=True)
class Ask:
    """The `limit` best points by one vector, within the query's filter and within `ids` where they are given."""

    using: Using
    limit: int
    ids: frozenset[PointId] | None = None


@dataclass(frozen=True)
class Fetch:
    """The passages of these points."""

    ids: list[PointId]


Request = list[Ask] | Fetch  # answered by list[Scores] and Mapping[PointId, Passage], filtered as the query says
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
    """Best hits of `query`. Cosine and BM25 are filled in for every hit, but for the cosine in lexical mode."""
    if not query.readers or query.document_ids == frozenset() or query.limit < 1:
        return []
    dense, lexical = yield from _scores(query)
    order = {"dense": dense, "lexical": lexical, "fused": _fuse(dense, lexical)}[query.mode]
    best = sorted(order, key=lambda identity: (-order[identity], identity))[: query.limit]
    passages: Mapping[PointId, Passage] = (yield Fetch(best)) if best else {}
    # A passage that was deleted between the two requests is no hit any more.
    found = [identity for identity in best if identity in passages]
    return [
        Hit(passages[identity], order[identity], rank, dense.get(identity), lexical.get(identity, 0.0))
        for rank, identity in enumerate(found, start=1)
    ]


def _scores(query: Query) -> Generator[Request, list[Scores], tuple[Scores, Scores]]:
    if query.mode == "lexical":
        (lexical,) = yield [Ask("bm25", query.limit)]
        return {}, lexical
    if query.mode == "dense":
        (dense,) = yield [Ask("dense", query.limit)]
        lexical = {}
    else:
        limit = max(query.limit, CANDIDATES)
        dense, lexical = yield [Ask("dense", limit), Ask("bm25", limit)]
    only_dense, only_lexical = frozenset(dense.keys() - lexical.keys()), frozenset(lexical.keys() - dense.keys())
    asks = [Ask("bm25", len(only_dense), only_dense), Ask("dense", len(only_lexical), only_lexical)]
    missing = [ask for ask in asks if ask.limit]
    for ask, scores in zip(missing, (yield missing) if missing else [], strict=True):
        (lexical if ask.using == "bm25" else dense).update(scores)
    return dense, lexical


def _fuse(dense: Scores, lexical: Scores) -> Scores:
    fused = {}
    for identity in dense.keys() | lexical.keys():
        bm25 = lexical.get(identity, 0.0)
        part = bm25 / (bm25 + LEXICAL_HALF)
        fused[identity] = DENSE_WEIGHT * dense.get(identity, 0.0) + (1 - DENSE_WEIGHT) * part
    return fused
