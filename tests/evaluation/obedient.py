"""A scripted language model that writes in a style as soon as the style's own description stands in the prompt."""

import re
from collections.abc import AsyncIterator, Sequence

from evaluation.prelude_styles import Styles
from evaluation.prelude_user import revise
from generation.port import (
    Completion,
    ContinuationScore,
    Delta,
    GenerationParams,
    JsonSchema,
    Message,
    Usage,
)

PLAIN = "It was a very good day for the people in town. They said the new boat cost 5 dollars, and it sails at 9 am."


class Killed(Exception):
    """The end of a process, as far as a test can have one."""


class ObedientModel:
    """LanguageModel that obeys descriptions it knows, names them from edits by chance words, and counts its calls."""

    version = "obedient@1"
    context_window = 100_000

    def __init__(self, styles: Styles, dies_after: int | None = None) -> None:
        self._styles = [style for sources in styles.values() for style in sources.values()]
        self._dies_after = dies_after
        self.calls = 0
        self.usage = Usage()

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        return sum(len(message.content.split()) for message in messages)

    async def stream(self, messages: Sequence[Message], params: GenerationParams) -> AsyncIterator[Delta]:
        completion = await self.complete(messages, params)
        yield Delta(completion.text, completion.finish_reason, completion.usage)

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        if self.calls == self._dies_after:
            raise Killed
        self.calls += 1
        asked = messages[-1].content
        usage = Usage(await self.count_tokens(messages), 20)
        return Completion(self._said(asked), "stop", usage)

    def _said(self, asked: str) -> str:
        if "generic preference" in asked:
            return f"likes {re.findall(r'[a-z]+', asked)[-30]}"
        known = next((style for style in self._styles if style.description in asked), None)
        return revise(PLAIN, known) if known else PLAIN

    async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
        """Words that the prompt has seen cost half."""
        seen = set(messages[-1].content.split())
        return ContinuationScore(tuple(-0.5 if word in seen else -1.0 for word in continuation.split()))

    async def close(self) -> None:
        """Nothing is held."""
