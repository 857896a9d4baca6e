import numpy as np
import pytest

from training.selector_figures import Judged, Logits, best_top_k, figures, figures_by_source, thresholds

GOOD = Judged(np.array([2.0, -4.0, -5.0]), np.array([True, False, False]), "a")
TWO = Judged(np.array([2.0, 1.5, -5.0]), np.array([True, True, False]), "a")
HARD = Judged(np.array([-1.0, 0.0]), np.array([True, False]), "b")
ALONE = Judged(np.array([-6.0, -7.0]), np.array([False, False]), "b")


def first(logits: Logits) -> list[int]:
    return [int(np.argmax(logits))] if logits.max() > -3 else []


def test_figures_are_those_of_the_sets_kept() -> None:
    found = figures([GOOD, TWO], first)
    assert found["f1"] == pytest.approx((1 + 2 / 3) / 2, abs=1e-4)
    assert found["gold_kept"] == 1.0
    assert found["empty_accuracy"] == 1.0
    assert found["kept"] == 1.0


def test_each_source_counts_alike_and_questions_without_gold_count_as_empty() -> None:
    found = figures([GOOD, GOOD, GOOD, HARD, ALONE], first)
    assert found["f1"] == 0.5
    assert found["empty_accuracy"] == (1 + 0.5) / 2
    assert figures_by_source([GOOD, HARD], first)["b"]["gold_kept"] == 0.0


def test_a_fixed_number_never_keeps_nothing() -> None:
    k, found = best_top_k([TWO, TWO, GOOD])
    assert k == 2
    assert found["empty_accuracy"] == 0.0


def test_thresholds_part_what_helps_from_what_does_not() -> None:
    judged = [GOOD, TWO, TWO, ALONE] * 5
    chosen = thresholds(judged, judged)
    found = figures(judged, chosen.kept)
    assert found["f1"] == 1.0
    assert found["empty_accuracy"] == 1.0
    assert found["kept"] == pytest.approx(5 / 3, abs=1e-4)


def test_thresholds_lose_few_answerable_questions_even_where_empty_ones_look_the_same() -> None:
    rng = np.random.default_rng(0)
    judged = [Judged(rng.normal(size=4), np.array([True, False, False, False]), "a") for _ in range(100)]
    best = np.array([one.logits.max() for one in judged])
    assert (best < thresholds(judged, judged).abstain_below).mean() <= 0.13
