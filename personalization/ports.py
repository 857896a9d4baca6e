"""What a turn asks of personalization, and what a learner of preferences offers and needs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]  # (n, dimension), rows of unit length


@dataclass(frozen=True)
class Recalled:
    """The preferences that hold for one context: one short instruction for the generator, and what a format can
    guarantee, done to the text that it wrote. `render` is pure and idempotent. `honoured` says of a text as it was
    written and as it was rendered which of the preferences it honours: not every form fits every text."""

    instruction: str | None = None
    preference_ids: tuple[str, ...] = ()
    render: Callable[[str], str] | None = None
    honoured: Callable[[str, str], tuple[str, ...]] | None = None


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
        """Take in what became of a draft; `used` guided it. `draft` is what the model wrote, before `used.render`: the
        person saw the rendered text, and accepted it if `edited` equals that. Raises GenerationError."""


class Transformation(Protocol):
    """One change that a person may want in every text, as a pure and idempotent function of the text."""

    @property
    def key(self) -> str:
        """What it is about: two transformations of one key are the same preference, the later one holds."""

    @property
    def description(self) -> str:
        """In plain words, as an instruction to a writer: shown to the person and to the model."""

    @property
    def parameters(self) -> Mapping[str, Any]:
        """All it takes to make it again, as JSON; `kind` names the family."""

    def apply(self, text: str) -> str:
        """`text` as the person wants it; unchanged where nothing is to be done. Never changes what is claimed."""


@dataclass(frozen=True)
class ContextEdit:
    """What a person made of one text, and where. Equal texts: accepted. `written` is what the model wrote, before
    preferences were rendered; `vector`, shape (dimension,), is its context's."""

    id: str
    vector: Vectors
    written: str
    edited: str


@dataclass(frozen=True)
class Preference:
    """One thing learned: what is wanted, where, and from what.

    `vector`, shape (dimension,), says where: it holds where `vector @ here` reaches memory.HOLDS, and everywhere if it
    is zero. Its length is part of that: evidence against it in other contexts shortens its reach."""

    transformation: Transformation
    vector: Vectors
    supporting: tuple[str, ...]  # ids of edits, oldest first
    against: tuple[str, ...] = ()
    confidence: float = 0.0  # lower bound of the probability that it makes a text cheaper to edit, in [0, 1]
