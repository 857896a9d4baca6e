"""The port between a question's vector and the search: something learned may move the vector first.

Knows neither what was learned nor any index; passages stay as they were encoded, so nothing is indexed again.
"""

from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from retrieval.ports import Encoder

Vector = npt.NDArray[np.float32]  # (dimension,), of unit length

CONFIG = "query_adapter.json"
STOCK = "stock"  # the version of a retriever whose questions go to the index as they were encoded


class RetrieverError(FileNotFoundError):
    """A folder that holds no retriever for the encoder in use; the message says what to do."""


class QueryUpdate(Protocol):
    """Moves the vector of a question before the search."""

    @property
    def version(self) -> str: ...

    async def update(self, text: str, vector: Vector) -> Vector:
        """The vector to search with instead of `vector`, which the encoder gave for `text`."""

    def on_own_scale(self, cosine: float) -> float:
        """What a cosine of a moved vector would be for the encoder: selectors know no other scale."""


def is_query_adapter(folder: Path) -> bool:
    """Whether `attune train retriever` wrote an adapter of questions to this folder."""
    return (folder / CONFIG).is_file()


def open_query_adapter(folder: Path, encoder: Encoder) -> QueryUpdate:
    """The adapter that `attune train retriever` wrote. Blocking: reads weights.

    Raises RetrieverError where there is none in `folder`, or one that was fitted to another encoder."""
    from retrieval.query_adapter import QueryAdapter

    return QueryAdapter.read(folder, encoder)


def unit(vector: Vector) -> Vector:
    """The vector at length one; one without length stays as it is."""
    length = float(np.linalg.norm(vector))
    scaled: Vector = (vector / length).astype(np.float32) if length > 0 else vector
    return scaled
