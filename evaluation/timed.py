"""The models with a clock around them, so that what a turn costs outside of them can be told apart."""

import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence
from contextlib import aclosing
from typing import TypeVar, cast

from generation.port import (
    Completion,
    ContinuationScore,
    Delta,
    GenerationParams,
    JsonSchema,
    LanguageModel,
    Message,
    Usage,
)
from retrieval.ports import Encoder, Vectors, Verifier

Result = TypeVar("Result")


class _Clock:
    """Adds up the seconds that were waited for work."""

    seconds = 0.0

    async def _timed(self, work: Awaitable[Result]) -> Result:
        started = time.perf_counter()
        try:
            return await work
        finally:
            self.seconds += time.perf_counter() - started


class TimedEncoder(_Clock):
    """An encoder that adds up the seconds its callers waited for vectors."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.version, self.dimension, self.window = encoder.version, encoder.dimension, encoder.window

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)

    async def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return await self._timed(self._encoder.encode_queries(texts))

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return await self._timed(self._encoder.encode_passages(texts))

    async def close(self) -> None:
        await self._encoder.close()


class TimedVerifier(_Clock):
    """A citation check that adds up the seconds its callers waited for judgements."""

    def __init__(self, verifier: Verifier) -> None:
        self._verifier = verifier
        self.version = verifier.version

    async def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        return await self._timed(self._verifier.support(pairs))


class TimedModel(_Clock):
    """A language model that adds up the seconds its callers waited for tokens, and counts the pieces that came."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.version, self.context_window = model.version, model.context_window
        self.deltas = 0

    @property
    def usage(self) -> Usage:
        return self._model.usage

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        return await self._timed(self._model.count_tokens(messages))

    async def stream(self, messages: Sequence[Message], params: GenerationParams) -> AsyncIterator[Delta]:
        """Time runs while the model is awaited and stands while the caller works on what came."""
        source = cast(AsyncGenerator[Delta, None], self._model.stream(messages, params))
        async with aclosing(source):
            while (delta := await self._timed(anext(source, None))) is not None:
                self.deltas += 1
                yield delta

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        return await self._timed(self._model.complete(messages, params, schema))

    async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
        return await self._timed(self._model.score(messages, continuation))

    async def close(self) -> None:
        await self._model.close()
