"""Edits: rewrite an answer, see what came of it, undo what was learned."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app import edits, turns
from app.deps import CurrentPerson, ServicesDep
from app.editing import edit_answer, edits_public, undo
from app.problems import not_found
from app.schemas import Identifier
from app.schemas_preferences import AnswerEdit, EditPublic, EditsPublic

router = APIRouter(prefix="/api/v1", tags=["edits"])

_NEW: dict[int | str, dict[str, Any]] = {201: {"model": EditPublic, "description": "A new edit"}}


@router.put("/turns/{turn_id}/answer", responses=_NEW)
async def rewrite(
    turn_id: Identifier, body: AnswerEdit, person: CurrentPerson, services: ServicesDep, response: Response
) -> EditPublic:
    """Put your own text in place of an answer. It is kept when this answers; learning from it comes after."""
    edited = await edit_answer(services, person.id, turn_id, body.text)
    response.status_code = 201 if edited.is_new else 200
    return (await edits_public(services, person.id, [edited.edit]))[0]


@router.get("/turns/{turn_id}/edits")
async def read_all(
    turn_id: Identifier,
    person: CurrentPerson,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> EditsPublic:
    """The edits of one answer, oldest first; each goes on from the text of the one before."""
    async with services.database.session() as session:
        if await turns.find_turn(session, person.id, turn_id) is None:
            raise not_found("turn", turn_id)
        found = list(await edits.of_turn(session, person.id, turn_id))
    start = next((place for place, edit in enumerate(found, 1) if edit.id == cursor), 0)
    shown = found[start : start + limit]
    more = shown[-1].id if start + limit < len(found) else None
    return EditsPublic(items=await edits_public(services, person.id, shown), next_cursor=more)


@router.get("/edits/{edit_id}")
async def read(edit_id: Identifier, person: CurrentPerson, services: ServicesDep) -> EditPublic:
    """One edit and what was learned from it; while `learning` is pending, ask again."""
    async with services.database.session() as session:
        found = await edits.find(session, person.id, edit_id)
    if found is None:
        raise not_found("edit", edit_id)
    return (await edits_public(services, person.id, [found]))[0]


@router.delete("/edits/{edit_id}/learned", status_code=204)
async def forget(edit_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """Undo: what this edit alone taught is gone at once, and it teaches nothing again. The text stays."""
    await undo(services, person.id, edit_id)
    return Response(status_code=204)
