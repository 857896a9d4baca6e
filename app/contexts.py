"""The vectors of what was asked, kept as bytes beside their text. Knows no preference and writes no SQL."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from retrieval.ports import Encoder, Vectors


class InContext(Protocol):
    """A row that remembers what was asked."""

    context: str
    vector: bytes | None
    encoder: str | None


async def vectors_of(encoder: Encoder, rows: Sequence[InContext]) -> list[Vectors]:
    """The context of each row as a vector, shape (dimension,); zeros where there is none: everywhere.

    What another encoder made, or none yet, is encoded anew: vectors of two encoders cannot be compared.
    """
    stale = [row for row in rows if row.context and (row.vector is None or row.encoder != encoder.version)]
    # Both a question asked and a question remembered are queries: neither is a passage.
    fresh = await encoder.encode_queries([row.context for row in stale]) if stale else ()
    encoded = {id(row): vector for row, vector in zip(stale, fresh, strict=True)}
    nowhere = np.zeros(encoder.dimension, np.float32)
    return [encoded.get(id(row), as_vector(row.vector, nowhere)) for row in rows]


def as_vector(stored: bytes | None, otherwise: Vectors) -> Vectors:
    return np.frombuffer(stored, np.float32) if stored else otherwise


def as_bytes(vector: Vectors) -> bytes:
    return np.asarray(vector, np.float32).tobytes()
