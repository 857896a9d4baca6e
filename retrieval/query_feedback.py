"""Questions moved by what people or models said of passages: Qdrant's feedback formula, and Rocchio from a log.

Knows vectors alone. For cosines both are one search with another vector, on any index (see `feedback_vector`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from retrieval.ports import Vectors
from retrieval.query_update import Vector, unit

# CoRocchio (ielab/Counterfactual-DR): how much of the moved vector is what people found.
FOUND_SHARE = 0.6
_LEAST_PROPENSITY = 0.1  # a passage that was hardly ever seen would else outweigh all others by its one click


@dataclass(frozen=True)
class Weights:
    """Of Qdrant's relevance feedback: of the question, the power of a difference in score, and of the pairs."""

    a: float = 1.0
    b: float = 1.0
    c: float = 1.0

    def __post_init__(self) -> None:
        if self.b < 0:
            raise ValueError(f"b must not be below 0, as the engine demands, but is {self.b}")


def feedback_vector(vector: Vector, examples: Vectors, scores: Sequence[float], weights: Weights) -> Vector:
    """The vector whose search orders passages as the engine's feedback query does, at length one.

    The engine scores a passage d by a sim(q, d) + the sum over all pairs whose scores differ by f > 0 of
    f^b c (sim(p, d) - sim(n, d)); for cosines that is sim(a q + c sum f^b (p - n), d).
    """
    if len(examples) != len(scores):
        raise ValueError(f"{len(examples)} examples need as many scores, not {len(scores)}")
    given = np.asarray(scores, dtype=np.float32)
    gaps = given[:, None] - given[None, :]
    sure = np.where(gaps > 0, np.abs(gaps) ** weights.b, 0.0)
    pull = sure.sum(axis=1) - sure.sum(axis=0)  # how often each is the better one of a pair, less how often the worse
    return unit((weights.a * vector + weights.c * (pull @ examples)).astype(np.float32))


@dataclass(frozen=True)
class Found:
    """A logged question, and the passages that its person found helpful with the chance that each was seen at all."""

    question: Vector
    passages: Vectors  # (n, dimension)
    propensities: tuple[float, ...]


class LoggedRocchio:
    """QueryUpdate that moves a question towards what helped with the logged questions nearest to it.

    Each passage counts by one over its propensity, clipped, and the sum is divided by all weights (self-normalised),
    so that being shown first is not taken for being good. A question like no logged one stays where it is.
    """

    def __init__(self, version: str, log: Sequence[Found], nearest: int = 1, alike: float = 0.6) -> None:
        self.version = version
        self._nearest, self._alike = nearest, alike
        self._questions = np.stack([one.question for one in log]) if log else np.zeros((0, 0), dtype=np.float32)
        self._found = np.stack([_centre(one) for one in log]) if log else self._questions

    async def update(self, text: str, vector: Vector) -> Vector:  # noqa: ARG002  others read the words too
        return self.apply(vector)

    def on_own_scale(self, cosine: float) -> float:
        return cosine  # most questions stay where they are, and the others gain where people found something

    def apply(self, vector: Vector) -> Vector:
        """The moved vector, at length one."""
        if not len(self._questions):
            return vector
        cosines = self._questions @ vector
        near = [int(place) for place in np.argsort(-cosines)[: self._nearest] if cosines[place] >= self._alike]
        if not near:
            return vector
        # The nearer the logged question, the more it is believed; one that is barely alike moves nothing.
        belief = (cosines[near] - self._alike) / (1 - self._alike + 1e-6)
        pull = (belief[:, None] * self._found[near]).sum(axis=0) / max(float(belief.sum()), 1e-6)
        share = FOUND_SHARE * float(belief.max())
        return unit(((1 - share) * vector + share * pull).astype(np.float32))


def _centre(found: Found) -> Vector:
    weights = 1 / np.clip(np.asarray(found.propensities, dtype=np.float32), _LEAST_PROPENSITY, 1.0)
    centre: Vector = (weights @ found.passages / weights.sum()).astype(np.float32)
    return unit(centre)
