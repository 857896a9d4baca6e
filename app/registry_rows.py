"""Rows of the registry as the REST door shows them."""

from collections.abc import Sequence
from typing import cast

from app.models import ModelVersion, Promotion
from app.schemas_models import Decision, Kind, PromotionPublic, VersionPublic


def version_public(row: ModelVersion, champion: bool, decided: Sequence[Promotion]) -> VersionPublic:
    found = next((_decision(one, row.id) for one in decided if row.id in (one.version_id, _left(one))), "none")
    return VersionPublic(
        id=row.id,
        kind=cast(Kind, row.kind),
        parent_id=row.parent_id,
        champion=champion,
        decision=cast(Decision, found),
        forgotten=row.forgotten,
        created_at=row.created_at,
    )


def _left(one: Promotion) -> str | None:
    """The version that a rollback went back from."""
    return one.previous_id if one.action == "rollback" else None


def _decision(one: Promotion, version_id: str) -> Decision:
    if not one.accepted:
        return "refused"
    return "promoted" if one.version_id == version_id else "rolled back"


def promotion_public(row: Promotion) -> PromotionPublic:
    return PromotionPublic.model_validate(row.model_dump())
