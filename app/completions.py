"""OpenAI's chat completions as turns: what their messages mean here, and a turn in their form. Knows no HTTP.

A turn is one question with the conversation before it. Whoever sends that conversation along goes on with it where it
is known; where it is not, it is read but not logged, for the log holds what was really asked and answered here.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agents.citations import PLAIN_MARKER
from agents.types import PastTurn
from app.problems import Problem
from app.schemas import ChatRequest, CitationPublic, TurnPublic

MODEL = "attune"
_ROLES_BEFORE = {"system", "developer"}  # how to answer is the person's to say, on About me or in the question


class Part(BaseModel):
    """A piece of a message; only texts can be read."""

    model_config = ConfigDict(extra="ignore")
    type: str
    text: str = ""


class CompletionMessage(BaseModel):
    model_config = ConfigDict(extra="ignore")
    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[Part] | None = None


class StreamOptions(BaseModel):
    model_config = ConfigDict(extra="ignore")
    include_usage: bool = False


class CompletionRequest(BaseModel):
    """What clients send. Unknown keys are ignored: each client sends its own, and most of them steer sampling."""

    model_config = ConfigDict(extra="ignore")
    model: str
    messages: list[CompletionMessage] = Field(min_length=1, max_length=1000)
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: int | None = None
    tools: list[dict[str, Any]] | None = None
    response_format: dict[str, Any] | None = None


@dataclass(frozen=True)
class Asked:
    """The question, and what was said before it."""

    question: str
    past: tuple[PastTurn, ...]


def read(request: CompletionRequest) -> Asked:
    """Raises Problem 400 or 404 naming what cannot be done."""
    if request.model != MODEL:
        raise Problem(404, f"there is no model {request.model!r} here: use {MODEL!r}")
    if (request.n or 1) > 1:
        raise Problem(400, f"n is {request.n}: one answer is given to a question")
    if request.tools:
        raise Problem(400, "tools cannot be called: answers come from documents alone")
    if (request.response_format or {}).get("type", "text") != "text":
        raise Problem(400, f"response_format {request.response_format!r} is not done: answers are text")
    said = [(one.role, _text(one)) for one in request.messages if one.role not in _ROLES_BEFORE]
    if not said or said[-1][0] != "user":
        raise Problem(400, "the last message must have the role user: it is the question")
    past = tuple(PastTurn(a[1], b[1]) for a, b in pairwise(said) if (a[0], b[0]) == ("user", "assistant"))
    return Asked(said[-1][1], past)


def chat_request(asked: Asked, conversation_id: str | None) -> ChatRequest:
    """Raises Problem 400 where the question is empty or too long."""
    try:
        return ChatRequest(question=asked.question, conversation_id=conversation_id, stream=False)
    except ValidationError as error:
        raise Problem(400, f"the question cannot be asked: {error.errors()[0]['msg']}") from None


def completion(turn: TurnPublic, base_url: str) -> dict[str, Any]:
    """The whole answer as `chat.completion`, with what OpenAI has no place for under `attune`."""
    message = {"role": "assistant", "content": turn.answer, "refusal": None, "annotations": annotations(turn, base_url)}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return _head(turn, "chat.completion") | {"choices": [choice], "usage": usage(turn), "attune": _more(turn)}


def chunks(turn: TurnPublic, base_url: str, with_usage: bool) -> list[dict[str, Any]]:
    """The same as a stream of `chat.completion.chunk`, a word at a time; annotations and finish come last."""
    head = _head(turn, "chat.completion.chunk") | ({"usage": None} if with_usage else {})
    words = turn.answer.split(" ")
    pieces = [word if place == 0 else f" {word}" for place, word in enumerate(words)]
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}, *({"content": piece} for piece in pieces)]
    last = {"index": 0, "delta": {"annotations": annotations(turn, base_url)}, "finish_reason": "stop"}
    found = [head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]} for delta in deltas]
    found.append(head | {"choices": [last], "attune": _more(turn)})
    return [*found, head | {"choices": [], "usage": usage(turn)}] if with_usage else found


def annotations(turn: TurnPublic, base_url: str) -> list[dict[str, Any]]:
    """One `url_citation` for each marker in the answer, at its place."""
    cited = {citation.marker: citation for citation in turn.citations}
    return [
        {"type": "url_citation", "url_citation": _citation(cited[int(found.group(1))], base_url) | _span(found.span())}
        for found in PLAIN_MARKER.finditer(turn.answer)
        if int(found.group(1)) in cited
    ]


def usage(turn: TurnPublic) -> dict[str, int]:
    read_tokens, written = turn.prompt_tokens, turn.completion_tokens
    return {"prompt_tokens": read_tokens, "completion_tokens": written, "total_tokens": read_tokens + written}


def _text(message: CompletionMessage) -> str:
    if isinstance(message.content, str) or message.content is None:
        return message.content or ""
    for part in message.content:
        if part.type != "text":
            raise Problem(400, f"a part of the type {part.type!r} cannot be read: send text, and files as documents")
    return "\n".join(part.text for part in message.content)


def _head(turn: TurnPublic, kind: str) -> dict[str, Any]:
    created = int(turn.created_at.timestamp())
    return {"id": f"chatcmpl-{turn.id}", "object": kind, "created": created, "model": MODEL}


def _more(turn: TurnPublic) -> dict[str, Any]:
    return turn.model_dump(mode="json", include={"conversation_id", "abstained", "citations", "versions"}) | {
        "turn_id": turn.id
    }


def _citation(citation: CitationPublic, base_url: str) -> dict[str, Any]:
    place = f", page {citation.page}" if citation.page is not None else ""
    where = f"read/{quote(citation.document_id)}#p-{quote(citation.passage_id)}"
    return {
        "title": f"{citation.document}{place}",
        "url": f"{base_url}/{where if citation.kind == 'document' else 'about-me'}",
    }


def _span(span: tuple[int, int]) -> dict[str, int]:
    return {"start_index": span[0], "end_index": span[1]}
