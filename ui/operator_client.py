"""What operators ask of the API, typed by app.schemas_quality, schemas_training and schemas_models. Renders nothing."""

from app.schemas_models import ModelsPublic, VersionDetail
from app.schemas_quality import DecisionsPublic, QualityPublic, SliceBy, SlicesPublic, ThemesPublic
from app.schemas_training import AnnotationQueuePublic, TrainingPolicyPublic, TrainingRunDetail, TrainingRunsPublic
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

    async def themes(self, days: int) -> ThemesPublic:
        return await self._api.get(f"{_ADMIN}/themes", ThemesPublic, {"days": days})

    async def queue(self, limit: int) -> AnnotationQueuePublic:
        return await self._api.get(f"{_ADMIN}/annotation-queue", AnnotationQueuePublic, {"limit": limit})

    async def runs(self, cursor: str | None, limit: int) -> TrainingRunsPublic:
        return await self._api.get(f"{_ADMIN}/training-runs", TrainingRunsPublic, {"cursor": cursor, "limit": limit})

    async def run(self, run_id: str) -> TrainingRunDetail:
        return await self._api.get(f"{_ADMIN}/training-runs/{run_id}", TrainingRunDetail)

    async def policy(self) -> TrainingPolicyPublic:
        return await self._api.get(f"{_ADMIN}/training-policy", TrainingPolicyPublic)

    async def models(self) -> ModelsPublic:
        return await self._api.get(f"{_ADMIN}/models", ModelsPublic)

    async def version(self, version: str) -> VersionDetail:
        return await self._api.get(f"{_ADMIN}/models/{version}", VersionDetail)

    async def decisions(self, cursor: str | None, limit: int) -> DecisionsPublic:
        return await self._api.get(f"{_ADMIN}/decisions", DecisionsPublic, {"cursor": cursor, "limit": limit})
