"""Conversations in which people rated how satisfied they were (form S): the rated messages. Knows no head.

A rating on an assistant's turn counts for the person's turn that follows it; where that one has a rating of its own,
its own counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Literal

from evaluation.datasets import Row, Text, unique_rows
from evaluation.errors import DataError
from personalization.signals import Line, Side, Utterance

FILE = "conversations.jsonl"
MIDDLE = 3  # of ratings from 1 to 5


class _Turn(Row):
    role: Literal["user", "assistant"]
    content: Text
    satisfaction: tuple[float, ...] | None = None


class _Conversation(Row):
    id: str
    turns: tuple[_Turn, ...]


@dataclass(frozen=True)
class Rated:
    """A person's message with the mean of the ratings of its moment."""

    utterance: Utterance
    rating: float
    conversation: str

    @property
    def side(self) -> Side:
        """Below the middle, above it, or at it."""
        if self.rating == MIDDLE:
            return "neutral"
        return "satisfied" if self.rating > MIDDLE else "dissatisfied"


def read_rated(path: Path) -> list[Rated]:
    """The rated messages of a file, or of the conversations.jsonl of a folder. Raises DataError."""
    file = path / FILE if path.is_dir() else path
    found = [rated for row in unique_rows(file, _Conversation) for rated in _rated(row)]
    if not found:
        raise DataError(f"{file}: no message of a person is rated: `satisfaction` holds ratings from 1 to 5")
    return found


def _rated(conversation: _Conversation) -> list[Rated]:
    lines: list[Line] = []
    found: list[Rated] = []
    of_answer: Sequence[float] = ()
    for turn in conversation.turns:
        if turn.role == "user":
            ratings = turn.satisfaction or of_answer
            if ratings:
                found.append(Rated(Utterance(turn.content, tuple(lines)), mean(ratings), conversation.id))
            of_answer = ()
        else:
            of_answer = turn.satisfaction or of_answer
        lines.append(Line(turn.role == "user", turn.content))
    return found
