"""The calls of the HTTP client about edits and what is learned from them. Knows the routes, not what they mean."""

from pydantic import TypeAdapter

from app.schemas_memory import FactsPublic, RulesPublic
from app.schemas_preferences import (
    AnswerEdit,
    EditCostPoint,
    EditPublic,
    EditsPublic,
    PreferenceCreate,
    PreferencePublic,
    PreferencesPublic,
    PreferenceUpdate,
    ProvenancePublic,
)
from ui.connection import Connection

_COSTS = TypeAdapter(list[EditCostPoint])


class LearnedClient:
    """What ApiClient knows of a person's edits, preferences, facts and rules; every call raises ApiError."""

    _api: Connection

    async def edit_answer(self, turn_id: str, text: str) -> EditPublic:
        """Put the person's own text in place of an answer; what is learned from it is known later."""
        return await self._api.put(f"/api/v1/turns/{turn_id}/answer", AnswerEdit(text=text), EditPublic)

    async def edit(self, edit_id: str) -> EditPublic:
        return await self._api.get(f"/api/v1/edits/{edit_id}", EditPublic)

    async def edits(self, turn_id: str, cursor: str | None = None, limit: int | None = None) -> EditsPublic:
        """Of one answer, oldest first."""
        return await self._api.get(f"/api/v1/turns/{turn_id}/edits", EditsPublic, {"cursor": cursor, "limit": limit})

    async def forget_learned(self, edit_id: str) -> None:
        """Undo what was learned from an edit; the edit itself stays."""
        await self._api.send("DELETE", f"/api/v1/edits/{edit_id}/learned")

    async def preferences(self, cursor: str | None = None, limit: int | None = None) -> PreferencesPublic:
        return await self._api.get("/api/v1/preferences", PreferencesPublic, {"cursor": cursor, "limit": limit})

    async def state_preference(self, description: str, scope: str | None = None) -> PreferencePublic:
        body = PreferenceCreate(description=description, scope=scope)
        return await self._api.post("/api/v1/preferences", body, PreferencePublic)

    async def change_preference(self, preference_id: str, update: PreferenceUpdate) -> PreferencePublic:
        """What was not set in `update` stays as it is."""
        return await self._api.patch(f"/api/v1/preferences/{preference_id}", update, PreferencePublic)

    async def delete_preference(self, preference_id: str) -> None:
        await self._api.send("DELETE", f"/api/v1/preferences/{preference_id}")

    async def delete_preferences(self) -> None:
        """All of them, stated and learned."""
        await self._api.send("DELETE", "/api/v1/preferences")

    async def provenance(self, preference_id: str, cursor: str | None = None) -> ProvenancePublic:
        query = {"cursor": cursor}
        return await self._api.get(f"/api/v1/preferences/{preference_id}/provenance", ProvenancePublic, query)

    async def edit_cost(self) -> list[EditCostPoint]:
        """How much of each stretch of answers was rewritten, oldest first."""
        return _COSTS.validate_json((await self._api.send("GET", "/api/v1/me/edit-cost")).content)

    async def facts(self, cursor: str | None = None, limit: int | None = None) -> FactsPublic:
        return await self._api.get("/api/v1/me/facts", FactsPublic, {"cursor": cursor, "limit": limit})

    async def rules(self) -> RulesPublic:
        return await self._api.get("/api/v1/me/rules", RulesPublic)
