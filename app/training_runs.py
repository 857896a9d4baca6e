"""Training from the log, ordered and cancelled; what a run does is in app/training_runs_work.py. Knows no HTTP."""

from sqlalchemy.exc import IntegrityError

from app import audit, training_runs_rows
from app.db import Database
from app.home import Home
from app.jobs import Jobs
from app.models import Job, new_id
from app.models_training import TrainingRun
from app.problems import Problem, not_found
from app.schemas_training import TrainingRunCreate
from app.training_runs_work import clear

KIND = "train"


async def start(database: Database, jobs: Jobs, keeper: str, asked: TrainingRunCreate, by: str | None) -> TrainingRun:
    """Order a run. Its job is kept by `keeper`; `by` None: the policy began it. It goes on after any crash.

    Raises Problem 409 where one of the kind is under way.
    """
    wanted = asked.model_dump() | ({} if asked.kind == "generator" else {"method": None})
    run = TrainingRun(id=new_id(), job_id=new_id(), trigger="manual" if by else "policy", started_by=by, **wanted)
    job = Job(id=run.job_id, person_id=keeper, kind=KIND, stage="queued", arguments={"run_id": run.id})
    try:
        async with database.session() as session:
            if await training_runs_rows.live(session, asked.kind):
                raise _under_way(asked.kind)
            session.add_all([run, job])
    except IntegrityError:  # of two at the same moment the tables let one in
        raise _under_way(asked.kind) from None
    await jobs.submit(job.id)
    audit.note("training started", by=by, run=run.id, kind=run.kind)
    return run


async def cancel(database: Database, home: Home, jobs: Jobs, run_id: str, by: str) -> None:
    """Stop a run: on return its process is gone, where it ran here, and so is its log, also of a run that waited or
    was interrupted. Raises Problem 404, and 409 where it had ended."""
    async with database.session() as session:
        found = await training_runs_rows.find(session, run_id)
        if found is None:
            raise not_found("training run", run_id)
        if not await training_runs_rows.end(session, run_id, "cancelled"):
            raise Problem(409, "the run has ended already")
        job = await session.get(Job, found[0].job_id)
    if job is not None:
        await jobs.cancel(job.person_id, job.id)
    await clear(home, run_id)
    audit.note("training cancelled", by=by, run=run_id)


def _under_way(kind: str) -> Problem:
    return Problem(409, f"the {kind} is being trained already: wait until that run has ended, or cancel it")
