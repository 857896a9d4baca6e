"""A question to hits: encode it, ask the index. Knows no person, no model's name and no store."""

from dataclasses import replace

import numpy as np

from retrieval.ports import Encoder, PassageIndex
from retrieval.query_update import STOCK, QueryUpdate
from retrieval.types import Hit, Query


class Retriever:
    """Encoder and index that belong together, and what was learned for them, if anything."""

    def __init__(self, encoder: Encoder, index: PassageIndex, update: QueryUpdate | None = None) -> None:
        self._encoder = encoder
        self._index = index
        self._update = update

    @property
    def version(self) -> str:
        """Of what was learned; "stock" without it."""
        return self._update.version if self._update else STOCK

    async def search(self, query: Query) -> list[Hit]:
        """Best hits of `query`; a question of nothing but spaces has none."""
        if not query.text.strip():
            return []
        if query.mode == "lexical":
            return await self._index.search(query, np.zeros(self._encoder.dimension, dtype=np.float32))
        vector = (await self._encoder.encode_queries([query.text]))[0]
        if not self._update:
            return await self._index.search(query, vector)
        hits = await self._index.search(query, await self._update.update(query.text, vector))
        return [_on_own_scale(hit, self._update) for hit in hits]


def _on_own_scale(hit: Hit, update: QueryUpdate) -> Hit:
    return hit if hit.dense is None else replace(hit, dense=update.on_own_scale(hit.dense))
