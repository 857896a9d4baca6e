"""What a turn asks of personalization, and what a learner of preferences offers and needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]  # (n, dimension), rows of unit length


@dataclass(frozen=True)
class Recalled:
    """The preferences that hold for one context, as one short instruction for the generator."""

    instruction: str | None = None
    preference_ids: tuple[str, ...] = ()


class Recall(Protocol):
    """Finds the preferences of one person for one context."""

    async def recall(self, person_id: str, context: str) -> Recalled:
        """`context` is what is being asked; nothing of another person is ever returned."""


class NoRecall:
    """Nothing has been learned: every answer is generic."""

    async def recall(self, person_id: str, context: str) -> Recalled:  # noqa: ARG002 (the port's signature)
        return Recalled()


class ContextEncoder(Protocol):
    """Texts to unit vectors; any encoder of passages serves."""

    async def encode_passages(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True)
class PastEdit:
    """A draft and what the person made of it; equal texts are an acceptance."""

    draft: str
    edited: str

    @property
    def accepted(self) -> bool:
        return self.draft == self.edited


@dataclass(frozen=True)
class Guidance:
    """How to write for one context: a description or earlier edits for the prompt, and what is done to the text after.

    `render` is pure: it gives a written text the structure that a format can guarantee.
    """

    instruction: str | None = None
    examples: tuple[PastEdit, ...] = ()
    render: Callable[[str], str] | None = None


class Learner(Protocol):
    """Learns how one person likes texts from what they do to drafts. Deterministic given its models' answers."""

    async def guide(self, context: str) -> Guidance:
        """What is known for a context like this one; an empty Guidance where nothing is. Raises GenerationError."""

    async def learn(self, context: str, draft: str, edited: str, used: Guidance) -> None:
        """Take in what became of a draft that was shown; `used` guided it. Raises GenerationError."""
