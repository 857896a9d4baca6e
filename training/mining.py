"""Finds the texts of a pool that look most like an answer to a question: BM25 over stems. Knows no labels."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from retrieval.index_points import bm25

_K, _B = 1.2, 0.75


class Pool:
    """Texts ranked by BM25 (Robertson and Zaragoza 2009, equation 3.15), document frequencies from the pool itself."""

    def __init__(self, texts: Sequence[str]) -> None:
        counts = [Counter(_stems(text)) for text in texts]
        mean = sum(count.total() for count in counts) / max(1, len(counts))
        self._postings: dict[int, list[tuple[int, float]]] = defaultdict(list)
        for number, count in enumerate(counts):
            length = _K * (1 - _B + _B * count.total() / max(1.0, mean))
            for stem, times in count.items():
                self._postings[stem].append((number, times * (_K + 1) / (times + length)))
        self._size = len(texts)

    def ranked(self, question: str) -> list[int]:
        """Places of the texts that share a stem with `question`, best first."""
        scores: dict[int, float] = defaultdict(float)
        for stem in set(_stems(question)):
            found = self._postings.get(stem, ())
            weight = math.log(1 + (self._size - len(found) + 0.5) / (len(found) + 0.5))
            for number, share in found:
                scores[number] += weight * share
        return sorted(scores, key=lambda number: (-scores[number], number))


def _stems(text: str) -> Iterable[int]:
    return (stem for word in text.split() for stem in _stems_of(word))


@lru_cache(maxsize=200_000)
def _stems_of(word: str) -> tuple[int, ...]:
    return tuple(bm25().embed_query(word).indices)
