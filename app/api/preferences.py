"""Preferences: what was learned or stated about how you like answers; yours to see, change and delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app import edits, preferences, turns
from app.cursor import cursor_after, decode_cursor
from app.deps import CurrentPerson, ServicesDep
from app.editing import difference_public
from app.problems import not_found
from app.rules import split_rules
from app.schemas import Identifier
from app.schemas_preferences import (
    PreferenceCreate,
    PreferencePublic,
    PreferencesPublic,
    PreferenceUpdate,
    ProvenanceItem,
    ProvenancePublic,
    QuestionAnswer,
)
from app.stating import answer, change, preferences_public, state

router = APIRouter(prefix="/api/v1/preferences", tags=["preferences"])

Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("")
async def read_all(
    person: CurrentPerson, services: ServicesDep, limit: Limit = 50, cursor: str | None = None
) -> PreferencesPublic:
    """Your preferences, newest first."""
    async with services.database.session() as session:
        found = await preferences.page(session, person.id, limit + 1, decode_cursor(cursor))
    shown = found[:limit]
    more = cursor_after(found, limit, lambda one: (one.created_at, one.id))
    return PreferencesPublic(items=await preferences_public(services, person.id, shown), next_cursor=more)


@router.post("", status_code=201)
async def create(body: PreferenceCreate, person: CurrentPerson, services: ServicesDep) -> PreferencePublic:
    """Say how you like answers. `honoured` tells whether that can be done here."""
    stated = await state(services, person.id, body)
    return (await preferences_public(services, person.id, [stated]))[0]


@router.patch("/{preference_id}")
async def update(
    preference_id: Identifier, body: PreferenceUpdate, person: CurrentPerson, services: ServicesDep
) -> PreferencePublic:
    """Reword, narrow, pin or switch off a preference; it counts from the next question on."""
    changed = await change(services, person.id, preference_id, body)
    return (await preferences_public(services, person.id, [changed]))[0]


@router.post("/{preference_id}/answer", status_code=204)
async def answer_question(
    preference_id: Identifier, body: QuestionAnswer, person: CurrentPerson, services: ServicesDep
) -> Response:
    """Answer the question about a preference: it is narrowed, pinned, replaced or dropped accordingly."""
    await answer(services, person.id, preference_id, body.choice)
    return Response(status_code=204)


@router.delete("/{preference_id}", status_code=204)
async def remove(preference_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """Delete a preference with its effect. Only what you edit from now on can teach it again."""
    async with services.database.session() as session:
        if not await preferences.forget(session, person.id, preference_id):
            raise not_found("preference", preference_id)
        await preferences.changed(session, person.id)
    return Response(status_code=204)


@router.delete("", status_code=204)
async def remove_all(person: CurrentPerson, services: ServicesDep, keep_rules: bool = False) -> Response:
    """Delete all that was learned and stated; `keep_rules`: but for your standing rules on sources."""
    async with services.database.session() as session:
        rules = split_rules(await preferences.in_force(session, person.id))[0] if keep_rules else []
        await preferences.forget(session, person.id, keeping=[row.id for row, _ in rules])
        await preferences.changed(session, person.id)
    return Response(status_code=204)


@router.get("/{preference_id}/provenance")
async def provenance(
    preference_id: Identifier,
    person: CurrentPerson,
    services: ServicesDep,
    limit: Limit = 50,
    cursor: str | None = None,
) -> ProvenancePublic:
    """The edits that speak for and against a preference, newest first."""
    before = decode_cursor(cursor)
    async with services.database.session() as session:
        if await preferences.find(session, person.id, preference_id) is None:
            raise not_found("preference", preference_id)
        heard = await preferences.evidence_of(session, person.id, preference_id)
        known = await edits.by_id(session, person.id, heard)
        order = sorted(known.values(), key=lambda edit: (edit.created_at, edit.id), reverse=True)
        found = [edit for edit in order if before is None or (edit.created_at, edit.id) < before]
        asked = await turns.by_id(session, person.id, (edit.turn_id for edit in found[:limit]))
    items = [
        ProvenanceItem(
            edit_id=edit.id,
            turn_id=edit.turn_id,
            conversation_id=asked[edit.turn_id].conversation_id,
            question=asked[edit.turn_id].question,
            difference=await difference_public(edit),
            supports=heard[edit.id],
            created_at=edit.created_at,
        )
        for edit in found[:limit]
    ]
    more = cursor_after(found, limit, lambda one: (one.created_at, one.id))
    return ProvenancePublic(items=items, next_cursor=more)
