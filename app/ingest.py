"""The ingest job: original -> text -> passages -> vectors -> index. Safe to repeat from its beginning at any moment."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app import access, documents
from app.db import Database
from app.erasure import Erasure
from app.home import Home
from app.jobs import JobCancelledError, Progress, Result
from app.models import Document
from app.reading import Reader
from app.sharing import Sharing
from retrieval.ports import LoadError, PassageIndex, Vectors
from retrieval.types import LoadedDocument, Passage

SLICE = 256  # passages encoded between two reports of progress


@dataclass(frozen=True)
class Ingest:
    """The ports that reading a document into the index needs."""

    database: Database
    home: Home
    reader: Reader
    index: PassageIndex
    erasure: Erasure
    sharing: Sharing

    async def run(self, progress: Progress) -> Result:
        """Index the document of this job. A file that cannot be read is an outcome, not an error."""
        document = await self._begin(progress)
        try:
            original = self.home.original(document.owner_id, document.sha256)
            loaded, passages = await self.reader.read(original, document.name, document.id)
        except LoadError as error:
            await self._refuse(document, error)
            return {"status": error.status, "reason": error.reason, "passages": 0}
        vectors = await self._encode(progress, document, passages)
        await self._write(document, passages, vectors)
        await self._acknowledge(document, loaded, len(passages))
        for replaced in progress.job.arguments.get("replaces", []):
            await self.erasure.erase(document.owner_id, replaced)
        return {"status": "indexed", "reason": loaded.note, "passages": len(passages)}

    async def _begin(self, progress: Progress) -> Document:
        owner, identity = progress.job.person_id, progress.job.arguments["document_id"]
        async with self.database.session() as session:
            await progress.tell_in(session, "reading")
            document = await documents.change(session, owner, identity, status="reading", reason=None)
        if document is None:
            raise JobCancelledError(progress.job.id)
        return document

    async def _refuse(self, document: Document, error: LoadError) -> None:
        """Say why; what was read before, by this encoder, goes on answering."""
        if document.passages and document.encoder_version == self.reader.version:
            kept = f"it could not be read again, and what was read before is kept: {error.reason}"
            await self._set(document, status="indexed", reason=kept)
        else:
            await self._set(document, status=error.status, reason=error.reason)

    async def _encode(self, progress: Progress, document: Document, passages: Sequence[Passage]) -> Vectors:
        parts = []
        for start in range(0, len(passages), SLICE):
            if len(passages) > SLICE:  # a short document is encoded before anybody could read that it is being encoded
                await self._tell_encoding(progress, document, start, len(passages))
            parts.append(await self.reader.encode(passages[start : start + SLICE]))
        return np.concatenate(parts)

    async def _write(self, document: Document, passages: Sequence[Passage], vectors: Vectors) -> None:
        """With the readers of this moment; `sharing` makes up for a change that comes between."""
        async with self.database.session() as session:
            now = await documents.find(session, document.owner_id, document.id)
            readers = await access.readers(session, [document.id])
        if now is None:
            raise JobCancelledError(document.id)
        document.readers_version = now.readers_version
        await _whole(self.index.replace_document(document.id, passages, vectors, readers[document.id]))

    async def _tell_encoding(self, progress: Progress, document: Document, done: int, total: int) -> None:
        if done == 0:
            await self._set(document, status="encoding")
        await progress.tell("encoding", done, total)

    async def _acknowledge(self, document: Document, loaded: LoadedDocument, passages: int) -> None:
        try:
            await self._set(
                document,
                status="indexed",
                reason=loaded.note,
                title=loaded.title or document.name,
                media_type=loaded.media_type,
                pages=loaded.pages,
                passages=passages,
                encoder_version=self.reader.version,
                readers_indexed=document.readers_version,
            )
        except JobCancelledError:  # deleted while we were writing: what we wrote must go, too
            await _whole(self.index.delete_document(document.id))
            raise

    async def _set(self, document: Document, **values: Any) -> None:
        async with self.database.session() as session:
            changed = await documents.change(session, document.owner_id, document.id, **values)
        if changed is None:
            raise JobCancelledError(document.id)
        if changed.readers_version != changed.readers_indexed and changed.status == "indexed":
            await self.sharing.settle()


async def _whole(writing: Coroutine[Any, Any, None]) -> None:
    """Let a write to the index come to its end even if we are cancelled: whoever cancels may delete next."""
    task = asyncio.ensure_future(writing)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
