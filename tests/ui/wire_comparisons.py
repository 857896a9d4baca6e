"""The part of the scripted server that gives a second answer and takes the choice."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from sse_starlette import EventSourceResponse, ServerSentEvent

from app.schemas import ChatRequest, ConversationDetail, TurnPublic
from app.schemas_comparisons import ChoiceCreate
from tests.ui.scripted_turn import events_of, show
from tests.ui.stand_in import Account, StandIn
from tests.ui.wire_preferences import found


def comparison_routes(script: StandIn) -> APIRouter:
    router = APIRouter(prefix="/api/v1/comparisons")

    @router.post("/{comparison_id}/answer")
    async def answer(request: Request, comparison_id: str) -> EventSourceResponse:
        account = script.account(request)
        conversation, first = _first(account, comparison_id)
        script.answer = script.second_answer
        asked = ChatRequest(question=first.question, conversation_id=conversation.id, regenerates=first.id)

        async def events() -> AsyncIterator[ServerSentEvent]:
            async for event in events_of(script, account, conversation, asked):
                show(conversation, first.id, first.id)
                yield event

        return EventSourceResponse(events(), ping=1)

    @router.post("/{comparison_id}/choice", status_code=201)
    async def choose(request: Request, comparison_id: str, body: ChoiceCreate) -> dict[str, str]:
        account = script.account(request)
        conversation, first = _first(account, comparison_id)
        account.choices.append(body)
        show(conversation, conversation.turns[-1].id if body.choice == "b" else first.id, first.id)
        return {}

    return router


def _first(account: Account, comparison_id: str) -> tuple[ConversationDetail, TurnPublic]:
    first = found(account.compared.get(comparison_id), f"comparison {comparison_id}")
    turns = ((held, turn) for held in account.conversations.values() for turn in held.turns)
    return next((held, turn) for held, turn in turns if turn.id == first)
