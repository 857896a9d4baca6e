"""Passages that wait for a label, for operators: only what people who agreed to it were shown."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app import annotation_labels, annotation_queue, audit
from app.deps import CurrentPerson, ServicesDep, require_operator
from app.schemas import Identifier
from app.schemas_training import (
    AnnotationCreate,
    AnnotationPublic,
    AnnotationQueuePublic,
    ModelLabelsCreate,
    ModelLabelsPublic,
    Route,
)

router = APIRouter(prefix="/api/v1/admin/annotation-queue", tags=["admin"], dependencies=[Depends(require_operator)])


@router.get("")
async def read_queue(
    services: ServicesDep, route: Route = "operator", limit: Annotated[int, Query(ge=1, le=200)] = 20
) -> AnnotationQueuePublic:
    """What is worth a look, the most worth first: where people, models and the selector disagree, and close calls that
    are shown often. `route=model`: what `attune annotate` may label instead."""
    async with services.database.session() as session:
        return await annotation_queue.queue(session, route, limit)


@router.post("/labels")
async def take_labels(body: ModelLabelsCreate, person: CurrentPerson, services: ServicesDep) -> ModelLabelsPublic:
    """Put a language model's labels of passages into the log, where `attune train --from-log` finds them. They fill in
    where nobody has judged: a word of a person or an operator stands, now and later. Safe to send again."""
    async with services.database.session() as session:
        taken = await annotation_labels.take(session, body)
    audit.note("passage labelled", by=person.id, method=body.method, kept=taken.kept)
    return taken


@router.post("/{exposure_id}", status_code=201)
async def annotate(
    exposure_id: Identifier, body: AnnotationCreate, person: CurrentPerson, services: ServicesDep
) -> AnnotationPublic:
    """Say whether a passage helps to answer its question; `skip` puts it away, and takes back what was said of it. The
    last word counts."""
    async with services.database.session() as session:
        label = await annotation_queue.annotate(session, exposure_id, body.utility, person.id)
        label_id = label.id if label else None
    audit.note("passage labelled", by=person.id, exposure=exposure_id)
    return AnnotationPublic(exposure_id=exposure_id, said=body.utility, label_id=label_id)
