"""Any OpenAI-compatible server as a language model; vLLM is the reference. Knows the wire, not what is asked."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from generation.answers import require_json, whole
from generation.port import (
    Completion,
    ContextOverflowError,
    ContinuationScore,
    Delta,
    GenerationError,
    GenerationParams,
    JsonSchema,
    Message,
    ModelUnavailableError,
    Usage,
)

_CONNECT_SECONDS = 5.0
_MESSAGE_TOKENS = 8  # what a chat template adds around a message, at most
_LETTERS = re.compile(r"[A-Za-z]+")


class OpenAIModel:
    """LanguageModel over chat completions. Refused connections, 429 and 5xx are tried again by the client library.

    `timeout` (seconds) bounds the wait for the first byte, retries included, and then every silence of the server.
    """

    def __init__(
        self, base_url: str, model: str, key: str | None = None, timeout: float = 120.0, context_window: int = 8192
    ) -> None:
        """`context_window` counts until the server has told its own (vLLM does, in /v1/models)."""
        from openai import AsyncOpenAI, Timeout

        self._client = AsyncOpenAI(
            base_url=base_url,
            api_key=key or "none",  # the library insists on one; a server without keys ignores it
            timeout=Timeout(timeout, connect=_CONNECT_SECONDS),
        )
        where = urlsplit(base_url)
        # Never the whole URL: it may carry a password.
        self._host = f"{where.hostname}:{where.port}" if where.port else str(where.hostname)
        self._tokenize_url = base_url.rstrip("/").removesuffix("/v1") + "/tokenize"
        self._model, self._key, self._timeout = model, key, timeout
        self._context_window = context_window
        self._asked_for_window = False
        self._tokenizes = True  # until the server says that it does not
        self._usage = Usage()

    @property
    def version(self) -> str:
        return self._model

    @property
    def context_window(self) -> int:
        return self._context_window

    @property
    def usage(self) -> Usage:
        return self._usage

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        await self._prepare()
        tokens = await self._tokenize(messages=_chat(messages), add_generation_prompt=True)
        return len(tokens) if tokens is not None else estimate_tokens(messages)

    async def stream(self, messages: Sequence[Message], params: GenerationParams) -> AsyncIterator[Delta]:
        async for delta in self._stream(messages, params, None):
            yield delta

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        completion = await whole(self._stream(messages, params, schema))
        if schema is not None:
            require_json(completion, params)
        return completion

    async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
        """Needs vLLM's /tokenize, and completions that echo tokens with their log-probabilities."""
        await self._prepare()
        prompt = await self._tokenize(messages=_chat(messages), add_generation_prompt=True)
        scored = await self._tokenize(prompt=continuation, add_special_tokens=False)
        if prompt is None or scored is None:
            raise GenerationError(
                f"the server at {self._host} has no /tokenize and so cannot score a given text: "
                f"use vLLM, or ATTUNE_LLM=local"
            )
        if not scored:
            return ContinuationScore(())
        if len(prompt) + len(scored) > self._context_window:
            raise ContextOverflowError(len(prompt), len(scored), self._context_window)
        with self._explained():
            async with asyncio.timeout(self._timeout):
                answer = await self._client.completions.create(
                    model=self._model, prompt=prompt + scored, max_tokens=0, echo=True, logprobs=1, temperature=0
                )
        self._usage += Usage(len(prompt) + len(scored), 0)
        told = answer.choices[0].logprobs
        logprobs = (told.token_logprobs or [])[-len(scored) :] if told else []
        if len(logprobs) < len(scored) or None in logprobs:
            raise GenerationError(
                f"the server at {self._host} does not tell the log-probabilities of a given text: "
                f"use vLLM, or ATTUNE_LLM=local"
            )
        return ContinuationScore(tuple(float(logprob) for logprob in logprobs if logprob is not None))

    async def close(self) -> None:
        await self._client.close()

    async def _stream(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None
    ) -> AsyncIterator[Delta]:
        await self._prepare()
        with self._explained(messages, params):
            async with asyncio.timeout(self._timeout):
                chunks = await self._client.chat.completions.create(**self._request(messages, params, schema))
            finish, written, usage = None, 0, None
            async with chunks:  # leaving it in any way closes the connection, upon which the server stops
                async for chunk in chunks:
                    if chunk.usage:
                        usage = Usage(chunk.usage.prompt_tokens, chunk.usage.completion_tokens)
                    for choice in chunk.choices:
                        finish = choice.finish_reason or finish
                        if choice.delta.content:
                            written += 1
                            yield Delta(choice.delta.content)
        if finish not in {"stop", "length"}:
            raise GenerationError(f"the server at {self._host} ended the answer with {finish!r}: try again")
        usage = usage or Usage(estimate_tokens(messages), written)  # a chunk is a token where nobody counts
        self._usage += usage
        yield Delta("", finish, usage)

    def _request(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None
    ) -> dict[str, Any]:
        request: dict[str, Any] = {
            "model": self._model,
            "messages": _chat(messages),
            "max_tokens": params.max_tokens,
            "temperature": params.temperature,
            "top_p": params.top_p,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if params.stop:
            request["stop"] = list(params.stop)
        if params.seed is not None:
            request["seed"] = params.seed
        if schema is not None:
            form = {"name": "answer", "schema": dict(schema), "strict": True}
            request["response_format"] = {"type": "json_schema", "json_schema": form}
        return request

    async def _prepare(self) -> None:
        """What has to happen before a request."""
        await self._learn_window()

    async def _learn_window(self) -> None:
        """Ask once how much the model reads; a server that does not say leaves the constructor's word."""
        from openai import APIError

        if self._asked_for_window:
            return
        try:
            listed = await self._client.with_options(max_retries=0, timeout=_CONNECT_SECONDS).models.list()
        except APIError:
            return  # whoever called is about to meet the same trouble, and tells it
        self._asked_for_window = True
        for served in listed.data:
            told = getattr(served, "max_model_len", None)
            if served.id == self._model and isinstance(told, int):
                self._context_window = told

    async def _tokenize(self, **asked: Any) -> list[int] | None:
        from openai import APIStatusError

        if not self._tokenizes:
            return None
        with self._explained():
            try:
                answer = await self._client.post(self._tokenize_url, cast_to=dict, body={"model": self._model, **asked})
            except APIStatusError as error:
                if error.status_code not in {404, 405, 501}:
                    raise
                self._tokenizes = False
                return None
        return list(answer["tokens"])

    @contextmanager
    def _explained(self, messages: Sequence[Message] = (), params: GenerationParams | None = None) -> Iterator[None]:
        """Turn the library's errors into the port's, with the remedy and without the key."""
        import openai

        try:
            yield
        except (openai.APITimeoutError, TimeoutError) as error:
            raise ModelUnavailableError(
                f"the model server at {self._host} was silent for {self._timeout:g} s: see whether it is overloaded, "
                f"or raise ATTUNE_LLM_TIMEOUT"
            ) from error
        except openai.APIConnectionError as error:
            raise ModelUnavailableError(
                f"the model server at {self._host} cannot be reached or hung up: "
                f"start it, or correct ATTUNE_LLM_BASE_URL"
            ) from error
        except (openai.AuthenticationError, openai.PermissionDeniedError):
            raise ModelUnavailableError(
                f"the model server at {self._host} refuses the key: set ATTUNE_LLM_API_KEY"
            ) from None
        except openai.APIError as error:
            # Not chained: servers quote the key, and a traceback would quote the server.
            raise self._refused(error, messages, params) from None

    def _refused(self, error: Any, messages: Sequence[Message], params: GenerationParams | None) -> GenerationError:
        status, said = getattr(error, "status_code", None), str(error.message)
        if params and (error.code == "context_length_exceeded" or "context length" in said or "max_model_len" in said):
            return ContextOverflowError(estimate_tokens(messages), params.max_tokens, self._context_window)
        if self._key:
            said = said.replace(self._key, "***")
        if status == 404:
            return ModelUnavailableError(
                f"the server at {self._host} does not serve model {self._model!r}: "
                f"set ATTUNE_LLM_MODEL to one that it lists"
            )
        if status is None or status >= 500 or status == 429:
            return ModelUnavailableError(
                f"the model server at {self._host} is in trouble ({status}: {said[:200]}): try again later"
            )
        return GenerationError(f"the model server at {self._host} refuses the request ({status}: {said[:200]})")


def estimate_tokens(messages: Sequence[Message]) -> int:
    """An upper estimate for any tokenizer in use: two letters a token, and every other byte one of its own."""
    return sum(_estimate(message.content) + _MESSAGE_TOKENS for message in messages)


def _estimate(text: str) -> int:
    words = sum((len(word) + 1) // 2 for word in _LETTERS.findall(text))
    return words + len("".join(_LETTERS.sub("", text).split(" ")).encode())


def _chat(messages: Sequence[Message]) -> list[dict[str, str]]:
    return [{"role": message.role, "content": message.content} for message in messages]
