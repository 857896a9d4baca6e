"""The LanguageModel port and the values that cross it. Implementations: local, openai, scripted."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length"]
JsonSchema = Mapping[str, Any]


@dataclass(frozen=True)
class Message:
    """One chat message."""

    role: Role
    content: str


@dataclass(frozen=True)
class GenerationParams:
    """How to decode. temperature 0 is greedy; max_tokens counts new tokens only.

    `refusal` is what the model says where it has no answer. One that knows from which probability on it had better say
    so says it from there on, also where its first word would have been another; any other is left to itself.
    """

    max_tokens: int = 320
    temperature: float = 0.0
    top_p: float = 1.0
    stop: tuple[str, ...] = ()
    seed: int | None = None
    refusal: str | None = None

    def __post_init__(self) -> None:
        if self.max_tokens < 1 or self.temperature < 0 or not 0 < self.top_p <= 1:
            raise ValueError(f"max_tokens >= 1, temperature >= 0 and 0 < top_p <= 1 are needed, not {self}")


@dataclass(frozen=True)
class Usage:
    """Tokens read and written."""

    prompt_tokens: int = 0
    completion_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
        )


@dataclass(frozen=True)
class Delta:
    """A piece of a streamed answer. The last one carries finish_reason and usage, and may have empty text."""

    text: str
    finish_reason: FinishReason | None = None
    usage: Usage | None = None


@dataclass(frozen=True)
class Completion:
    """A whole answer."""

    text: str
    finish_reason: FinishReason
    usage: Usage


@dataclass(frozen=True)
class ContinuationScore:
    """Natural-log probabilities of each token of a given continuation, in order."""

    token_logprobs: tuple[float, ...]

    @property
    def total(self) -> float:
        """log P(continuation | messages), in nats."""
        return sum(self.token_logprobs)

    @property
    def mean(self) -> float:
        """Nats per token; 0 for an empty continuation."""
        return self.total / len(self.token_logprobs) if self.token_logprobs else 0.0


class GenerationError(Exception):
    """The model could not answer; the message is fit to be shown and names the remedy."""


class ContextOverflowError(GenerationError):
    """Prompt plus max_tokens do not fit into the model's context window."""

    def __init__(self, prompt_tokens: int, max_tokens: int, context_window: int) -> None:
        super().__init__(
            f"the prompt has {prompt_tokens} tokens and {max_tokens} are reserved for the answer, but the model reads "
            f"{context_window} at most: shorten the question or choose a model with a longer context"
        )
        self.prompt_tokens = prompt_tokens
        self.max_tokens = max_tokens
        self.context_window = context_window


class ModelUnavailableError(GenerationError):
    """The weights cannot be had or the model server cannot be reached."""


class LanguageModel(Protocol):
    """A chat model. Closing the iterator of `stream`, or cancelling any call, stops the computation."""

    @property
    def version(self) -> str:
        """Name and version of the weights, as logged with every turn."""

    @property
    def context_window(self) -> int:
        """Tokens that prompt and answer may have together."""

    @property
    def usage(self) -> Usage:
        """Tokens spent since the model was built."""

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        """Tokens of the rendered prompt; an upper estimate where the server cannot tell."""

    def stream(self, messages: Sequence[Message], params: GenerationParams) -> AsyncIterator[Delta]:
        """Yield the answer as it is written. Raises GenerationError."""

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        """Return the whole answer; with `schema`, text that is JSON valid under it. Raises GenerationError."""

    async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
        """Log-probabilities of `continuation` as the assistant's next message. Raises GenerationError."""

    async def close(self) -> None:
        """Release threads, connections and memory."""
