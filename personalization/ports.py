"""What a turn asks of personalization."""

from dataclasses import dataclass
from typing import Protocol


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
