"""What the engine works on: jobs, prompts being read, answers being written. Knows nothing of threads."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from generation.local_schema import SchemaGuide
from generation.local_text import Sampler, TextStream
from generation.port import ContinuationScore, Delta, FinishReason, GenerationError, GenerationParams, Usage


@dataclass
class Job:
    """Tokens to read and whom to tell; setting `cancelled` stops it before its next step."""

    tokens: list[int]
    deliver: Callable[[Delta | ContinuationScore | GenerationError], None]
    cancelled: bool = False


@dataclass(frozen=True)
class Refusal:
    """What is said instead of an answer where its log-probability, in nats, is at least `least`."""

    text: str
    tokens: list[int]
    least: float


@dataclass
class WriteJob(Job):
    """Read `tokens`, then write an answer, one Delta at a time, or the refusal at once."""

    params: GenerationParams = field(default_factory=GenerationParams)
    guide: SchemaGuide | None = None
    refusal: Refusal | None = None


@dataclass
class ScoreJob(Job):
    """Read `tokens`, then deliver the log-probabilities of `continuation`, which is not empty."""

    continuation: list[int] = field(default_factory=list)


class Reading:
    """A prompt on its way into a cache of its own."""

    def __init__(self, job: Job) -> None:
        from transformers import DynamicCache

        self.job = job
        scored = job.continuation if isinstance(job, ScoreJob) else []
        self.tokens = job.tokens + scored[:-1]
        self.wanted_from = len(job.tokens) - 1  # the first position whose logits matter
        self.cache = DynamicCache()
        self.at = 0
        self.logprobs: list[float] = []

    def refuses(self, model: Any, logits: Any) -> bool:
        """Whether the prompt, now read, calls for the refusal; `logits` (vocabulary,) are those of its last token.

        One short step behind the prompt, which is forgotten again, and only where the first word is likely enough."""
        import torch

        refusal = self.job.refusal if isinstance(self.job, WriteJob) else None
        if refusal is None:
            return False
        found = float(torch.log_softmax(logits.float(), dim=-1)[refusal.tokens[0]])
        rest = refusal.tokens[1:]
        if found < refusal.least or not rest:
            return found >= refusal.least
        behind = model(
            input_ids=torch.tensor([refusal.tokens[:-1]], device=logits.device),
            past_key_values=self.cache,
            use_cache=True,
        ).logits[0]
        self.cache.crop(-len(rest))
        after = torch.log_softmax(behind.float(), dim=-1)
        return found + float(after.gather(1, torch.tensor(rest, device=logits.device)[:, None]).sum()) >= refusal.least


class Answer:
    """An answer being written."""

    def __init__(self, job: WriteJob, text: TextStream, sampler: Sampler, ends: frozenset[int]) -> None:
        self.job = job
        self.last = -1
        self.done = False
        self._text, self._sampler, self._ends = text, sampler, ends
        self._count = 0

    def take(self, logits: Any) -> None:
        """Choose the next token from logits (vocabulary,) and tell whoever listens."""
        guide = self.job.guide
        self.last = self._sampler.choose(guide.constrain(logits) if guide else logits)
        self._count += 1
        ended = self.last in self._ends
        if guide and not ended:
            guide.take(self.last)
        piece = "" if ended else self._text.push(self.last)
        if ended or self._text.stopped or (guide and guide.complete):
            self._finish(piece, "stop")
        elif self._count >= self.job.params.max_tokens:
            self._finish(piece, "length")
        elif piece:
            self.job.deliver(Delta(piece))

    def _finish(self, piece: str, reason: FinishReason) -> None:
        self.done = True
        usage = Usage(len(self.job.tokens), self._count)
        self.job.deliver(Delta(piece + self._text.flush(), reason, usage))
