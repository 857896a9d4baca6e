"""What operators look at: quality over time and by slices, what people complain about, the log of decisions."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from app import registry
from app.cursor import cursor_after, decode_cursor
from app.deps import ServicesDep, require_operator
from app.models import utc_now
from app.registry_rows import promotion_public
from app.schemas_quality import DecisionsPublic, QualityPublic, SliceBy, SlicesPublic, ThemesPublic

router = APIRouter(prefix="/api/v1/admin", tags=["admin"], dependencies=[Depends(require_operator)])

Days = Annotated[int, Query(ge=1, le=3660, description="The last so many days, today (UTC) included.")]


@router.get("/metrics")
async def read_metrics(services: ServicesDep, days: Days = 30) -> QualityPublic:
    """How good the answers were, a bucket a day, or a week where there are many days, with 95 % intervals. What is said
    of an answer later counts on the day on which it was asked for."""
    return await services.quality.over_time(days, utc_now())


@router.get("/metrics/slices")
async def read_slices(
    services: ServicesDep, by: SliceBy, days: Days = 30, limit: Annotated[int, Query(ge=1, le=1000)] = 50
) -> SlicesPublic:
    """The same days by what was shown (document, source) or by what answered (version, or one kind of model)."""
    return await services.quality.slices(by, days, limit, utc_now())


@router.get("/themes")
async def read_themes(
    services: ServicesDep, days: Days = 30, examples: Annotated[int, Query(ge=0, le=20)] = 3
) -> ThemesPublic:
    """What people complained about: votes down, sources called wrong, dissatisfied next messages, questions that were
    declined, with those that say much the same together. Words are shown only of people who agreed to it."""
    return await services.themes.read(days, examples, utc_now())


@router.get("/decisions")
async def read_decisions(
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> DecisionsPublic:
    """Every promotion, refusal and rollback with its reasons and the gate's figures, newest first."""
    async with services.database.session() as session:
        found = await registry.decision_page(session, limit + 1, decode_cursor(cursor))
    return DecisionsPublic(
        items=[promotion_public(one) for one in found[:limit]],
        next_cursor=cursor_after(found, limit, lambda one: (one.created_at, one.id)),
    )
