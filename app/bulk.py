"""Many files at once: the machines of a cluster read them, and this process takes them into the home. Knows no engine.

The files lie in the home before anything is read, so its folder has to be there on all machines. A command that is
killed loses nothing: its jobs are done by whatever process works in this home next.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app import library, people
from app.auth import OWNER_EMAIL, normal_email
from app.cluster import ClusterError, spread, told
from app.ingest import Ingest
from app.opening import open_services
from app.originals import BATCH
from app.problems import Problem
from app.reading import OwnReader
from app.receiving import receiving
from app.services import Services
from app.settings import Settings
from retrieval.ports import LoadError, LoadFailure, Vectors
from retrieval.types import LoadedDocument, Passage


@dataclass(frozen=True)
class Original:
    """A file in the home, to be read there."""

    path: Path
    name: str
    document_id: str
    job_id: str
    entry: dict[str, Any]  # what is reported of it


@dataclass(frozen=True)
class Read:
    """What another machine read: a Reader that has been asked already."""

    version: str
    found: tuple[LoadedDocument, Sequence[Passage]] | None
    vectors: Vectors | None = None
    refused: tuple[LoadFailure, str] | None = None

    async def read(self, path: Path, name: str, document_id: str) -> tuple[LoadedDocument, Sequence[Passage]]:  # noqa: ARG002 - it was read
        if self.found is None:
            assert self.refused is not None
            raise LoadError(*self.refused)
        return self.found

    async def encode(self, passages: Sequence[Passage]) -> Vectors:
        assert self.vectors is not None
        return self.vectors[[passage.position for passage in passages]]


class ReadingThere:
    """What reads on a machine of the cluster."""

    def __init__(self, reader: OwnReader) -> None:
        self._reader = reader

    async def do(self, file: Original) -> Read:
        try:
            found = await self._reader.read(file.path, file.name, file.document_id)
        except LoadError as error:
            return Read(self._reader.version, None, refused=(error.status, error.reason))
        return Read(self._reader.version, found, await self._reader.encode(found[1]))


async def begin_there(settings: Settings) -> ReadingThere:
    from app import adapters
    from retrieval.passages import Cutter

    encoder = adapters.make_encoder(settings)
    return ReadingThere(OwnReader(adapters.make_loader(settings), encoder, Cutter(encoder)))


async def ingest(settings: Settings, email: str | None, files: Sequence[Path], address: str | None) -> dict[str, Any]:
    """The figures of `attune ingest`. Raises ClusterError, HomeBusyError where a server works in this home alone, and
    what `open_services` raises."""
    started = time.perf_counter()
    async with open_services(settings, works=False, warm=False) as services:
        owner_id = await _owner(services, email)
        entries, originals = [], []
        for path in files:
            entry, original = await _enter(services, owner_id, path)
            entries.append(entry)
            originals += [original] if original else []
        async for place, read in spread(address, partial(begin_there, told(settings)), originals):
            await _take_in(services, originals[place], read)
    return {"files": entries, "seconds": round(time.perf_counter() - started, 3)}


async def _owner(services: Services, email: str | None) -> str:
    wanted = normal_email(email or OWNER_EMAIL)
    if wanted == OWNER_EMAIL:
        return (await services.auth.ensure_owner()).id
    async with services.database.session() as session:
        person = await people.find_person(session, wanted)
    if person is None:
        raise ClusterError(f"nobody here is called {wanted}: `attune user list` says who there is")
    return person.id


async def _enter(services: Services, owner_id: str, path: Path) -> tuple[dict[str, Any], Original | None]:
    """The file in the home, as a document that waits to be read unless it is there already."""
    entry: dict[str, Any] = {"path": str(path), "status": "unreadable", "reason": None, "passages": 0}
    try:
        file = await asyncio.to_thread(path.open, "rb")
    except OSError as error:
        return entry | {"reason": f"cannot be read from disk ({error.strerror})"}, None
    try:
        with file, receiving(services.home, services.settings.max_upload_bytes) as receiver:
            while piece := await asyncio.to_thread(file.read, BATCH):
                await receiver.write(piece)
            added = await library.enter(services, owner_id, await receiver.finish(), path.name, str(path))
    except Problem as problem:
        if problem.status == 413:
            return entry | {"status": "too_large", "reason": problem.detail}, None
        raise ClusterError(f"{path}: {problem.detail}") from None
    document = added.document
    entry |= {"document": document.name, "document_id": document.id}
    if added.job_id is None:
        here = f"its content is here already, as {document.name}"
        reason = here if added.outcome == "duplicate" else document.reason
        return entry | {"status": added.outcome, "reason": reason, "passages": document.passages}, None
    lies = services.home.original(owner_id, document.sha256)
    return entry, Original(lies, document.name, document.id, added.job_id, entry)


async def _take_in(services: Services, original: Original, read: Read) -> None:
    if read.version != services.encoder.version:
        raise ClusterError(
            f"the cluster encodes with {read.version}, and this home with {services.encoder.version}: install the same "
            "version of Attune on all machines"
        )
    home = (services.database, services.home, read, services.index, services.erasure, services.sharing)
    job = await services.jobs.perform(original.job_id, Ingest(*home).run)
    cancelled = "it was deleted while it was read" if job is None or job.state == "cancelled" else None
    original.entry.update((job and job.result) or {"reason": cancelled or (job and job.error)})
