"""A question to hits: encode it, ask the index. Knows no person, no model's name and no store."""

import numpy as np

from retrieval.ports import Encoder, PassageIndex
from retrieval.types import Hit, Query


class Retriever:
    """Encoder and index that belong together."""

    def __init__(self, encoder: Encoder, index: PassageIndex) -> None:
        self._encoder = encoder
        self._index = index

    async def search(self, query: Query) -> list[Hit]:
        """Best hits of `query`; a question of nothing but spaces has none."""
        if not query.text.strip():
            return []
        if query.mode == "lexical":
            return await self._index.search(query, np.zeros(self._encoder.dimension, dtype=np.float32))
        vectors = await self._encoder.encode_queries([query.text])
        return await self._index.search(query, vectors[0])
