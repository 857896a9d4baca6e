"""A language model without a model: enqueued replies, else a fixed rule. A setting in which the whole product runs."""

import asyncio
import json
import math
import re
from collections import deque
from collections.abc import AsyncIterator, Sequence

from generation.answers import whole
from generation.minimal_json import minimal
from generation.port import (
    Completion,
    ContextOverflowError,
    ContinuationScore,
    Delta,
    GenerationError,
    GenerationParams,
    JsonSchema,
    Message,
    Usage,
)

_TOKEN = re.compile(r"\s*\S+(?:\s+\Z)?")
_WORD = re.compile(r"\w+")
_FIRST_PASSAGE = re.compile(r"^\[1\]\s*(.+?)(?=\n\s*\n|^\[\d+\]|\Z)", re.MULTILINE | re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_ECHOED_WORDS = 30
_REMEMBERED = 100

# A word of the continuation that the prompt contains is likely, any other one is not.
_SEEN, _UNSEEN = math.log(0.9), math.log(0.1)


class ScriptedModel:
    """LanguageModel that says what it was told to say. A token is a word with the blanks before it.

    Without an enqueued reply: if the last user message numbers passages, "[1] ...", it answers with the first
    sentence of passage 1 (a heading line above the text is skipped) and the marker [1]; otherwise with
    "You asked: " and the question; under a schema, with the smallest JSON that is valid.
    """

    def __init__(self, seconds_per_token: float = 0.0, context_window: int = 8192) -> None:
        """Token n of an answer leaves n * `seconds_per_token` after the request."""
        self.prompts: deque[tuple[Message, ...]] = deque(maxlen=_REMEMBERED)
        self._replies: deque[str | GenerationError] = deque()
        self._pace = seconds_per_token
        self._context_window = context_window
        self._usage = Usage()

    def enqueue(self, reply: str | GenerationError) -> None:
        """Say this, or raise it, to the next request that nothing else was enqueued for."""
        self._replies.append(reply)

    @property
    def version(self) -> str:
        return "scripted@1"

    @property
    def context_window(self) -> int:
        return self._context_window

    @property
    def usage(self) -> Usage:
        return self._usage

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        return sum(len(_tokens(message.content)) for message in messages)

    async def stream(self, messages: Sequence[Message], params: GenerationParams) -> AsyncIterator[Delta]:
        read = await self._read(messages, params.max_tokens)
        async for delta in self._say(self._reply(messages), params, read):
            yield delta

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        if schema is None:
            return await whole(self.stream(messages, params))
        read = await self._read(messages, params.max_tokens)
        reply = self._reply(messages) if self._replies else json.dumps(minimal(schema))
        # Cut JSON is no JSON: max_tokens does not apply.
        return await whole(self._say(reply, GenerationParams(max_tokens=len(reply) + 1), read))

    async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
        """ln 0.9 for every token whose words all occur in the messages, ln 0.1 for any other."""
        tokens = _tokens(continuation)
        await self._read(messages, len(tokens))
        seen = _words(" ".join(message.content for message in messages))
        return ContinuationScore(tuple(_SEEN if _words(token) <= seen else _UNSEEN for token in tokens))

    async def close(self) -> None:
        """Nothing is held."""

    async def _read(self, messages: Sequence[Message], max_tokens: int) -> int:
        read = await self.count_tokens(messages)
        if read + max_tokens > self._context_window:
            raise ContextOverflowError(read, max_tokens, self._context_window)
        self.prompts.append(tuple(messages))
        self._usage += Usage(read, 0)
        return read

    def _reply(self, messages: Sequence[Message]) -> str:
        if not self._replies:
            return _by_rule(messages)
        reply = self._replies.popleft()
        if isinstance(reply, GenerationError):
            raise reply
        return reply

    async def _say(self, text: str, params: GenerationParams, read: int) -> AsyncIterator[Delta]:
        said = _before_stop(text, params.stop)
        tokens = _tokens(said)
        written = tokens[: params.max_tokens]
        loop = asyncio.get_running_loop()
        started = loop.time()
        for count, token in enumerate(written, 1):
            # Against the clock and not one after the other, so that what the listener needs does not add up.
            await asyncio.sleep(max(0.0, started + count * self._pace - loop.time()))
            self._usage += Usage(0, 1)
            yield Delta(token)
        yield Delta("", "length" if len(written) < len(tokens) else "stop", Usage(read, len(written)))


def _by_rule(messages: Sequence[Message]) -> str:
    asked = next((message.content for message in reversed(messages) if message.role == "user"), "")
    if passage := _FIRST_PASSAGE.search(asked):
        lines = passage[1].strip().splitlines()
        has_heading = len(lines) > 1 and not lines[0].rstrip().endswith((".", "!", "?"))
        text = " ".join(" ".join(lines[1:] if has_heading else lines).split())
        return f"{_SENTENCE_END.split(text, maxsplit=1)[0]} [1]"
    return "You asked: " + " ".join(asked.split()[:_ECHOED_WORDS])


def _before_stop(text: str, stop: tuple[str, ...]) -> str:
    return text[: min((at for at in (text.find(mark) for mark in stop if mark) if at >= 0), default=len(text))]


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(text)


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.casefold()))
