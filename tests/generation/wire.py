"""An OpenAI-compatible server on loopback, spoken by a scripted model: what our client meets on a real socket."""

import asyncio
import json
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from generation.port import ContextOverflowError, GenerationParams, Message
from generation.scripted import ScriptedModel

MODEL = "scripted-chat"
WINDOW = 2048


class Wire:
    """The server, its model, and what it should do wrong with the next requests."""

    def __init__(self) -> None:
        self.model = ScriptedModel(context_window=WINDOW)
        self.faults: deque[str] = deque()  # "500", "429", "401", "hang", "cut", "text": one for each chat request
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.tokenizes = True
        self.adapters: list[str] | None = None  # names of those loaded; None: it loads none
        self.hung_up = asyncio.Event()
        self.url = ""

    def app(self) -> FastAPI:
        app = FastAPI()
        app.get("/v1/models")(self.models)
        app.post("/v1/chat/completions")(self.chat)
        app.post("/v1/completions")(self.completions)
        app.post("/tokenize")(self.tokenize)
        if self.adapters is not None:
            app.post("/v1/load_lora_adapter")(self.load)
        return app

    async def load(self, request: Request) -> Response:
        """As vLLM does it, word for word."""
        asked = await request.json()
        assert self.adapters is not None
        if asked["lora_name"] in self.adapters:
            said = f"The lora adapter '{asked['lora_name']}' has already been loaded."
            return JSONResponse({"error": {"message": said, "code": 400}}, 400)
        if asked["lora_path"].startswith("/nowhere/"):
            return JSONResponse({"error": {"message": f"No adapter found for {asked['lora_path']}", "code": 400}}, 400)
        self.adapters.append(asked["lora_name"])
        return Response(f"Success: LoRA adapter '{asked['lora_name']}' added successfully.", media_type="text/plain")

    async def models(self) -> dict[str, Any]:
        return {"object": "list", "data": [{"id": MODEL, "object": "model", "max_model_len": WINDOW}]}

    async def tokenize(self, request: Request) -> dict[str, Any]:
        if not self.tokenizes:
            raise HTTPException(404)
        asked = await request.json()
        text = asked["prompt"] if "prompt" in asked else " ".join(message["content"] for message in asked["messages"])
        # A token of this server is a word, and its number tells which one: the place where it was first seen.
        self._words = getattr(self, "_words", [])
        for word in text.split():
            if word not in self._words:
                self._words.append(word)
        tokens = [self._words.index(word) for word in text.split()]
        return {"tokens": tokens, "count": len(tokens), "max_model_len": WINDOW}

    async def completions(self, request: Request) -> dict[str, Any]:
        """Echo with log-probabilities: token n has -n / 10, and the first one none, as on vLLM."""
        asked = await request.json()
        assert asked["echo"] is True
        assert asked["max_tokens"] == 0
        told = [None, *(-number / 10 for number in asked["prompt"][1:])]
        texts = [self._words[number] for number in asked["prompt"]]
        logprobs = {"token_logprobs": told, "tokens": texts, "text_offset": [], "top_logprobs": None}
        choice = {"index": 0, "text": " ".join(texts), "finish_reason": "length", "logprobs": logprobs}
        return {"id": "1", "object": "text_completion", "created": 0, "model": MODEL, "choices": [choice]}

    async def chat(self, request: Request) -> Response:
        asked = await request.json()
        self.requests.append(asked)
        if asked["model"] not in (MODEL, *(self.adapters or ())):
            said = f"The model `{asked['model']}` does not exist."
            return JSONResponse({"error": {"message": said, "code": 404}}, 404)
        self.keys.append(request.headers.get("authorization"))
        fault = self.faults.popleft() if self.faults else ""
        if fault.isdigit():
            said = f"fault {fault} for {request.headers.get('authorization')}"
            return JSONResponse({"error": {"message": said, "code": None}}, int(fault), {"retry-after-ms": "1"})
        if fault == "hang":
            await asyncio.sleep(60)
        messages = [Message(message["role"], message["content"]) for message in asked["messages"]]
        params = GenerationParams(
            asked["max_tokens"], asked["temperature"], asked["top_p"], tuple(asked.get("stop", ())), asked.get("seed")
        )
        try:
            answer = await self._answer(messages, params, {} if fault == "text" else asked)
        except ContextOverflowError as error:
            said = f"This model's maximum context length is {WINDOW} tokens. {error}"
            return JSONResponse({"error": {"message": said, "code": 400}}, 400)
        return StreamingResponse(self._events(answer, cut=fault == "cut"), media_type="text/event-stream")

    async def _answer(
        self, messages: list[Message], params: GenerationParams, asked: dict[str, Any]
    ) -> AsyncIterator[dict[str, Any]]:
        if form := asked.get("response_format"):
            completion = await self.model.complete(messages, params, form["json_schema"]["schema"])
            return _one(completion.text, completion.usage.prompt_tokens)
        stream = self.model.stream(messages, params)
        first = await anext(stream)  # an overflow shows here, while there is still a status to give
        return _chunks(first, stream)

    async def _events(self, chunks: AsyncIterator[dict[str, Any]], cut: bool) -> AsyncIterator[str]:
        try:
            async for chunk in chunks:
                yield f"data: {json.dumps(chunk)}\n\n"
                if cut:
                    raise ConnectionAbortedError("as told")
            yield "data: [DONE]\n\n"
        except asyncio.CancelledError:
            self.hung_up.set()
            raise


async def _one(text: str, read: int) -> AsyncIterator[dict[str, Any]]:
    yield _chunk(text, None, None)
    yield _chunk("", "stop", {"prompt_tokens": read, "completion_tokens": 1, "total_tokens": read + 1})


async def _chunks(first: Any, stream: AsyncIterator[Any]) -> AsyncIterator[dict[str, Any]]:
    yield _delta(first)
    async for delta in stream:
        yield _delta(delta)


def _delta(delta: Any) -> dict[str, Any]:
    usage = delta.usage and {
        "prompt_tokens": delta.usage.prompt_tokens,
        "completion_tokens": delta.usage.completion_tokens,
        "total_tokens": delta.usage.prompt_tokens + delta.usage.completion_tokens,
    }
    return _chunk(delta.text, delta.finish_reason, usage)


def _chunk(text: str, finish: str | None, usage: dict[str, int] | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": finish}
    about = {"id": "1", "object": "chat.completion.chunk", "created": int(time.time()), "model": MODEL}
    return {**about, "choices": [choice], "usage": usage}


@asynccontextmanager
async def serving(wire: Wire) -> AsyncIterator[Wire]:
    """Run the server on a free port of loopback, in this loop."""
    config = uvicorn.Config(wire.app(), port=0, log_level="critical", timeout_graceful_shutdown=1, lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.01)
    wire.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/v1"
    try:
        yield wire
    finally:
        server.should_exit = True
        await running
