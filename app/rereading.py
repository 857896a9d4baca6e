"""Documents read again from their originals, by the same job that read them first. Knows no HTTP and no SQL of its own.

What was read before answers until the new text is whole, and stays where the new reading fails.
"""

import asyncio
from http import HTTPStatus

from app import documents, job_rows
from app.library import Added
from app.models import Document, Job
from app.problems import Problem, not_found
from app.services import Services


async def read_again(services: Services, owner_id: str, document_id: str) -> Added:
    """Have one document of this owner read again. Raises Problem 404, and 410 where its original is gone."""
    async with services.database.session() as session:
        found = await documents.find(session, owner_id, document_id)
        live = await job_rows.live_job_of_document(session, owner_id, document_id)
    if found is None:
        raise not_found("document", document_id)
    if live:
        return Added(found, "queued", live.id)
    if not await asyncio.to_thread(services.home.original(owner_id, found.sha256).exists):
        raise Problem(410, f"the original of {found.name} is gone: upload it again")
    async with services.database.session() as session:
        queued = await documents.change(session, owner_id, document_id, status="queued", reason=None)
        if queued is None:
            raise not_found("document", document_id)
        job = _job_of(queued)
        session.add(job)
    await services.jobs.submit(job.id)
    return Added(queued, "queued", job.id)


async def read_all_again(services: Services, owner_id: str) -> tuple[int, int]:
    """How many documents of this owner are read again now, those first that were longest left alone, and how many wait
    for another call because of the limit on uploads. Raises Problem 429 where not one may be."""
    async with services.database.session() as session:
        resting = await documents.resting(session, owner_id)
    for done, document_id in enumerate(resting):
        try:
            await services.limits.uploads.take(owner_id)
        except Problem as refused:
            if not done or refused.status != HTTPStatus.TOO_MANY_REQUESTS:
                raise
            return done, len(resting) - done
        try:
            await read_again(services, owner_id, document_id)
        except Problem as refused:  # deleted meanwhile, or its original is gone: the others are read
            if refused.status not in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
                raise
    return len(resting), 0


def _job_of(document: Document) -> Job:
    arguments = {"document_id": document.id, "replaces": []}
    return Job(person_id=document.owner_id, kind="ingest", stage="queued", arguments=arguments)
