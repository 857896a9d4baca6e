"""OpenAI's routes: chat completions and the list of models, so that any client of theirs can ask.

A stream says nothing before the answer is whole: its citations are checked and its form is made at the end, and words
that were sent cannot be taken back.
"""

import json
from collections.abc import AsyncGenerator
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from sse_starlette import EventSourceResponse, ServerSentEvent

from app import completions, turns
from app.chat import ChatEvent, answered, run_turn
from app.completions import MODEL, CompletionRequest
from app.deps import CurrentPerson, ServicesDep
from app.problems import Problem
from app.schemas import AnswerEvent

router = APIRouter(prefix="/v1", tags=["openai"])

_STREAM = {"description": "a chat completion, or chunks of one", "content": {"text/event-stream": {}}}


@router.post("/chat/completions", responses={200: _STREAM})
async def complete(body: CompletionRequest, request: Request, person: CurrentPerson, services: ServicesDep) -> Response:
    """Ask the last message from the documents of the token's person; citations are annotations of the answer."""
    asked = completions.read(body)
    known = None
    if asked.past:
        last = asked.past[-1]
        async with services.database.session() as session:
            known = await turns.conversation_after(session, person.id, last.question, last.answer)
    events = run_turn(services, person, completions.chat_request(asked, known), asked.past)
    base_url = str(request.base_url).rstrip("/")
    if not body.stream:
        return JSONResponse(completions.completion(await answered(events), base_url))
    first = await anext(events)  # a refused request is an HTTP error and not a broken stream
    with_usage = body.stream_options is not None and body.stream_options.include_usage
    return EventSourceResponse(
        _streamed(first, events, base_url, with_usage), ping=15, headers={"Cache-Control": "no-store"}
    )


@router.get("/models")
async def models(person: CurrentPerson) -> dict[str, Any]:  # noqa: ARG001 (a stranger learns nothing)
    """The one model that there is: everything behind it is Attune's to choose."""
    return {"object": "list", "data": [_model()]}


@router.get("/models/{name}")
async def model(name: str, person: CurrentPerson) -> dict[str, Any]:  # noqa: ARG001
    if name != MODEL:
        raise Problem(404, f"there is no model {name!r} here: use {MODEL!r}")
    return _model()


def _model() -> dict[str, Any]:
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": "attune"}


async def _streamed(
    first: ChatEvent, rest: AsyncGenerator[ChatEvent], base_url: str, with_usage: bool
) -> AsyncGenerator[ServerSentEvent]:
    try:
        turn = first.turn if isinstance(first, AnswerEvent) else await answered(rest)
    except Problem as problem:
        yield _sse({"error": {"message": problem.detail, "type": "server_error", "code": problem.status}})
        return
    for chunk in completions.chunks(turn, base_url, with_usage):
        yield _sse(chunk)
    yield ServerSentEvent(data="[DONE]")


def _sse(content: dict[str, Any]) -> ServerSentEvent:
    return ServerSentEvent(data=json.dumps(content, ensure_ascii=False))
