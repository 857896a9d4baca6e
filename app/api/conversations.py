"""Conversations: list, search, open, rename, delete, export, and which of several answers is shown."""

from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Response

from app import siblings, turns
from app.conversation_export import as_markdown, file_name
from app.cursor import cursor_after, decode_cursor
from app.deps import CurrentPerson, ServicesDep
from app.models import Conversation
from app.problems import not_found
from app.schemas import ConversationDetail, ConversationPublic, ConversationsPublic, Identifier
from app.schemas_conversations import ConversationCreate, ConversationUpdate
from app.turns_public import turn_public

router = APIRouter(prefix="/api/v1", tags=["conversations"])

_FILE: dict[int | str, dict[str, Any]] = {200: {"description": "A file to keep", "content": {"text/markdown": {}}}}


@router.post("/conversations", status_code=201)
async def create(body: ConversationCreate, person: CurrentPerson, services: ServicesDep) -> ConversationPublic:
    """Start an empty conversation."""
    async with services.database.session() as session:
        return _public(await turns.create_conversation(session, person.id, body.title or ""))


@router.get("/conversations")
async def read_all(
    person: CurrentPerson,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
    q: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = "",
) -> ConversationsPublic:
    """The person's conversations, last used first; with `q` those whose title, questions and answers hold its words."""
    async with services.database.session() as session:
        found = await turns.list_conversations(session, person.id, limit + 1, decode_cursor(cursor), q)
    shown = found[:limit]
    more = cursor_after(found, limit, lambda one: (one.updated_at, one.id))
    return ConversationsPublic(items=[_public(conversation) for conversation in shown], next_cursor=more)


@router.get("/conversations/{conversation_id}")
async def read(conversation_id: Identifier, person: CurrentPerson, services: ServicesDep) -> ConversationDetail:
    """A conversation with all its turns, their citations and every passage that was shown."""
    async with services.database.session() as session:
        conversation = await turns.find_conversation(session, person.id, conversation_id)
        if conversation is None:
            raise not_found("conversation", conversation_id)
        rows = await turns.list_turns(session, person.id, conversation_id)
        exposures = await turns.list_exposures(session, person.id, (turn.id for turn in rows))
    public = [turn_public(turn, exposures.get(turn.id, [])) for turn in rows]
    return ConversationDetail(**_public(conversation).model_dump(), turns=public)


@router.get("/conversations/{conversation_id}/export", response_model=ConversationDetail, responses=_FILE)
async def export(
    conversation_id: Identifier,
    person: CurrentPerson,
    services: ServicesDep,
    kind: Annotated[Literal["markdown", "json"], Query(alias="format")] = "markdown",
) -> Response:
    """The conversation as a file: questions, answers, and their sources with document, page and quotation."""
    conversation = await read(conversation_id, person, services)
    if kind == "json":
        content, media_type, ending = conversation.model_dump_json(indent=2), "application/json", "json"
    else:
        content, media_type, ending = as_markdown(conversation), "text/markdown; charset=utf-8", "md"
    name = quote(file_name(conversation.title, ending), safe="")
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{name}",
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=media_type, headers=headers)


@router.patch("/conversations/{conversation_id}")
async def rename(
    conversation_id: Identifier, body: ConversationUpdate, person: CurrentPerson, services: ServicesDep
) -> ConversationPublic:
    """Give the conversation another title."""
    async with services.database.session() as session:
        conversation = await turns.find_conversation(session, person.id, conversation_id)
        if conversation is None:
            raise not_found("conversation", conversation_id)
        conversation.title = body.title
        session.add(conversation)
        return _public(conversation)


@router.delete("/conversations/{conversation_id}", status_code=204)
async def remove(conversation_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """Delete the conversation with its turns, and whatever was said of them."""
    async with services.database.session() as session:
        if not await turns.delete_conversation(session, person.id, conversation_id):
            raise not_found("conversation", conversation_id)
    await services.database.forget_deleted()
    return Response(status_code=204)


@router.put("/turns/{turn_id}/shown", status_code=204)
async def show(turn_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """Show this one of the answers to its question; the conversation goes on from it. The others stay."""
    async with services.database.session() as session:
        if not await siblings.show(session, person.id, turn_id):
            raise not_found("turn", turn_id)
    return Response(status_code=204)


def _public(conversation: Conversation) -> ConversationPublic:
    return ConversationPublic(**conversation.model_dump(include=set(ConversationPublic.model_fields)))
