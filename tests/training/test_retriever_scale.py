"""What moving questions does to their cosines, and that it is undone for whoever reads them as numbers."""

import numpy as np
import pytest

from retrieval.ports import Vectors
from retrieval.query_adapter import OWN_SCALE, moved
from training.retriever_fit import Lesson, Pool
from training.retriever_scale import scale_of


def unit_rows(rows: int, seed: int) -> Vectors:
    drawn = np.random.default_rng(seed).normal(size=(rows, 16))
    found: Vectors = (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)
    return found


def best(vectors: Vectors, passages: Vectors) -> Vectors:
    found: Vectors = np.sort(passages @ vectors.T, axis=0)[-10:]
    return found


def test_the_best_cosines_get_the_mean_and_spread_that_they_had() -> None:
    questions, passages = unit_rows(40, 1), unit_rows(200, 2)
    a, b = np.random.default_rng(3).normal(0, 0.3, (2, 4, 16)).astype(np.float32)
    scale = scale_of([Lesson(one, 0, (), 1.0) for one in questions], [Pool(passages)], a, b.T)
    own = best(questions, passages)
    new = best(np.stack([moved(one, a, b.T) for one in questions]), passages)
    told = new * scale.factor + scale.summand
    assert abs(new.mean() - own.mean()) > 0.005
    assert (told.mean(), told.std()) == pytest.approx((own.mean(), own.std()), abs=1e-5)


def test_without_lessons_or_spread_cosines_stay_as_they_are() -> None:
    a = np.zeros((1, 16), dtype=np.float32)
    one = unit_rows(1, 1)
    assert scale_of([], [Pool(one)], a, a.T) == OWN_SCALE
    assert scale_of([Lesson(one[0], 0, (), 1.0)], [Pool(one)], a, a.T) == OWN_SCALE
