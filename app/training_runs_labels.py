"""How many labels people gave, by what they teach. Every count is of the people it is asked for."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import col, exists, func, or_, select, union
from sqlmodel.ext.asyncio.session import AsyncSession

from app.feedback import HELPS, OPENED, WITHDRAWN
from app.models import Exposure, Feedback, UtilityLabel
from app.models_preferences import Edit
from app.schemas_training import TrainedKind

OPERATOR = "operator"  # the method of a UtilityLabel that an operator gave
# Fewer teach nothing that a gate could tell from noise (docs/decisions/022).
LEAST: Mapping[TrainedKind, int] = {"retriever": 50, "selector": 50, "generator": 20}


async def count(session: AsyncSession, kind: TrainedKind, people: Collection[str], since: datetime | None) -> int:
    """Passages that these people judged or opened, or operators labelled; of the generator, answers they rewrote.

    One passage of one answer counts once, however often it is judged; what was taken back does not count."""
    if kind == "generator":
        edited = select(func.count(func.distinct(Edit.turn_id))).where(col(Edit.person_id).in_(people))
        return (await session.exec(_after(edited, Edit.created_at, since))).one()
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
    both = union(_after(said, Feedback.created_at, since), _after(labelled, UtilityLabel.created_at, since)).subquery()
    return int((await session.execute(select(func.count()).select_from(both))).scalar_one())


def _after(query: Any, at: Any, since: datetime | None) -> Any:
    return query if since is None else query.where(col(at) > since)
