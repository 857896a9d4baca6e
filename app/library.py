"""What happens to a person's documents as a whole: taken in, replaced, removed. Knows no HTTP and no SQL of its own."""

import asyncio
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import StaleDataError

from app import collections, documents, job_rows, originals, quotas
from app.models import Document, Job
from app.originals import Incoming
from app.problems import Problem
from app.services import Services
from retrieval.types import document_id

Outcome = Literal["queued", "unchanged", "duplicate"]
NAME_LENGTH = 255


@dataclass(frozen=True)
class Added:
    """What became of an arrived file."""

    document: Document
    outcome: Outcome
    job_id: str | None


async def add(services: Services, owner_id: str, incoming: Incoming, name: str, source: str | None) -> Added:
    """Make an arrived file a document of this owner, with a job that indexes it unless it is indexed already.

    A document that came from the same `source` with other bytes is replaced once the new one is indexed. Raises
    Problem 409 where the same document is just being deleted.
    """
    added = await enter(services, owner_id, incoming, name, source)
    if added.outcome == "queued" and added.job_id:
        await services.jobs.submit(added.job_id)
    return added


async def enter(services: Services, owner_id: str, incoming: Incoming, name: str, source: str | None) -> Added:
    """The same for whoever does the job themselves: it is handed over to nobody."""
    shown = display_name(name)
    try:
        try:
            added, replaced = await _record(services, owner_id, incoming, shown, source)
        except IntegrityError:  # the same bytes arrived twice at once: the other one made the row
            added, replaced = await _record(services, owner_id, incoming, shown, source)
    except StaleDataError:  # its row went, and perhaps its file with it
        raise Problem(409, "the same file is being deleted at this moment: upload it again") from None
    if added.outcome != "queued":
        for old in replaced:
            await _erase(services, owner_id, old)
        if replaced:
            await services.sharing.settle()
    return added


async def _record(
    services: Services, owner_id: str, incoming: Incoming, name: str, source: str | None
) -> tuple[Added, list[str]]:
    identity = document_id(owner_id, incoming.sha256)
    async with services.database.session() as session:
        found = await documents.find(session, owner_id, identity)
        same_source = await documents.find_by_source(session, owner_id, source) if source else []
        leaving = [old for old in same_source if old.id != identity]
        replaced = [old.id for old in leaving]
        if found is None:
            await quotas.require_room(session, services.settings, owner_id, incoming.size, leaving)
        await asyncio.to_thread(originals.keep, services.home, owner_id, incoming)
        if found is None:
            found = Document(
                id=identity,
                owner_id=owner_id,
                sha256=incoming.sha256,
                name=name,
                source=source,
                title=name,
                size=incoming.size,
            )
        elif found.status == "indexed" and found.encoder_version == services.encoder.version:
            same = found.source == source if source else found.name == name
            await collections.inherit(session, owner_id, replaced, identity)
            return Added(found, "unchanged" if same else "duplicate", None), replaced
        elif live := await job_rows.live_job_of_document(session, owner_id, identity):
            return Added(found, "queued", live.id), []
        # New, failed before, interrupted, or indexed by another encoder: (again) from the beginning.
        found.status, found.reason, found.source = "queued", None, source or found.source
        arguments = {"document_id": identity, "replaces": replaced}
        job = Job(person_id=owner_id, kind="ingest", stage="queued", arguments=arguments)
        session.add(found)
        session.add(job)
        await session.flush()
        await collections.inherit(session, owner_id, replaced, identity)
    return Added(found, "queued", job.id), replaced


async def remove(services: Services, person_id: str, document: str) -> bool:
    """Remove a document with every trace of it; False if they know of none. Raises Problem 403 for another's, which
    sharing gives nobody into their hands."""
    async with services.database.session() as session:
        found = await documents.find_readable(session, person_id, document)
    if found and found.owner_id != person_id:
        raise Problem(
            403,
            f"{found.name} is another's, who alone may delete it: whoever manages the collection may take it out "
            "(DELETE /api/v1/collections/{id}/documents/{document})",
        )
    erased = found is not None and await _erase(services, person_id, document)
    if erased:
        await services.erasure.forget()
    return erased


async def _erase(services: Services, owner_id: str, document: str) -> bool:
    async with services.database.session() as session:
        live = await job_rows.live_job_of_document(session, owner_id, document)
    if live:
        await services.jobs.cancel(owner_id, live.id)
    return await services.erasure.erase(owner_id, document)


def display_name(name: str) -> str:
    """A file name fit to be shown: no folders, no control or direction-changing characters. Never used as a path."""
    last = PurePosixPath(name.replace("\\", "/")).name
    kept = "".join(letter for letter in last if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Cn"})
    return kept.strip()[:NAME_LENGTH] or "unnamed"
