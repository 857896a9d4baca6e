"""Removes one document with every trace of it. Repeating it after a crash finishes the work."""

import asyncio
from contextlib import suppress

from app import documents, forgetting_rows, originals
from app.db import Database
from app.home import Home
from app.jobs import Jobs
from app.training_runs_forgetting import DOCUMENT, let_go
from retrieval.ports import PassageIndex

FORGET_SECONDS = 2.0  # a small index needs half of it; a large one goes on after we stopped waiting


class Erasure:
    """Vectors first, then the file, then the row: while anything is left, the row says so."""

    def __init__(self, database: Database, home: Home, index: PassageIndex, jobs: Jobs) -> None:
        self._database = database
        self._home = home
        self._index = index
        self._jobs = jobs

    async def erase(self, owner_id: str, document_id: str) -> bool:
        """False if there is no such document of this owner. Whoever calls has stopped the job that writes it."""
        async with self._database.session() as session:
            found = await documents.find(session, owner_id, document_id)
            is_shown = await forgetting_rows.is_shown(session, document_id)
        if found is None:
            return False
        if is_shown:
            await let_go(self._database, self._home, self._jobs, DOCUMENT)
        await self._index.delete_document(document_id)
        await asyncio.to_thread(originals.remove, self._home, owner_id, found.sha256)
        async with self._database.session() as session:
            is_shown = await forgetting_rows.is_shown(session, document_id)  # also to whoever asked meanwhile
            await forgetting_rows.erase_document(session, owner_id, document_id)
        if is_shown:
            await let_go(self._database, self._home, self._jobs, DOCUMENT)  # a run that began meanwhile has read it
        await self._database.forget_deleted()
        return True

    async def forget(self) -> None:
        """Leave no byte of what was erased: at once in the tables and in a small index, soon in a large one."""
        await self._database.forget_deleted()
        with suppress(TimeoutError):
            async with asyncio.timeout(FORGET_SECONDS):
                await self._index.forget_deleted()
