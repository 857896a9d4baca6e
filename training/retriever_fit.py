"""Fits the residual of a query adapter: one matrix from zero, cut to its strongest directions at the end.

Knows questions and passages as vectors, and neither texts nor where they come from. The matrix is fitted whole and cut
after: two thin ones with a random first half, fitted as they are, gained a third as much (docs/decisions/016).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from retrieval.ports import Vectors
from training.fit import FitOptions, FitReport, fit
from training.retriever_losses import Loss, simans

TEMPERATURE = 0.05
_CENTRE = 0.4  # the cosine of a passage that may as well not be there; only losses with a scale notice it


@dataclass(frozen=True)
class Pool:
    """Passages that are searched together, as vectors of shape (n, dimension)."""

    vectors: Vectors


@dataclass(frozen=True)
class Lesson:
    """A question's vector, the pool it asks, and what passages of it are worth; the rest are negatives."""

    vector: Vectors
    pool: int
    worth: tuple[tuple[int, float], ...]  # (place in the pool, worth): above 0 it helps, below it takes no part
    share: float = 1.0  # how often it is taken, beside others


@dataclass(frozen=True)
class Batch:
    questions: torch.Tensor  # (n, dimension)
    passages: torch.Tensor  # (m, dimension)
    worth: torch.Tensor  # (n, m)


class Batches:
    """Batch number n: lessons of one pool, drawn by their shares; the same whenever it is asked for.

    A passage that helps with no question of its pool is a negative only where a lesson says so: that nobody has asked
    for it yet must not make it harder to find (docs/decisions/016).
    """

    def __init__(self, lessons: Sequence[Lesson], pools: Sequence[Pool], seed: int, size: int = 256) -> None:
        self._passages = [torch.from_numpy(pool.vectors) for pool in pools]
        self._seed, self._size = seed, size
        self._of_pool = [[one for one in lessons if one.pool == number] for number in range(len(pools))]
        self._unsaid = [_unsaid(some, len(pool.vectors)) for some, pool in zip(self._of_pool, pools, strict=True)]
        shares = np.array([sum(one.share for one in some) for some in self._of_pool])
        self._shares: npt.NDArray[np.float64] = shares / shares.sum()

    def __call__(self, number: int) -> Batch:
        rng = np.random.default_rng([self._seed, number])
        pool = int(rng.choice(len(self._shares), p=self._shares))
        lessons, passages = self._of_pool[pool], self._passages[pool]
        chance = np.array([one.share for one in lessons])
        places = rng.choice(len(lessons), min(self._size, len(lessons)), replace=False, p=chance / chance.sum())
        chosen = [lessons[place] for place in places]
        worth = self._unsaid[pool].repeat(len(chosen), 1)
        for row, lesson in enumerate(chosen):
            for place, value in lesson.worth:
                worth[row, place] = value
        return Batch(torch.from_numpy(np.stack([one.vector for one in chosen])), passages, worth)


def _unsaid(lessons: Sequence[Lesson], passages: int) -> torch.Tensor:
    """What a passage is worth to a question that says nothing of it: (passages,), 0 or, to take no part, -1."""
    worth = torch.full((passages,), -1.0)
    worth[[place for lesson in lessons for place, value in lesson.worth if value > 0]] = 0.0
    return worth


class Residual:
    """E'(q) = E(q) + W E(q), at length one again; W begins at zero."""

    def __init__(self, dimension: int) -> None:
        self.matrix = torch.nn.Parameter(torch.zeros(dimension, dimension))

    def cosines(self, batch: Batch) -> torch.Tensor:
        moved = batch.questions + batch.questions @ self.matrix.T
        return torch.nn.functional.normalize(moved, dim=1) @ batch.passages.T

    def cut(self, rank: int) -> tuple[Vectors, Vectors]:
        """The matrices a, (rank, dimension), and b, (dimension, rank), whose product is nearest to W."""
        left, strength, right = np.linalg.svd(self.matrix.detach().numpy())
        root = np.sqrt(strength[:rank])
        return (root[:, None] * right[:rank]).astype(np.float32), (left[:, :rank] * root).astype(np.float32)


@dataclass(frozen=True)
class How:
    """What a person may choose of the fit. `negatives`: as many near ones of each question, None: all of its pool."""

    loss: Loss
    options: FitOptions
    negatives: int | None = None


def fit_residual(residual: Residual, batches: Batches, how: How, checkpoint: Path) -> FitReport:
    """Fit the matrix in place; a killed run goes on from its checkpoint. Raises FitError."""

    def loss(batch: Batch) -> torch.Tensor:
        cosines = residual.cosines(batch)
        worth = batch.worth
        if how.negatives is not None:
            worth = simans(cosines.detach(), worth, how.negatives)
        return how.loss((cosines - _CENTRE) / TEMPERATURE, worth)

    return fit({"matrix": residual.matrix}, batches, loss, how.options, checkpoint)
