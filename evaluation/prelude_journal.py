"""A language model whose answers are written down: the same request is answered once, also after a kill. Knows no task.

Resuming a run is running it again: what was answered comes from the journal, so learners need no saved state.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

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
    """LanguageModel over another one and a file. Equal requests get equal answers, whatever company they came in."""

    def __init__(self, model: LanguageModel, path: Path) -> None:
        """Read what `path` holds; a last line that a kill cut off is dropped."""
        self._model = model
        self._answers: dict[str, asyncio.Future[Answer] | Answer] = dict(_read(path))
        self._file: TextIO = path.open("a", encoding="utf-8")
        self.recalled = len(self._answers)
        self.computed = 0

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
        """Give up what is being asked and close the journal; the model stays open, for somebody else opened it."""
        asked = [one for one in self._answers.values() if isinstance(one, asyncio.Future)]
        for one in asked:
            one.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        self._file.close()

    async def _once(self, request: Any, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        key = hashlib.sha256(json.dumps(request, ensure_ascii=False).encode()).hexdigest()
        known = self._answers.get(key)
        if isinstance(known, dict):
            return known
        if known is None:
            known = self._answers[key] = asyncio.ensure_future(self._ask(key, ask))
        return await asyncio.shield(known)

    async def _ask(self, key: str, ask: Callable[[], Awaitable[Answer]]) -> Answer:
        answer = await ask()
        # Flushed and not synced: a killed process loses nothing of it, only a dead machine would.
        self._file.write(json.dumps({"key": key, "answer": answer}, ensure_ascii=False) + "\n")
        self._file.flush()
        self.computed += 1
        self._answers[key] = answer
        return answer


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


def _read(path: Path) -> dict[str, Answer]:
    if not path.exists():
        return {}
    written = path.read_bytes()
    whole = written[: written.rfind(b"\n") + 1]
    if whole != written:
        path.write_bytes(whole)
    rows = (json.loads(line) for line in whole.decode().split("\n") if line)
    return {row["key"]: row["answer"] for row in rows}
