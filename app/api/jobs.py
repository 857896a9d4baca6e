"""Jobs: how far one is, as an answer or as a stream, and stopping it."""

import asyncio
from collections.abc import AsyncIterator

from fastapi import APIRouter, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from app import job_rows
from app.deps import CurrentPerson, ServicesDep
from app.models import Job
from app.problems import Problem, not_found
from app.schemas import Identifier, JobPublic
from app.services import Services

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

LOOK_SECONDS = 0.25  # between looks at the row: the job may run in another process


@router.get("/{job_id}")
async def read(job_id: Identifier, person: CurrentPerson, services: ServicesDep) -> JobPublic:
    """How far the job is, and what came of it."""
    return await _mine(services, person.id, job_id)


@router.get("/{job_id}/events")
async def follow(job_id: Identifier, person: CurrentPerson, services: ServicesDep) -> EventSourceResponse:
    """The job as server-sent events `job` whenever it changes, until it has ended."""
    first = await _mine(services, person.id, job_id)
    return EventSourceResponse(_changes(services, person.id, first), headers={"Cache-Control": "no-store"})


@router.delete("/{job_id}", status_code=204)
async def cancel(job_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """Stop the job."""
    await _mine(services, person.id, job_id)
    if not await services.jobs.cancel(person.id, job_id):
        raise Problem(409, "the job has ended already")
    return Response(status_code=204)


async def _changes(services: Services, person_id: str, job: JobPublic) -> AsyncIterator[ServerSentEvent]:
    yield ServerSentEvent(event="job", data=job.model_dump_json())
    while job.state in job_rows.LIVE and not services.under_way.stopped:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            now = await _mine(services, person_id, job.id)
        except Problem:  # deleted together with its document
            return
        if now != job:
            job = now
            yield ServerSentEvent(event="job", data=job.model_dump_json())


async def _mine(services: Services, person_id: str, job_id: str) -> JobPublic:
    async with services.database.session() as session:
        found: Job | None = await job_rows.find_job(session, person_id, job_id)
    if found is None:
        raise not_found("job", job_id)
    return JobPublic(**found.model_dump(include=set(JobPublic.model_fields)))
