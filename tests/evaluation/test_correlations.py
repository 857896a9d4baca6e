"""Rank correlation: ties, intervals over groups, and the difference of two metrics, on numbers with a known order."""

import math

import pytest

from evaluation.correlations import advantage, correlation


def test_a_rank_correlation_has_ties_an_interval_and_a_count() -> None:
    found = correlation([1, 2, 3, 4, 5, 6], [0, 0, 0, 1, 1, 1])
    assert found is not None
    assert found.value == pytest.approx(math.sqrt(27 / 35), abs=1e-6)  # worked out with shared ranks
    assert 0 < found.interval[0] <= 0.9 <= found.interval[1] <= 1.0000001
    assert found.n == 6


def test_what_never_varies_has_no_correlation() -> None:
    assert correlation([1, 1, 1], [0, 1, 0]) is None


def test_pairs_of_one_group_do_not_count_as_evidence_of_their_own() -> None:
    metric, right = [1, 2, 4, 3, 5, 7, 6, 8], [0, 1, 0, 0, 1, 1, 0, 1]
    apart = correlation(metric * 4, right * 4)
    together = correlation(metric * 4, right * 4, groups=[*range(8)] * 4)
    assert apart is not None
    assert together is not None
    assert apart.value == pytest.approx(together.value)
    assert together.interval[1] - together.interval[0] > 1.5 * (apart.interval[1] - apart.interval[0])


def test_a_metric_that_orders_right_is_ahead_of_one_that_does_not() -> None:
    right = [float(one % 2) for one in range(40)]
    found = advantage(
        [one % 2 + one / 100 for one in range(40)], [float(one) for one in range(40)], right, [*range(40)]
    )
    assert found is not None
    assert found.interval[0] > 0.3
    assert advantage([1.0] * 40, right, right, [*range(40)]) is None
