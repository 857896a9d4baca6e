"""A LanguageModel whose weights are read in the background, so that the server answers before they are there."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from typing import cast

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

log = logging.getLogger(__name__)


class LateModel:
    """Opens the real model when it is warmed or first asked; whoever asks meanwhile waits. A failure is tried again."""

    def __init__(self, version: str, context_window: int, open_model: Callable[[], Awaitable[LanguageModel]]) -> None:
        """`version` and `context_window` are read from the folder, before the weights are."""
        self.version = version
        self.context_window = context_window
        self._open_model = open_model
        self._opening: asyncio.Task[LanguageModel] | None = None
        self._model: LanguageModel | None = None

    @property
    def loaded(self) -> bool:
        return self._model is not None

    @property
    def usage(self) -> Usage:
        return self._model.usage if self._model else Usage()

    def warm(self) -> None:
        """Begin to open the model without waiting for it."""
        if self._opening is None:
            self._opening = asyncio.create_task(self._open())
            self._opening.add_done_callback(_log_failure)

    async def ready(self) -> None:
        """Return when the model is open. Raises what opening it does."""
        await self._ready()

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        return await (await self._ready()).count_tokens(messages)

    async def stream(self, messages: Sequence[Message], params: GenerationParams) -> AsyncIterator[Delta]:
        deltas = cast(AsyncGenerator[Delta, None], (await self._ready()).stream(messages, params))
        async with aclosing(deltas):  # the port promises that closing our iterator stops the computation
            async for delta in deltas:
                yield delta

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        return await (await self._ready()).complete(messages, params, schema)

    async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
        return await (await self._ready()).score(messages, continuation)

    async def close(self) -> None:
        if self._opening:
            # A thread that reads weights cannot be stopped; what it brings must still be closed.
            await asyncio.wait([self._opening])
        if self._model:
            await self._model.close()

    async def _ready(self) -> LanguageModel:
        if self._model is None:
            self.warm()
            assert self._opening is not None
            self._model = await asyncio.shield(self._opening)
        return self._model

    async def _open(self) -> LanguageModel:
        try:
            self._model = await self._open_model()
        except BaseException:
            self._opening = None
            raise
        return self._model


def _log_failure(opening: asyncio.Task[LanguageModel]) -> None:
    if not opening.cancelled() and (error := opening.exception()):
        log.error("the generator cannot be opened: %s", error)
