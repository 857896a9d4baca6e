"""Messages with the kind of signal that they are: written for this repository, or rated by people. Fits nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import model_validator

from evaluation.datasets import Row, unique_rows
from evaluation.signals_dialogues import read_rated
from personalization.signals import Line, Utterance, side_of, utterances

TALKS = Path(__file__).parent / "signals_talks.jsonl"
TALKS_LICENCE = "Apache-2.0"  # this repository's: nobody else's words are in it


class _Turn(Row):
    role: Literal["user", "assistant"]
    content: str
    kind: str | None = None

    @model_validator(mode="after")
    def _kind_is_known(self) -> "_Turn":
        if self.role == "user":
            side_of(self.kind or "")
        return self


class _Talk(Row):
    id: str
    family: str
    turns: tuple[_Turn, ...]


@dataclass(frozen=True)
class Example:
    """A message, what it is, and the family of talks it is from: a family is learned from, or measured on, whole."""

    utterance: Utterance
    kind: str
    family: str


def read_talks(path: Path = TALKS) -> list[Example]:
    """The talks written for this repository. Raises DataError."""
    found: list[Example] = []
    for talk in unique_rows(path, _Talk):
        said = utterances([Line(turn.role == "user", turn.content) for turn in talk.turns])
        kinds = [turn.kind or "" for turn in talk.turns if turn.role == "user"]
        found += [Example(one, kind, talk.family) for one, kind in zip(said, kinds, strict=True)]
    return found


def read_dialogues(paths: Sequence[Path]) -> list[Example]:
    """Rated conversations: the side is all that is known of a message. Raises DataError."""
    return [
        Example(rated.utterance, rated.side, f"{path}/{rated.conversation}")
        for path in paths
        for rated in read_rated(path)
    ]
