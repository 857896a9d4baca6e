"""Vectors moved by feedback: the formula of the engine, and Rocchio that does not take what came first for good."""

from itertools import permutations

import numpy as np
import pytest

from retrieval.query_feedback import Found, LoggedRocchio, Weights, feedback_vector
from retrieval.query_update import Vector


def units(count: int, size: int = 16, seed: int = 0) -> np.ndarray:
    drawn = np.random.default_rng(seed).normal(size=(count, size)).astype(np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def axis(place: int, size: int = 4) -> Vector:
    return np.eye(size, dtype=np.float32)[place]


def between(first: int, second: int, share: float) -> Vector:
    mixed = (1 - share) * axis(first) + share * axis(second)
    return (mixed / np.linalg.norm(mixed)).astype(np.float32)


def test_one_search_orders_passages_as_the_formula_of_the_engine() -> None:
    passages, examples, question = units(50), units(4, seed=1), units(1, seed=2)[0]
    scores, weights = [0.9, 0.1, 0.5, 0.5], Weights(0.8, 1.3, 0.4)
    by_formula = weights.a * passages @ question
    for p, n in permutations(range(4), 2):
        if (gap := scores[p] - scores[n]) > 0:
            by_formula += gap**weights.b * weights.c * (passages @ examples[p] - passages @ examples[n])
    moved = feedback_vector(question, examples, scores, weights)
    assert np.linalg.norm(moved) == pytest.approx(1, abs=1e-6)
    assert np.argsort(passages @ moved).tolist() == np.argsort(by_formula).tolist()


def test_without_a_difference_in_score_a_question_stays() -> None:
    question = units(1)[0]
    assert np.allclose(feedback_vector(question, units(2, seed=1), [0.5, 0.5], Weights()), question, atol=1e-6)


def test_a_negative_power_is_refused_as_the_engine_would() -> None:
    with pytest.raises(ValueError, match="must not be below 0"):
        Weights(b=-0.1)


async def test_a_question_moves_towards_what_helped_with_one_like_it() -> None:
    update = LoggedRocchio("log-1", [Found(axis(0), axis(1)[None], (1.0,))])
    moved = await update.update("the same again", axis(0))
    assert moved[1] > moved[0] > 0
    assert np.linalg.norm(moved) == pytest.approx(1, abs=1e-6)


def test_a_question_like_no_logged_one_stays() -> None:
    update = LoggedRocchio("log-1", [Found(axis(0), axis(1)[None], (1.0,))])
    assert np.array_equal(update.apply(axis(2)), axis(2))
    assert np.array_equal(LoggedRocchio("log-0", []).apply(axis(2)), axis(2))


def test_the_nearer_a_logged_question_the_further_it_moves() -> None:
    update = LoggedRocchio("log-1", [Found(axis(0), axis(1)[None], (1.0,))])
    moved = [update.apply(between(0, 3, share))[1] for share in (0.0, 0.2, 0.4)]
    assert moved == sorted(moved, reverse=True)
    assert len(set(moved)) == 3


def test_a_passage_that_was_seldom_seen_weighs_more_but_not_without_bound() -> None:
    both = np.stack([axis(1), axis(2)])

    def pulls(*propensities: float) -> float:
        moved = LoggedRocchio("log-1", [Found(axis(0), both, propensities)]).apply(axis(0))
        return float(moved[2] / moved[1])

    assert pulls(1.0, 1.0) == pytest.approx(1, abs=1e-5)
    assert pulls(1.0, 0.25) == pytest.approx(4, abs=1e-4)
    assert pulls(1.0, 0.001) == pulls(1.0, 0.1)
