"""Who may be forgotten, the order to do it, and waiting for its end. Erases nothing itself."""

import asyncio

from app import audit, forgetting_rows, job_rows
from app.auth import OWNER_EMAIL
from app.forgetting_rows import KIND
from app.models import Job, Person
from app.problems import Problem
from app.services import Services

LOOK_SECONDS = 0.05


async def order(services: Services, person: Person, keeper: Person) -> Job:
    """The job, kept by `keeper`, that forgets `person`; it goes on after any crash. A second order is the first one.

    Raises Problem 409 for whom the home cannot be without.
    """
    async with services.database.session() as session:
        if person.email == OWNER_EMAIL:
            detail = (
                f"{OWNER_EMAIL} owns this home, and every command speaks as them: to erase all of it, stop Attune and "
                "delete the home's folder"
            )
            raise Problem(409, detail)
        if person.role == "admin" and await forgetting_rows.other_admin(session, person.id) is None:
            raise Problem(409, "this is the last admin of the home: `attune user add --role admin` makes another first")
        job = await forgetting_rows.live_order(session, person.id)
        if job is None:
            job = Job(kind=KIND, person_id=keeper.id, stage="queued", arguments={"person_id": person.id})
        job.person_id = keeper.id
        session.add(job)
    await services.jobs.submit(job.id)
    audit.note("erasure ordered", person=person.id, by=keeper.id)
    return job


async def ended(services: Services, job: Job, patience: float) -> bool:
    """Wait for the job's end; False if that took longer than `patience` seconds, and goes on."""
    try:
        async with asyncio.timeout(patience):
            while await _is_live(services, job):  # noqa: ASYNC110 (it may run in another process)
                await asyncio.sleep(LOOK_SECONDS)
    except TimeoutError:
        return False
    return True


async def _is_live(services: Services, job: Job) -> bool:
    async with services.database.session() as session:
        now = await job_rows.find_job(session, job.person_id, job.id)
    return now is not None and now.state in job_rows.LIVE
