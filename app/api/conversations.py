"""Conversations: list, open, rename, delete."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from app import turns
from app.chat import turn_public
from app.cursor import decode_cursor, encode_cursor
from app.deps import CurrentPerson, ServicesDep
from app.models import Conversation
from app.problems import not_found
from app.schemas import (
    ConversationCreate,
    ConversationDetail,
    ConversationPublic,
    ConversationsPublic,
    ConversationUpdate,
    Identifier,
)

router = APIRouter(prefix="/api/v1/conversations", tags=["conversations"])


@router.post("", status_code=201)
async def create(body: ConversationCreate, person: CurrentPerson, services: ServicesDep) -> ConversationPublic:
    """Start an empty conversation."""
    async with services.database.session() as session:
        return _public(await turns.create_conversation(session, person.id, body.title or ""))


@router.get("")
async def read_all(
    person: CurrentPerson,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> ConversationsPublic:
    """The person's conversations, last used first."""
    async with services.database.session() as session:
        found = await turns.list_conversations(session, person.id, limit + 1, decode_cursor(cursor))
    shown = found[:limit]
    more = encode_cursor(shown[-1].updated_at, shown[-1].id) if len(found) > limit else None
    return ConversationsPublic(items=[_public(conversation) for conversation in shown], next_cursor=more)


@router.get("/{conversation_id}")
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


@router.patch("/{conversation_id}")
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


@router.delete("/{conversation_id}", status_code=204)
async def remove(conversation_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """Delete the conversation with its turns, and whatever was said of them."""
    async with services.database.session() as session:
        if not await turns.delete_conversation(session, person.id, conversation_id):
            raise not_found("conversation", conversation_id)
    await services.database.forget_deleted()
    return Response(status_code=204)


def _public(conversation: Conversation) -> ConversationPublic:
    return ConversationPublic(**conversation.model_dump(include=set(ConversationPublic.model_fields)))
