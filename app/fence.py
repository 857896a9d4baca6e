"""Holds what a search found against the tables: nobody reads what was taken back a moment ago. Ranks nothing."""

from collections.abc import Sequence

from agents.types import Searches
from app import access
from app.db import Database
from retrieval.types import Hit, Query


class Fence:
    """A retriever for people with whom something is shared. Whoever reads only what is theirs pays nothing."""

    def __init__(self, retriever: Searches, database: Database) -> None:
        self._retriever = retriever
        self._database = database

    async def search(self, query: Query) -> Sequence[Hit]:
        """The hits of documents that the query's readers may read at this moment."""
        hits = await self._retriever.search(query)
        if not hits or not access.is_shared(query.readers):
            return hits
        async with self._database.session() as session:
            allowed = await access.readers(session, {hit.passage.document_id for hit in hits})
        return [hit for hit in hits if query.readers & allowed.get(hit.passage.document_id, frozenset())]
