"""Training from the log, for operators: runs with their curves, and the policy that begins them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app import announcing, training_runs, training_runs_rows
from app.cursor import cursor_after, decode_cursor
from app.deps import CurrentPerson, ServicesDep, require_operator
from app.models import Promotion
from app.models_training import TrainingRun
from app.problems import not_found
from app.schemas import Identifier
from app.schemas_training import (
    AnnouncementsPublic,
    AnnouncementsSeenUpdate,
    CurvePoint,
    Outcome,
    TrainingPolicyPublic,
    TrainingPolicyUpdate,
    TrainingRunCreate,
    TrainingRunDetail,
    TrainingRunPublic,
    TrainingRunsPublic,
)

router = APIRouter(prefix="/api/v1/admin", tags=["admin"], dependencies=[Depends(require_operator)])


@router.get("/training-runs")
async def read_runs(
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> TrainingRunsPublic:
    """Every training from the log, newest first."""
    async with services.database.session() as session:
        found = await training_runs_rows.page(session, limit + 1, decode_cursor(cursor))
    return TrainingRunsPublic(
        items=[_public(*one) for one in found[:limit]],
        next_cursor=cursor_after(found, limit, lambda one: (one[0].created_at, one[0].id)),
    )


@router.post("/training-runs", status_code=202)
async def start_run(body: TrainingRunCreate, person: CurrentPerson, services: ServicesDep) -> TrainingRunPublic:
    """Train from what people did with answers, beside the server and niced. The gate decides, by the questions in
    HOME/holdout, whether the new version answers."""
    run = await training_runs.start(services.database, services.jobs, person.id, body, person.id)
    return _public(run, None)


@router.get("/training-runs/{run_id}")
async def read_run(run_id: Identifier, services: ServicesDep) -> TrainingRunDetail:
    """One run with its loss curve and its figures before and after."""
    async with services.database.session() as session:
        found = await training_runs_rows.find(session, run_id)
    if found is None:
        raise not_found("training run", run_id)
    run, decided = found
    return TrainingRunDetail(
        **_public(run, decided).model_dump(),
        **run.model_dump(include={"before", "after", "holdout"}),
        curve=[CurvePoint.model_validate(point) for point in run.curve],
    )


@router.delete("/training-runs/{run_id}", status_code=204)
async def cancel_run(run_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """Stop a run; its process is killed."""
    await training_runs.cancel(services.database, services.home, services.jobs, run_id, person.id)
    return Response(status_code=204)


@router.get("/announcements")
async def read_announcements(person: CurrentPerson, services: ServicesDep) -> AnnouncementsPublic:
    """Runs that ended since you last said that you have seen it, newest first."""
    async with services.database.session() as session:
        return await announcing.unseen(session, person.id)


@router.post("/announcements/seen", status_code=204)
async def see_announcements(body: AnnouncementsSeenUpdate, person: CurrentPerson, services: ServicesDep) -> Response:
    """You have seen what ended until then."""
    async with services.database.session() as session:
        await announcing.mark_seen(session, person.id, body)
    return Response(status_code=204)


@router.get("/training-policy")
async def read_policy(services: ServicesDep) -> TrainingPolicyPublic:
    """When a run begins without being told to, and what it still waits for."""
    return await services.training.read()


@router.patch("/training-policy")
async def change_policy(
    body: TrainingPolicyUpdate, person: CurrentPerson, services: ServicesDep
) -> TrainingPolicyPublic:
    """Change when a run begins; what is not given stays as it is."""
    await services.training.change(body, person.id)
    return await services.training.read()


def _public(run: TrainingRun, decided: Promotion | None) -> TrainingRunPublic:
    fields = run.model_dump(include=set(TrainingRunPublic.model_fields))
    outcome: Outcome | None = ("promoted" if decided.accepted else "refused") if decided else None
    return TrainingRunPublic(**fields, outcome=outcome, reasons=decided.reasons if decided else [])
