"""A language model whose answers are kept: the same request is answered once, also after a kill. Knows no task.

Resuming is running again: what was answered comes from the run's folder, so learners need no saved state.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any

from evaluation.runs import Run, fingerprint
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

Answer = dict[str, Any]


class JournalledModel:
    """LanguageModel over another one and a run. Equal requests get equal answers, whatever company they came in."""

    def __init__(self, model: LanguageModel, run: Run) -> None:
        self._model = model
        self._run = run
        self._asked: dict[str, asyncio.Future[Answer]] = {}
        self.recalled = self.computed = 0

    @property
    def version(self) -> str:
        return self._model.version

    @property
    def context_window(self) -> int:
        return self._model.context_window

    @property
    def usage(self) -> Usage:
        return self._model.usage

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        return await self._model.count_tokens(messages)

    async def stream(self, messages: Sequence[Message], params: GenerationParams) -> AsyncIterator[Delta]:
        completion = await self.complete(messages, params)
        yield Delta(completion.text, completion.finish_reason, completion.usage)

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        async def ask() -> Answer:
            return asdict(await self._model.complete(messages, params, schema))

        request = ["complete", self.version, [asdict(one) for one in messages], asdict(params), schema]
        answer = await self._once(request, ask)
        return Completion(answer["text"], answer["finish_reason"], Usage(**answer["usage"]))

    async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
        async def ask() -> Answer:
            return asdict(await self._model.score(messages, continuation))

        answer = await self._once(["score", self.version, [asdict(one) for one in messages], continuation], ask)
        return ContinuationScore(tuple(answer["token_logprobs"]))

    async def close(self) -> None:
        """Give up what is being asked; the model stays open, for somebody else opened it."""
        asked = list(self._asked.values())
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)

    async def _once(self, request: Any, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        key = fingerprint(request)
        if key in self._run:
            self.recalled += 1
            known: Answer = self._run.get(key, dict)
            return known
        if key not in self._asked:
            self._asked[key] = asyncio.ensure_future(self._ask(key, ask))
        return await asyncio.shield(self._asked[key])

    async def _ask(self, key: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        try:
            answer = await ask()
            self._run.put(key, answer)
            self.computed += 1
            return answer
        finally:
            del self._asked[key]


class MeteredModel:
    """LanguageModel that counts what one learner asks for, whether or not it was answered before."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self._usage = Usage()

    @property
    def version(self) -> str:
        return self._model.version

    @property
    def context_window(self) -> int:
        return self._model.context_window

    @property
    def usage(self) -> Usage:
        return self._usage

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        return await self._model.count_tokens(messages)

    async def stream(self, messages: Sequence[Message], params: GenerationParams) -> AsyncIterator[Delta]:
        async for delta in self._model.stream(messages, params):
            self._usage += delta.usage or Usage()
            yield delta

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        completion = await self._model.complete(messages, params, schema)
        self._usage += completion.usage
        return completion

    async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
        scored = await self._model.score(messages, continuation)
        self._usage += Usage(await self._model.count_tokens(messages), len(scored.token_logprobs))
        return scored

    async def close(self) -> None:
        """The model stays open, for it was somebody else who opened it."""
