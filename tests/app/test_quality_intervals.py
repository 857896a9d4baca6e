"""Intervals and quantiles against values from tables."""

import pytest

from app.quality_intervals import duration_bin, mean_interval, quantile, wilson


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662), (10, 10, 0.7225, 1.0)],
)
def test_wilsons_interval_is_that_of_the_literature(count: int, n: int, low: float, high: float) -> None:
    assert list(wilson(count, n)) == pytest.approx([low, high], abs=2e-4)


@pytest.mark.parametrize(
    ("values", "half"),
    [((1, 3), 12.706), ((1, 2, 3), 2.484), ((2, 4, 4, 4, 5, 5, 7, 9), 1.787), (tuple(range(101)), 5.785)],
)
def test_students_interval_is_that_of_the_tables(values: tuple[int, ...], half: float) -> None:
    found = mean_interval(sum(values), sum(value**2 for value in values), len(values))
    assert found is not None
    assert (found[1] - found[0]) / 2 == pytest.approx(half, rel=2e-3)


def test_quantiles_are_right_to_one_part_in_a_hundred() -> None:
    bins: dict[int, float] = {}
    for milliseconds in range(1, 10_001):
        bins[duration_bin(milliseconds)] = bins.get(duration_bin(milliseconds), 0) + 1
    assert quantile(bins, 0.5) == pytest.approx(5000, rel=0.011)
    assert quantile(bins, 0.95) == pytest.approx(9500, rel=0.011)
    assert quantile({}, 0.5) is None
