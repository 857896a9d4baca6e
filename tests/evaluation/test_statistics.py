"""Intervals and paired tests against what theory says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.statistics import Ratio, mean, paired_difference, paired_permutation


def test_a_micro_average_divides_sums() -> None:
    assert Ratio([1, 0, 2], [1, 1, 3]).value == pytest.approx(3 / 5)


def test_nothing_to_divide_by_gives_no_figure_and_no_interval() -> None:
    assert Ratio([0.0], [0.0]).value is None
    assert Ratio([0.0], [0.0]).interval() is None
    assert mean([]).value is None


def test_the_interval_is_near_the_normal_approximation() -> None:
    coin = mean([0.0, 1.0] * 200)
    low, high = coin.interval() or (0, 0)
    half = 1.96 * (0.25 / 400) ** 0.5
    assert low == pytest.approx(0.5 - half, abs=0.01)
    assert high == pytest.approx(0.5 + half, abs=0.01)


def test_the_interval_is_the_same_at_every_call() -> None:
    values = mean([0.1, 0.9, 0.4, 0.3])
    assert values.interval() == values.interval()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_the_interval_lies_within_the_values(values: list[float]) -> None:
    low, high = mean(values).interval() or (0, 0)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


def test_equal_systems_differ_by_chance() -> None:
    assert paired_permutation([0.3, 0.5, 0.1], [0.3, 0.5, 0.1]) == 1


def test_the_p_value_of_a_few_pairs_equals_the_exact_one() -> None:
    # All five pairs favour one side: 2 of the 2^5 sign patterns are as extreme.
    p_value = paired_permutation([1.0, 0.9, 0.8, 0.7, 0.6], [0.0] * 5)
    assert p_value == pytest.approx(2 / 32, abs=0.01)


def test_a_constant_gain_over_many_pairs_is_no_chance() -> None:
    assert paired_permutation([0.6] * 50, [0.5] * 50) < 0.001


def test_unpaired_values_are_refused() -> None:
    with pytest.raises(ValueError, match="2 against 1"):
        paired_permutation([1.0, 2.0], [1.0])


def test_a_difference_of_pairs_is_surer_than_its_parts() -> None:
    ours, theirs = [0.0, 1.0] * 50, [0.0, 0.9] * 50
    found = paired_difference(mean(ours), mean(theirs))
    assert found is not None
    assert found["value"] == pytest.approx(0.05)
    low, high = found["interval"]
    assert 0.04 < low < 0.05 < high < 0.06


def test_a_difference_to_nothing_does_not_exist() -> None:
    assert paired_difference(mean([1.0]), Ratio([0.0], [0.0])) is None
