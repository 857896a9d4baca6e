"""Ranks a few texts that are at hand, as the index ranks its passages: each by cosine and BM25. Knows no store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
import numpy.typing as npt

from retrieval.index_fusion import DENSE_WEIGHT, LEXICAL_HALF
from retrieval.index_points import bm25
from retrieval.ports import Vectors

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Scan:
    """The scores of all texts, each of shape (texts,); `fused` orders them as the index does, phrases apart."""

    dense: Scores  # cosine; 0 where a text has no vector
    lexical: Scores  # BM25

    @property
    def fused(self) -> Scores:
        part = self.lexical / (self.lexical + LEXICAL_HALF)
        return DENSE_WEIGHT * self.dense + (1 - DENSE_WEIGHT) * part

    def best(self, limit: int) -> list[int]:
        """Places of the best texts, best first; of equals the first."""
        return [int(place) for place in np.argsort(-self.fused, kind="stable")[:limit]]


def scan(query: str, vector: Vectors, texts: Sequence[str], vectors: Vectors) -> Scan:
    """Every text scored; `vector` has shape (dimension,), `vectors` (texts, dimension)."""
    return Scan((vectors @ vector).astype(float), lexical_scores(query, texts))


def lexical_scores(query: str, texts: Sequence[str]) -> Scores:
    """BM25 of each text, with the rarity of a word among these texts."""
    asked = bm25().embed_query(query).indices
    weights = [_weights(text) for text in texts]
    found = Counter(token for weight in weights for token in asked if token in weight)
    rarity = {token: log(1 + (len(texts) - times + 0.5) / (times + 0.5)) for token, times in found.items()}
    return np.array([sum(rarity.get(token, 0.0) * weight.get(token, 0.0) for token in asked) for weight in weights])


def _weights(text: str) -> Mapping[int, float]:
    sparse = bm25().embed_document(text)
    return dict(zip(sparse.indices, sparse.values, strict=True))
