"""GET /metrics for Prometheus; who may read it is a setting."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app import metrics_rows, training_runs_rows
from app.deps import ServicesDep, get_person, require_role
from app.metrics import MEDIA_TYPE
from app.problems import Problem

router = APIRouter(tags=["health"])

_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {}}}}


@router.get("/metrics", response_class=Response, responses=_TEXT)
async def read(request: Request, services: ServicesDep) -> Response:
    """Numbers of this process and of its home in Prometheus' text form, for operators; ATTUNE_METRICS says otherwise:
    `open` lets everybody read who reaches this port, `off` nobody."""
    if services.settings.metrics == "off":
        raise Problem(404, "ATTUNE_METRICS is off: set it to operators or open")
    if services.settings.metrics == "operators":
        require_role(await get_person(request, services), "operator")
    async with services.database.session() as session:
        jobs, documents = await metrics_rows.jobs(session), await metrics_rows.documents(session)
        runs = await training_runs_rows.counts(session)
    text = services.metrics.exposition(jobs, documents, runs, services.serving.now.versions)
    return Response(text, media_type=MEDIA_TYPE)
