"""POST /api/v1/chat: one turn, as a stream of server-sent events or as one JSON answer."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from app.chat import ChatEvent, answered, run_turn
from app.deps import CurrentPerson, ServicesDep
from app.schemas import AnswerEvent, ChatRequest, ErrorEvent, SourcesEvent, StatusEvent, TokenEvent, TurnPublic

router = APIRouter(prefix="/api/v1", tags=["chat"])

_NAMES = {
    StatusEvent: "status",
    SourcesEvent: "sources",
    TokenEvent: "token",
    AnswerEvent: "answer",
    ErrorEvent: "error",
}
_STREAM = {
    "description": "SSE events `status`, `sources`, `token`, `answer`, `error`",
    "content": {"text/event-stream": {}},
}


@router.post("/chat", response_model=TurnPublic, responses={200: _STREAM})
async def chat(body: ChatRequest, person: CurrentPerson, services: ServicesDep) -> Response:
    """Ask a question. With `stream` (the default) the answer comes as events; closing the connection stops it."""
    return await respond(run_turn(services, person, body, entry=services.comparisons.draw(person, body)), body.stream)


async def respond(events: AsyncGenerator[ChatEvent], stream: bool) -> Response:
    """A turn as a stream, or as one JSON answer. Raises Problem where it is refused."""
    if not stream:
        return JSONResponse((await answered(events)).model_dump(mode="json"))
    # The first event is awaited here so that a refused request is an HTTP error and not a broken stream.
    first = await anext(events)
    return EventSourceResponse(_encoded(first, events), ping=15, headers={"Cache-Control": "no-store"})


async def _encoded(first: ChatEvent, rest: AsyncGenerator[ChatEvent]) -> AsyncGenerator[ServerSentEvent]:
    async with aclosing(rest):
        yield _sse(first)
        async for event in rest:
            yield _sse(event)


def _sse(event: ChatEvent) -> ServerSentEvent:
    return ServerSentEvent(event=_NAMES[type(event)], data=event.model_dump_json())
