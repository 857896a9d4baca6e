"""What a turn asks of a person's memory: facts, standing rules, earlier conversations. Knows no store and no model."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from agents.past import LookBack
from retrieval.types import Hit


@dataclass(frozen=True)
class ActingRule:
    """A standing rule that narrows this search."""

    id: str
    text: str  # in the person's words


@dataclass(frozen=True)
class Remembered:
    """What is known of a person for one question. A fact's passage has the kind "fact", its cosine in `dense`."""

    facts: tuple[Hit, ...] = ()
    rules: tuple[ActingRule, ...] = ()
    within: frozenset[str] | None = None  # the documents that the rules leave; None: no rule


class Memory(Protocol):
    """One person's memory; nothing of another person is ever returned."""

    async def remember(self, person_id: str, question: str) -> Remembered: ...

    async def look_back(self, person_id: str, asked: LookBack) -> Sequence[Hit]:
        """Earlier turns, best first, as passages of the kind "conversation"; the latest where no topic is named."""


class NoMemory:
    """Nothing is known of anybody."""

    async def remember(self, person_id: str, question: str) -> Remembered:  # noqa: ARG002 (the port's signature)
        return Remembered()

    async def look_back(self, person_id: str, asked: LookBack) -> Sequence[Hit]:  # noqa: ARG002 (likewise)
        return ()
