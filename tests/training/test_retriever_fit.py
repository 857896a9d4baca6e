"""What a passage is worth to a question that says nothing of it: a negative only if some question asks for it."""

import numpy as np

from retrieval.ports import Vectors
from training.retriever_fit import Batches, Lesson, Pool

PASSAGES = 12


def vectors(count: int, seed: int) -> Vectors:
    found = np.random.default_rng(seed).normal(size=(count, 16)).astype(np.float32)
    normed: Vectors = found / np.linalg.norm(found, axis=1, keepdims=True)
    return normed


def test_a_passage_that_nobody_asks_for_is_a_negative_only_where_a_question_says_so() -> None:
    questions = vectors(2, 1)
    lessons = [Lesson(questions[0], 0, ((3, 1.0),)), Lesson(questions[1], 0, ((5, 1.0), (7, 0.0)))]
    worth = Batches(lessons, [Pool(vectors(PASSAGES, 0))], seed=0)(0).worth
    first = next(row for row in worth if row[3] == 1)
    second = next(row for row in worth if row[5] == 1)
    assert first[5] == 0  # it helps the other question, so it is known, and not for this one
    assert second[7] == 0
    assert first[7] == -1
    assert all(worth[:, [0, 1, 2, 4, 6, 8, 9, 10, 11]].flatten() == -1)
