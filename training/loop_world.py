"""Opens what the simulated loop works with: a set's corpus in an index of its own, and an encoder that remembers."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager

import numpy as np

from app import adapters
from evaluation.datasets import RetrievalSet
from evaluation.indexing import EVERYONE, JudgedText, index_texts
from evaluation.workplace import encoder_of, index_of, temporary_settings
from retrieval.ports import Encoder, Vectors
from training.loop import World


class RememberingEncoder:
    """An Encoder that reads no text twice: the same questions are asked in every round."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._known: dict[tuple[str, str], Vectors] = {}

    @property
    def version(self) -> str:
        return self._encoder.version

    @property
    def dimension(self) -> int:
        return self._encoder.dimension

    @property
    def window(self) -> int:
        return self._encoder.window

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._encoder.count_tokens(texts)

    async def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return await self._read("query", texts, self._encoder.encode_queries)

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return await self._read("passage", texts, self._encoder.encode_passages)

    async def close(self) -> None:
        await self._encoder.close()

    async def _read(
        self, kind: str, texts: Sequence[str], encode: Callable[[Sequence[str]], Awaitable[Vectors]]
    ) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if (kind, text) not in self._known]
        if new:
            self._known |= {(kind, text): vector for text, vector in zip(new, await encode(new), strict=True)}
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.stack([self._known[kind, text] for text in texts])


@contextmanager
def world_of(data: RetrievalSet) -> Iterator[World]:
    """The set's corpus in a temporary home, while the block lasts; everything asynchronous runs in one loop."""
    with asyncio.Runner() as runner, temporary_settings() as settings:
        stack = runner.run(_entered(AsyncExitStack()))
        try:
            encoder = RememberingEncoder(runner.run(stack.enter_async_context(encoder_of(settings))))
            index = runner.run(stack.enter_async_context(index_of(settings, encoder)))
            loader = adapters.make_loader(settings)
            stack.push_async_callback(loader.close)
            texts = [JudgedText(one.id, one.title, one.text, one.group or EVERYONE) for one in data.entries]
            indexed = runner.run(index_texts(texts, encoder, index))
            queries = [one.text for one in data.queries]
            runner.run(encoder.encode_queries(queries))  # in batches, which one search after the other would not be
            yield World(index, indexed, encoder, loader, runner.run)
        finally:
            runner.run(stack.aclose())


async def _entered(stack: AsyncExitStack) -> AsyncExitStack:
    return await stack.__aenter__()
