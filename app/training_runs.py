"""Training from the log, ordered and cancelled; what a run does is in app/training_runs_work.py. Knows no HTTP."""

from app import audit, training_runs_rows
from app.db import Database
from app.jobs import Jobs
from app.models import Job, new_id
from app.models_training import TrainingRun
from app.problems import Problem, not_found
from app.schemas_training import TrainingRunCreate

KIND = "train"


async def start(database: Database, jobs: Jobs, keeper: str, asked: TrainingRunCreate, by: str | None) -> TrainingRun:
    """Order a run. Its job is kept by `keeper`; `by` None: the policy began it. It goes on after any crash.

    Raises Problem 409 where one of the kind is under way.
    """
    async with database.session() as session:
        if await training_runs_rows.live(session, asked.kind):
            raise Problem(
                409, f"the {asked.kind} is being trained already: wait until that run has ended, or cancel it"
            )
        run = TrainingRun(
            id=new_id(), job_id=new_id(), trigger="manual" if by else "policy", started_by=by, **asked.model_dump()
        )
        job = Job(id=run.job_id, person_id=keeper, kind=KIND, stage="queued", arguments={"run_id": run.id})
        session.add_all([run, job])
    await jobs.submit(job.id)
    audit.note("training started", by=by, run=run.id, kind=run.kind)
    return run


async def cancel(database: Database, jobs: Jobs, run_id: str, by: str) -> None:
    """Stop a run: on return its process is gone, where it ran here. Raises Problem 404, and 409 where it had ended."""
    async with database.session() as session:
        found = await training_runs_rows.find(session, run_id)
        if found is None:
            raise not_found("training run", run_id)
        if not await training_runs_rows.end(session, run_id, "cancelled"):
            raise Problem(409, "the run has ended already")
        job = await session.get(Job, found[0].job_id)
    if job is not None:
        await jobs.cancel(job.person_id, job.id)  # which clears away what it worked with
    audit.note("training cancelled", by=by, run=run_id)
