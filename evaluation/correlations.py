"""How well a metric foretells whether answers are right: rank correlation with an interval. Knows no metric by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.statistics import RESAMPLES

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Correlation:
    """Spearman's rho over `n` pairs, with its 95 % interval: percentile bootstrap over whole groups (Efron 1979)."""

    value: float
    interval: tuple[float, float]
    n: int


def correlation(
    metric: Sequence[float], accurate: Sequence[float], groups: Sequence[Any] | None = None, seed: int = 0
) -> Correlation | None:
    """Spearman's rank correlation; None where one of the two never varies. Pairs of one group are drawn together.

    Raises ValueError where they are not pairs."""
    columns = _ranked(metric, accurate)
    if len(columns[0]) < 2 or any(np.ptp(one) == 0 for one in columns):
        return None
    drawn = [_pearson(columns, rows) for rows in _drawn(groups or range(len(metric)), seed)]
    found = [value for value in drawn if value is not None]
    low, high = np.quantile(found, [0.025, 0.975])
    return Correlation(float(np.corrcoef(*columns)[0, 1]), (float(low), float(high)), len(metric))


def advantage(
    ours: Sequence[float], theirs: Sequence[float], accurate: Sequence[float], groups: Sequence[Any], seed: int = 0
) -> Correlation | None:
    """By how much our metric's correlation with `accurate` is above theirs, with the interval of the difference."""
    first, second = _ranked(ours, accurate), _ranked(theirs, accurate)
    if any(np.ptp(one) == 0 for one in (*first, *second)):
        return None
    every = np.arange(len(ours))
    pairs = [(_pearson(first, rows), _pearson(second, rows)) for rows in _drawn(groups, seed)]
    found = [a - b for a, b in pairs if a is not None and b is not None]
    low, high = np.quantile(found, [0.025, 0.975])
    difference = (_pearson(first, every) or 0.0) - (_pearson(second, every) or 0.0)
    return Correlation(difference, (float(low), float(high)), len(ours))


def _ranked(metric: Sequence[float], accurate: Sequence[float]) -> tuple[Numbers, Numbers]:
    if len(metric) != len(accurate):
        raise ValueError(f"pairs are needed, not {len(metric)} against {len(accurate)} values")
    return _ranks(np.asarray(metric, dtype=float)), _ranks(np.asarray(accurate, dtype=float))


def _drawn(groups: Sequence[Any], seed: int) -> list[npt.NDArray[np.int64]]:
    """Rows of each resample: as many groups as there are, drawn with replacement."""
    members: dict[Any, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    every = [np.asarray(rows, dtype=np.int64) for rows in members.values()]
    chosen = np.random.default_rng(seed).integers(0, len(every), size=(RESAMPLES, len(every)))
    return [np.concatenate([every[one] for one in some]) for some in chosen]


def _pearson(columns: tuple[Numbers, Numbers], rows: npt.NDArray[np.int64]) -> float | None:
    """None where one of the two does not vary in these rows."""
    left, right = (column[rows] - column[rows].mean() for column in columns)
    size = float(np.sqrt((left**2).sum() * (right**2).sum()))
    return float((left * right).sum()) / size if size > 0 else None


def _ranks(values: Numbers) -> Numbers:
    """From 0; equal values share the mean of their places."""
    different, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    return np.asarray(ends - (counts + 1) / 2, dtype=float)[places] if len(different) else values
