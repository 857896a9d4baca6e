"""Brings the readers of passages in the index to what the tables say. Knows no HTTP and decides about nobody.

A document's row counts the changes of who may read it, and which of them the index has. Whatever interrupts us, the
counts differ until it is done, so the next change or the next start does it. Meanwhile nobody reads too much: what a
search finds for a person is held against the tables (app/fence.py).
"""

import asyncio
import logging
from contextlib import AsyncExitStack, suppress

from sqlmodel import col, select, update

from app import access
from app.db import Database
from app.models import Document
from retrieval.ports import PassageIndex

log = logging.getLogger(__name__)

PATIENCE_SECONDS = 10.0  # of who shares; a collection of thousands goes on behind
_AT_ONCE = 100  # documents between two looks at the tables


async def begun(stack: AsyncExitStack, database: Database, index: PassageIndex) -> "Sharing":
    """Sharing that has made up for what a killed process left, and stops with `stack`."""
    sharing = Sharing(database, index)
    stack.push_async_callback(sharing.close)
    await sharing.settle()
    return sharing


class Sharing:
    """One at a time in this process. Two processes may overtake each other: the counts then differ, and it is done
    again."""

    def __init__(self, database: Database, index: PassageIndex) -> None:
        self._database = database
        self._index = index
        self._one_at_a_time = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    async def settle(self, patience: float = PATIENCE_SECONDS) -> None:
        """Return when the index has what the tables said at the call; after `patience` seconds it goes on behind."""
        task = asyncio.create_task(self._settle())
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        with suppress(TimeoutError):
            async with asyncio.timeout(patience):
                await asyncio.shield(task)

    async def close(self) -> None:
        """Stop; the next start goes on."""
        for task in [*self._tasks]:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log.error("the index was not told who may read what; the next change tries again", exc_info=error)

    async def _settle(self) -> None:
        async with self._one_at_a_time:
            while due := await self._due():
                for document_id, version in due.items():
                    await self._tell(document_id, version)

    async def _due(self) -> dict[str, int]:
        """Document -> the count of changes that the index is to reach."""
        differs = col(Document.readers_version) != col(Document.readers_indexed)
        async with self._database.session() as session:
            query = select(Document.id, Document.readers_version).where(differs).limit(_AT_ONCE)
            return dict((await session.exec(query)).all())

    async def _tell(self, document_id: str, version: int) -> None:
        async with self._database.session() as session:
            allowed = await access.readers(session, [document_id])
        if document_id in allowed:  # read after the count: they may be newer than it, and never older
            await self._index.set_readers(document_id, allowed[document_id])
        async with self._database.session() as session:
            told = update(Document).where(col(Document.id) == document_id)
            await session.exec(told.values(readers_indexed=version))
