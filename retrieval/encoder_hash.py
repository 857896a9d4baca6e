"""Words and letter groups hashed into a vector: an encoder with no model, for scripts and tests. Knows no meaning."""

import re
import zlib
from collections.abc import Sequence

import numpy as np

from retrieval.ports import Vectors

_WORD = re.compile(r"\w+")
_LETTERS = 4  # length of a letter group; lets "install" meet "installing"
_GROUP_WEIGHT = 0.35  # beside the whole word's 1
# Words that stand in every text would make all texts alike; there are no document frequencies here to say so.
_FREQUENT = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by can did do does for from had has have how i in is it its of on or that the their"
        " there these this to was were what when where which who why will with you your",
    )
)


class HashEncoder:
    """Deterministic on every machine; texts that share words or stems are near each other."""

    version = "hash-1"
    dimension = 384
    window = 256

    def __init__(self, dimension: int = dimension) -> None:
        if dimension != self.dimension:
            self.version, self.dimension = f"{self.version}-{dimension}", dimension

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words and marks of each text, and two more as a model's special tokens would be."""
        return [len(re.findall(r"\w+|[^\w\s]", text)) + 2 for text in texts]

    async def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return self._encode(texts)

    async def close(self) -> None:
        """Nothing is held."""

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in _WORD.findall(text.lower()):
                _add_word(row, word)
            if not row.any():  # no words at all: any fixed direction keeps the length at one
                row[0] = 1.0
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def _add_word(row: Vectors, word: str) -> None:
    if word in _FREQUENT:
        return
    _add_feature(row, word, 1.0)
    padded = f"^{word}$"
    for start in range(len(padded) - _LETTERS + 1):
        _add_feature(row, "#" + padded[start : start + _LETTERS], _GROUP_WEIGHT)


def _add_feature(row: Vectors, feature: str, weight: float) -> None:
    code = zlib.crc32(feature.encode())
    row[(code >> 1) % len(row)] += weight if code & 1 else -weight
