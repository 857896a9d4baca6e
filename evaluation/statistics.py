"""Uncertainty of figures: intervals by bootstrap, paired tests by permutation. Knows no metric by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

RESAMPLES = 2_000
PERMUTATIONS = 10_000


@dataclass(frozen=True)
class Ratio:
    """A figure that is a sum over a sum, one pair a question: means and micro-averages alike."""

    numerators: Sequence[float]
    denominators: Sequence[float]

    @property
    def value(self) -> float | None:
        """None where there is nothing to divide by: the figure does not exist."""
        below = sum(self.denominators)
        return sum(self.numerators) / below if below else None

    def interval(self, level: float = 0.95, seed: int = 0) -> tuple[float, float] | None:
        """Percentile bootstrap over questions (Efron 1979); resamples with an empty denominator are left out."""
        if self.value is None:
            return None
        above, below = np.asarray(self.numerators, dtype=float), np.asarray(self.denominators, dtype=float)
        drawn = np.random.default_rng(seed).integers(0, len(above), size=(RESAMPLES, len(above)))
        sums = below[drawn].sum(axis=1)
        ratios = above[drawn].sum(axis=1)[sums > 0] / sums[sums > 0]
        low, high = np.quantile(ratios, [(1 - level) / 2, (1 + level) / 2])
        return float(low), float(high)


def paired_difference(ours: Ratio, theirs: Ratio, level: float = 0.95, seed: int = 0) -> dict[str, Any] | None:
    """Ours minus theirs on the same questions, with its percentile bootstrap interval; None where one has no value."""
    if len(ours.numerators) != len(theirs.numerators):
        raise ValueError(f"a paired test needs pairs, not {len(ours.numerators)} against {len(theirs.numerators)}")
    if ours.value is None or theirs.value is None:
        return None
    count = len(ours.numerators)
    drawn = np.random.default_rng(seed).integers(0, count, size=(RESAMPLES, count))
    sums = [np.asarray(column, dtype=float)[drawn].sum(axis=1) for one in (ours, theirs) for column in _columns(one)]
    exists = (sums[1] > 0) & (sums[3] > 0)
    differences = sums[0][exists] / sums[1][exists] - sums[2][exists] / sums[3][exists]
    low, high = np.quantile(differences, [(1 - level) / 2, (1 + level) / 2])
    return {"value": ours.value - theirs.value, "interval": (float(low), float(high))}


def _columns(ratio: Ratio) -> tuple[Sequence[float], Sequence[float]]:
    return ratio.numerators, ratio.denominators


def mean(values: Sequence[float]) -> Ratio:
    """The plain mean as a Ratio."""
    return Ratio(values, [1.0] * len(values))


def paired_permutation(ours: Sequence[float], theirs: Sequence[float], seed: int = 0) -> float:
    """Two-sided p-value that the mean difference of pairs is chance: signs flipped 10,000 times (Fisher's test)."""
    if len(ours) != len(theirs) or not ours:
        raise ValueError(f"a paired test needs pairs, not {len(ours)} against {len(theirs)} values")
    difference = np.asarray(ours, dtype=float) - np.asarray(theirs, dtype=float)
    flips = np.random.default_rng(seed).choice((-1.0, 1.0), size=(PERMUTATIONS, len(difference)))
    # The tolerance counts rearrangements that are equal but for rounding.
    extreme = np.abs(flips @ difference) >= abs(difference.sum()) - 1e-12
    return float((extreme.sum() + 1) / (PERMUTATIONS + 1))
