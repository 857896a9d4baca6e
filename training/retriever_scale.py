"""How cosines of moved questions read on the encoder's own scale. Knows vectors alone.

An adapter turns questions, and all their cosines become smaller or larger, the right passage's and the others'. What
reads a cosine as a number, as the selector does when it keeps nothing, was fitted to the encoder's own ones.
"""

from collections.abc import Sequence

import numpy as np

from retrieval.ports import Vectors
from retrieval.query_adapter import OWN_SCALE, Scale, moved
from retrieval.query_update import Vector
from training.retriever_fit import Lesson, Pool

_BEST = 10  # passages of each question, as many as a turn finds
_QUESTIONS = 2_000  # more say nothing new
_LEAST = 1e-4  # a spread below it is none


def scale_of(lessons: Sequence[Lesson], pools: Sequence[Pool], a: Vectors, b: Vectors) -> Scale:
    """Factor and summand that give the best cosines of moved questions the mean and spread of the encoder's own."""
    few = [lessons[place] for place in np.linspace(0, len(lessons) - 1, min(len(lessons), _QUESTIONS)).astype(int)]
    if not few:
        return OWN_SCALE
    own = np.concatenate([_best(one.vector, pools[one.pool]) for one in few])
    new = np.concatenate([_best(moved(one.vector, a, b), pools[one.pool]) for one in few])
    if min(own.std(), new.std()) < _LEAST:
        return OWN_SCALE
    factor = float(own.std() / new.std())
    return Scale(factor, float(own.mean() - factor * new.mean()))


def _best(question: Vector, pool: Pool) -> Vector:
    cosines = pool.vectors @ question
    best: Vector = np.sort(cosines)[-_BEST:]
    return best
