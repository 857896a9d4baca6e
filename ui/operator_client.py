"""What operators ask of the API, typed by app.schemas_*. Renders nothing."""

import asyncio
from collections.abc import Iterable

from app.schemas_comparisons import ComparisonsPublic
from app.schemas_models import ModelsPublic, VersionDetail
from app.schemas_quality import DecisionsPublic, QualityPublic, SliceBy, SlicesPublic, ThemesPublic
from app.schemas_satisfaction import SatisfactionPublic
from app.schemas_training import (
    AnnotationQueuePublic,
    AnnouncementsPublic,
    TrainingPolicyPublic,
    TrainingRunDetail,
    TrainingRunsPublic,
)
from ui.client import ApiClient

_ADMIN = "/api/v1/admin"


class OperatorClient:
    """One operator's view of the API, over the connection of an `ApiClient`; every call raises ApiError."""

    def __init__(self, person: ApiClient) -> None:
        self._api = person._api

    async def quality(self, days: int) -> QualityPublic:
        return await self._api.get(f"{_ADMIN}/metrics", QualityPublic, {"days": days})

    async def slices(self, by: SliceBy, days: int, limit: int) -> SlicesPublic:
        return await self._api.get(f"{_ADMIN}/metrics/slices", SlicesPublic, {"by": by, "days": days, "limit": limit})

    async def comparisons(self) -> ComparisonsPublic:
        return await self._api.get(f"{_ADMIN}/comparisons", ComparisonsPublic)

    async def satisfaction(self) -> SatisfactionPublic:
        return await self._api.get(f"{_ADMIN}/satisfaction", SatisfactionPublic)

    async def themes(self, days: int) -> ThemesPublic:
        return await self._api.get(f"{_ADMIN}/themes", ThemesPublic, {"days": days})

    async def queue(self, limit: int) -> AnnotationQueuePublic:
        return await self._api.get(f"{_ADMIN}/annotation-queue", AnnotationQueuePublic, {"limit": limit})

    async def runs(self, cursor: str | None, limit: int) -> TrainingRunsPublic:
        return await self._api.get(f"{_ADMIN}/training-runs", TrainingRunsPublic, {"cursor": cursor, "limit": limit})

    async def run(self, run_id: str) -> TrainingRunDetail:
        return await self._api.get(f"{_ADMIN}/training-runs/{run_id}", TrainingRunDetail)

    async def news(self) -> AnnouncementsPublic:
        return await self._api.get(f"{_ADMIN}/announcements", AnnouncementsPublic)

    async def policy(self) -> TrainingPolicyPublic:
        return await self._api.get(f"{_ADMIN}/training-policy", TrainingPolicyPublic)

    async def models(self) -> ModelsPublic:
        return await self._api.get(f"{_ADMIN}/models", ModelsPublic)

    async def versions(self, ids: Iterable[str]) -> dict[str, VersionDetail]:
        """Each in full, in the order that they are asked for."""
        found = await asyncio.gather(*(self._api.get(f"{_ADMIN}/models/{one}", VersionDetail) for one in ids))
        return {one.id: one for one in found}

    async def decisions(self, cursor: str | None, limit: int) -> DecisionsPublic:
        return await self._api.get(f"{_ADMIN}/decisions", DecisionsPublic, {"cursor": cursor, "limit": limit})
