"""Texts and edits of our own for the tests of learning; nothing of the simulated person."""

import numpy as np

from personalization.ports import ContextEdit, Vectors

DRAFT = (
    "The committee will utilise the new hall; it was finished in May [1]. We have 12 rooms for 340 guests [2]. "
    "A ticket costs $5 and is sold at the door."
)
OTHER = (
    "Most members utilise the library on weekends [3]. It closes at 8 in the evening. "
    "Children pay $2, students pay $4 [1]."
)
THIRD = (
    "The river rose by 3 metres in March [2]. Volunteers utilise sandbags; nobody was hurt. The bridge stays closed."
)
CODE = (
    'Run this first:\n\n```sh\nutilise --all; echo "done."\n```\n\n'
    "Then utilise https://example.org/utilise?x=1 as before [1]."
)


def direction(*towards: float) -> Vectors:
    """A unit vector in three dimensions, one for each kind of context."""
    vector = np.array(towards, dtype=np.float32)
    unit: Vectors = vector / np.linalg.norm(vector)
    return unit


LETTERS, REPORTS, NOTES = direction(1, 0, 0), direction(0, 1, 0), direction(0, 0, 1)


def edit(name: str, written: str, edited: str, vector: Vectors = LETTERS) -> ContextEdit:
    return ContextEdit(name, vector, written, edited)
