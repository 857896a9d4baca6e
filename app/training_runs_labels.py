"""How many labels people gave, by what they teach. Every count is of the people it is asked for."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import col, exists, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app import training_runs_pairs
from app.feedback import HELPS, OPENED, WITHDRAWN
from app.feedback_export import Format
from app.marks import MARKS, of_sources
from app.models import Exposure, Feedback, UtilityLabel
from app.schemas_training import FitMethod, TrainedKind

OPERATOR = "operator"  # the method of a UtilityLabel that an operator gave
# Fewer teach nothing that a gate could tell from noise (docs/decisions/022); a pair says more than one answer alone.
LEAST: Mapping[Format, int] = {"turns": 50, "dpo": 20, "kto": 50}


def form_of(kind: TrainedKind, method: FitMethod | None) -> Format:
    """The export that a run learns from."""
    return "turns" if kind != "generator" else method or "dpo"


async def count(
    session: AsyncSession, form: Format, people: Collection[str], since: datetime | None, enough: int | None = None
) -> int:
    """What an export in this form teaches: of turns, passages that these people judged, marked or opened, or operators
    labelled; of the others their rows. No more are counted than are `enough`.

    One passage of one answer counts once, however often it is judged; what was taken back does not count."""
    match form:
        case "dpo" | "kto":
            return await training_runs_pairs.count(session, form, people, since, enough)
    later = aliased(Feedback)
    is_taken_back = exists().where(
        col(later.exposure_id) == Feedback.exposure_id,
        col(later.kind) == WITHDRAWN,
        or_(
            col(later.created_at) > Feedback.created_at,
            (col(later.created_at) == Feedback.created_at) & (col(later.id) > Feedback.id),
        ),
    )
    stands = col(Feedback.kind).in_(OPENED) | (col(Feedback.kind).in_(HELPS) & ~is_taken_back)
    said = select(Feedback.exposure_id).where(col(Feedback.person_id).in_(people), stands)
    labelled = (
        select(UtilityLabel.exposure_id)
        .join(Exposure, col(Exposure.id) == UtilityLabel.exposure_id)
        .where(col(Exposure.person_id).in_(people), UtilityLabel.method == OPERATOR)
    )
    found = set[Any]()
    for query in (_after(said, Feedback.created_at, since), _after(labelled, UtilityLabel.created_at, since)):
        found |= set((await session.execute(query.distinct().limit(enough))).scalars())
        if enough is not None and len(found) >= enough:
            return enough
    found |= await _marked(session, people, since)
    return len(found) if enough is None else min(enough, len(found))


async def _marked(session: AsyncSession, people: Collection[str], since: datetime | None) -> set[str]:
    """Sources that marks on sentences speak of, and otherwise than they did at that time."""
    columns = (Feedback.turn_id, Feedback.created_at, Feedback.kind, Feedback.value)
    query = select(*columns).where(col(Feedback.person_id).in_(people), col(Feedback.kind).in_(MARKS))
    marks: dict[str, list[tuple[datetime, str, Any]]] = defaultdict(list)
    for turn_id, at, kind, value in (
        await session.exec(query.order_by(col(Feedback.created_at), col(Feedback.id)))
    ).all():
        marks[turn_id].append((at, kind, value))
    found = set[str]()
    for events in marks.values():
        before = of_sources((kind, value) for at, kind, value in events if since is not None and at <= since)
        now = of_sources((kind, value) for _, kind, value in events)
        found |= {source for source, helps in now.items() if before.get(source) is not helps}
    return found


def _after(query: Any, at: Any, since: datetime | None) -> Any:
    return query if since is None else query.where(col(at) > since)
