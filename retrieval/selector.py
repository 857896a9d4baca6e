"""Keeps the passages that are likely to answer, by what the encoder and the words say. Knows no language model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from retrieval.index_points import terms
from retrieval.ports import Encoder
from retrieval.types import Hit, Selection

CAP = 5  # passages that stand before the generator


@dataclass(frozen=True)
class SelectorWeights:
    """A logistic score of (cosine, coverage), the score below which nothing is kept, and the drop from the best."""

    cosine: float
    coverage: float
    bias: float
    abstain_below: float
    drop: float  # a passage is kept from this share of the best score on

    def logits(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Log-odds that each hit helps to answer; `rows` has shape (hits, 2)."""
        logits: npt.NDArray[np.float64] = rows @ [self.cosine, self.coverage] + self.bias
        return logits

    def score(self, rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Estimated chance, in (0, 1), that each hit helps to answer; `rows` has shape (hits, 2)."""
        scores: npt.NDArray[np.float64] = 1 / (1 + np.exp(-self.logits(rows)))
        return scores

    def with_drop(self, drop: float) -> "SelectorWeights":
        return replace(self, drop=drop)


# From `python -m retrieval.selector_fit` on hotpot_200, 2wiki_200, xquad_en (train), popqa_1000 and policyqa, half of
# the questions with their gold passages taken out. Encoders other than these two begin with MiniLM's.
MINILM = SelectorWeights(5.026, 4.222, -7.062, 0.093, 0.6)
HASH = SelectorWeights(3.281, 5.668, -6.293, 0.083, 0.7)


class EncoderSelector:
    """Selector by cosine and by the share of the question's words that a passage has."""

    def __init__(self, encoder: Encoder, abstain_below: float | None = None) -> None:
        weights = weights_for(encoder)
        self._encoder = encoder
        self._weights = weights if abstain_below is None else replace(weights, abstain_below=abstain_below)
        self.version = f"encoder-1-{self._weights.abstain_below:g}"

    async def select(self, question: str, hits: Sequence[Hit]) -> Selection:
        """At most CAP of `hits`, best first; none where even the best is unlikely to help."""
        if not hits:
            return Selection((), {})
        scored = await with_cosines(self._encoder, question, hits)
        scores = self._weights.score(features(question, scored))
        order = np.argsort(-scores, kind="stable")
        kept = order[: kept_count(scores[order], self._weights, CAP)]
        utilities = {hit.passage.id: float(score) for hit, score in zip(hits, scores, strict=True)}
        return Selection(tuple(hits[place] for place in kept), utilities)


class KeepAll:
    """Keeps every hit in the retriever's order: what is there without selection."""

    version = "none"

    async def select(self, question: str, hits: Sequence[Hit]) -> Selection:  # noqa: ARG002  the port's signature
        return Selection(tuple(hits), {hit.passage.id: hit.score for hit in hits})


def weights_for(encoder: Encoder) -> SelectorWeights:
    return HASH if encoder.version.startswith("hash-") else MINILM


async def with_cosines(encoder: Encoder, question: str, hits: Sequence[Hit]) -> list[Hit]:
    """The same hits, each with a cosine; those of a lexical search come without one."""
    bare = [hit for hit in hits if hit.dense is None]
    if not bare:
        return list(hits)
    query = await encoder.encode_queries([question])
    vectors = await encoder.encode_passages([hit.passage.indexed_text for hit in bare])
    cosines = dict(zip((hit.passage.id for hit in bare), (vectors @ query[0]).tolist(), strict=True))
    return [replace(hit, dense=cosines.get(hit.passage.id, hit.dense)) for hit in hits]


def features(question: str, hits: Sequence[Hit]) -> npt.NDArray[np.float64]:
    """Shape (hits, 2): cosine, and the share of the question's stems that stand in the passage. Free of corpus size."""
    asked = terms(question)
    return np.array(
        [(hit.dense or 0.0, len(asked & terms(hit.passage.indexed_text)) / max(1, len(asked))) for hit in hits]
    )


def kept_count(descending: npt.NDArray[np.float64], weights: SelectorWeights, cap: int) -> int:
    """How many of the scores, best first, are kept."""
    if not len(descending) or descending[0] < weights.abstain_below:
        return 0
    return int((descending[:cap] >= weights.drop * descending[0]).sum())
