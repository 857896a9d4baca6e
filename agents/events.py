"""What a running turn tells its caller, in order: stages, sources, tokens, and at the end the outcome."""

from dataclasses import dataclass, field
from typing import Literal

from generation.port import Message, Usage
from personalization.ports import Recalled
from retrieval.types import Hit, Selection

StageName = Literal["recalling", "rewriting", "searching", "selecting", "writing", "checking"]


@dataclass(frozen=True)
class Stage:
    name: StageName


@dataclass(frozen=True)
class Sources:
    """The hits that were found and which of them stand before the generator as [1], [2], ..."""

    hits: tuple[Hit, ...]
    selection: Selection


@dataclass(frozen=True)
class Token:
    text: str


@dataclass(frozen=True)
class Citation:
    """A marker of the answer that resolves: [marker] is hits[marker - 1] of the kept passages."""

    marker: int
    hit: Hit


@dataclass(frozen=True)
class Outcome:
    """Everything the turn log needs."""

    answer: str
    draft: str
    abstained: bool
    citations: tuple[Citation, ...]
    standalone_question: str
    hits: tuple[Hit, ...]
    selection: Selection
    recalled: Recalled
    prompt: tuple[Message, ...]
    usage: Usage
    timings: dict[str, float] = field(default_factory=dict)  # node -> milliseconds


TurnEvent = Stage | Sources | Token | Outcome
