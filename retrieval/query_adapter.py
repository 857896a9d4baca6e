"""A low-rank residual on the vectors of questions, fitted to somebody's documents. Knows no index and no training.

E'(q) = E(q) + B A E(q), at length one again (Adapted Dense Retrieval, arXiv 2310.05380): with B at zero it is the
encoder's own vector, and passages keep theirs.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load_file, save_file

from retrieval.ports import Encoder, Vectors
from retrieval.query_update import CONFIG, RetrieverError, Vector, unit

WEIGHTS = "query_adapter.safetensors"


class Scale(NamedTuple):
    """What turns a cosine of moved questions into one on the encoder's own scale: cosine * factor + summand."""

    factor: float
    summand: float


OWN_SCALE = Scale(1.0, 0.0)


class QueryAdapter:
    """QueryUpdate by two small matrices."""

    def __init__(self, version: str, a: Vectors, b: Vectors, scale: Scale = OWN_SCALE) -> None:
        """`a` has shape (rank, dimension), `b` (dimension, rank)."""
        self.version = version
        self._a, self._b = a, b
        self._scale = scale

    @classmethod
    def read(cls, folder: Path, encoder: Encoder) -> "QueryAdapter":
        """What `write` wrote to `folder`. Raises RetrieverError."""
        missing = [name for name in (WEIGHTS, CONFIG) if not (folder / name).is_file()]
        if missing:
            raise RetrieverError(
                f"{folder} holds no {missing[0]}: give the --out of `attune train retriever`, or choose the stock one"
            )
        about = json.loads((folder / CONFIG).read_text())
        if about["encoder"] != encoder.version:
            raise RetrieverError(
                f"the retriever in {folder} was fitted to the encoder {about['encoder']}, and the configured one is "
                f"{encoder.version}: train it again with this encoder, or set ATTUNE_ENCODER back"
            )
        try:
            weights = load_file(folder / WEIGHTS)
        except SafetensorError as error:
            raise RetrieverError(f"{folder / WEIGHTS} cannot be read ({error}): train the retriever again") from error
        return cls(about["version"], weights["a"], weights["b"], Scale(*weights.get("scale", OWN_SCALE)))

    async def update(self, text: str, vector: Vector) -> Vector:  # noqa: ARG002  others read the words too
        return self.apply(vector)

    def apply(self, vector: Vector) -> Vector:
        """The moved vector: a few microseconds, so no thread is worth its hop."""
        return moved(vector, self._a, self._b)

    def on_own_scale(self, cosine: float) -> float:
        return min(1.0, max(-1.0, float(cosine * self._scale.factor + self._scale.summand)))


def moved(vector: Vector, a: Vectors, b: Vectors) -> Vector:
    """A question's vector as an adapter turns it."""
    return unit(vector + b @ (a @ vector))


def write_query_adapter(folder: Path, a: Vectors, b: Vectors, scale: Scale = OWN_SCALE) -> None:
    """Write the weights alone: what names them is written when their manifest is."""
    folder.mkdir(parents=True, exist_ok=True)
    weights: dict[str, npt.NDArray[Any]] = {
        "a": np.ascontiguousarray(a),
        "b": np.ascontiguousarray(b),
        "scale": np.array(scale, dtype=np.float64),
    }
    save_file(weights, folder / WEIGHTS)


def name_query_adapter(folder: Path, version: str, encoder: str) -> None:
    """Say which version lies in `folder`, and to which encoder it was fitted: from here on it can be read."""
    (folder / CONFIG).write_text(json.dumps({"version": version, "encoder": encoder}, indent=1) + "\n")
