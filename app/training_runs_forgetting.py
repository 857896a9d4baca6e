"""What erasing a person or a document takes of training: runs under way, and every log that one of them reads."""

from app import training_runs_rows
from app.db import Database
from app.home import Home
from app.jobs import Jobs
from app.models import Job
from app.training_runs_work import clear

PERSON, DOCUMENT = "somebody in its log was forgotten", "a document that its log quotes was erased"


async def let_go(database: Database, home: Home, jobs: Jobs, why: str = PERSON) -> None:
    """End every run and remove its log: who or what goes may be in it. What the runs learn then is of the others."""
    async with database.session() as session:
        runs = await training_runs_rows.live(session)
        keepers = [(run, await session.get(Job, run.job_id)) for run in runs]
    for run, job in keepers:
        async with database.session() as session:
            await training_runs_rows.end(session, run.id, "failed", error=f"{why}: start it again")
        if job is not None:
            await jobs.cancel(job.person_id, job.id)
    await clear(home, None)
