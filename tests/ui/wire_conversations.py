"""The part of the small server that keeps conversations and answers."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse

from app.schemas import ChatRequest, ConversationDetail, ConversationPublic, ConversationsPublic
from app.schemas_conversations import ConversationUpdate
from tests.ui.scripted_turn import events_of, show
from tests.ui.stand_in import Account, Refusal, StandIn, new_id
from tests.ui.wire_preferences import found, refusing

PAGE = 50  # conversations on one


def conversation_routes(script: StandIn) -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    @router.post("/conversations", status_code=201)
    async def create(request: Request) -> ConversationPublic:
        title = (await request.json()).get("title") or "New conversation"
        return _public(start(script.account(request), title))

    @router.get("/conversations")
    async def listed(request: Request, q: str = "", cursor: int = 0) -> ConversationsPublic:
        account = refusing(script, request) if q else script.account(request)
        kept = list(account.conversations.values())[::-1]
        sought = [one for one in kept if all(word in one.model_dump_json().lower() for word in q.lower().split())]
        more = str(cursor + PAGE) if len(sought) > cursor + PAGE else None
        return ConversationsPublic(items=[_public(one) for one in sought[cursor : cursor + PAGE]], next_cursor=more)

    @router.get("/conversations/{conversation_id}")
    async def detail(request: Request, conversation_id: str) -> ConversationDetail:
        return own(script.account(request), conversation_id)

    @router.patch("/conversations/{conversation_id}")
    async def rename(request: Request, conversation_id: str, body: ConversationUpdate) -> ConversationPublic:
        conversation = own(refusing(script, request), conversation_id)
        conversation.title = body.title
        return _public(conversation)

    @router.delete("/conversations/{conversation_id}", status_code=204)
    async def delete(request: Request, conversation_id: str) -> None:
        account = refusing(script, request)
        del account.conversations[own(account, conversation_id).id]

    return router


def turn_routes(script: StandIn) -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    @router.put("/turns/{turn_id}/shown", status_code=204)
    async def shown(request: Request, turn_id: str) -> None:
        for conversation in refusing(script, request).conversations.values():
            for turn in conversation.turns:
                if turn.id == turn_id:
                    return show(conversation, turn_id, turn.regenerates or turn.id)
        raise Refusal(404, "Not Found", f"no turn {turn_id}")

    @router.post("/chat")
    async def chat(request: Request, body: ChatRequest) -> EventSourceResponse:
        account = refusing(script, request) if body.regenerates else script.account(request)
        script.asked.append((account.person.email, body))
        known = body.conversation_id
        conversation = own(account, known) if known else start(account, body.question[:80])
        return EventSourceResponse(events_of(script, account, conversation, body), ping=1)

    return router


def own(account: Account, conversation_id: str) -> ConversationDetail:
    return found(account.conversations.get(conversation_id), f"conversation {conversation_id}")


def start(account: Account, title: str) -> ConversationDetail:
    now = datetime.now(UTC)
    made = ConversationDetail(id=new_id(), title=title, created_at=now, updated_at=now, turns=[])
    account.conversations[made.id] = made
    return made


def _public(conversation: ConversationDetail) -> ConversationPublic:
    return ConversationPublic.model_validate(conversation.model_dump())
