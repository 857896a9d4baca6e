"""Trained models, for operators: what `attune models` speaks to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from app import audit
from app.deps import CurrentPerson, ServicesDep, require_operator
from app.problems import Problem
from app.promotions import PromotionConflictError, UnknownVersionError
from app.schemas_models import ModelsPublic, Moved, Rollback, Verdict, VersionDetail
from app.versions import VersionError

router = APIRouter(prefix="/api/v1/admin/models", tags=["admin"], dependencies=[Depends(require_operator)])

VersionId = Annotated[str, Path(max_length=80)]


@router.get("")
async def read_models(services: ServicesDep) -> ModelsPublic:
    """What answers for each kind, and every trained version in this home."""
    return await services.promotions.overview()


@router.get("/{version}")
async def read_model(version: VersionId, services: ServicesDep) -> VersionDetail:
    """One version: its manifest, its files, and every decision on it with the gate's report."""
    try:
        return await services.promotions.show(version)
    except UnknownVersionError as error:
        raise _unknown(error) from None


@router.post("/{version}/promote")
async def promote(version: VersionId, body: Verdict, person: CurrentPerson, services: ServicesDep) -> Moved:
    """Write what the gate found. Accepted, the version answers from the next turn on; refused, its reasons are kept."""
    try:
        moved = await services.promotions.decide(version, body)
    except UnknownVersionError as error:
        raise _unknown(error) from None
    except PromotionConflictError as error:
        raise Problem(409, str(error), title="Another champion") from None
    except (VersionError, FileNotFoundError, ValueError) as error:
        raise Problem(422, str(error), title="The version cannot be used") from None
    audit.note("model promoted" if body.accepted else "model refused", by=person.id, version=version)
    return moved


@router.post("/rollback")
async def roll_back(body: Rollback, person: CurrentPerson, services: ServicesDep) -> Moved:
    """Let the version before the champion of a kind answer again."""
    try:
        moved = await services.promotions.rollback(body.kind)
    except PromotionConflictError as error:
        raise Problem(409, str(error), title="Nothing to roll back") from None
    except (VersionError, FileNotFoundError, ValueError) as error:
        raise Problem(422, str(error), title="The version cannot be used") from None
    audit.note("model rolled back", by=person.id, version=moved.promotion.version_id)
    return moved


def _unknown(error: UnknownVersionError) -> Problem:
    return Problem(404, str(error), title="Unknown version")
