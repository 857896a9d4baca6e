"""What a running turn tells its caller, in order: stages, sources, tokens, and at the end the outcome."""

from dataclasses import dataclass, field
from typing import Literal

from generation.port import Message, Usage
from personalization.ports import Recalled
from retrieval.types import Hit, Selection

StageName = Literal["recalling", "rewriting", "searching", "selecting", "writing", "checking"]
CitationOrigin = Literal["model", "attributed"]
AbstainReason = Literal[
    "no_documents", "nothing_useful", "model_declined", "empty_answer", "nothing_remembered", "rules_leave_nothing"
]
Finish = Literal["stop", "length", "repetition"]


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
    origin: CitationOrigin = "model"  # attributed: the model cited nothing and the words of the passage support it


@dataclass(frozen=True)
class Outcome:
    """Everything the turn log needs. Not abstained and no citations: small talk, or no passage supports it."""

    answer: str
    draft: str  # what the model wrote, before markers were checked and repetition was cut; empty if it was not asked
    abstained: bool
    citations: tuple[Citation, ...]
    standalone_question: str
    hits: tuple[Hit, ...]
    selection: Selection  # kept: exactly the passages that stood before the generator
    recalled: Recalled
    prompt: tuple[Message, ...]
    usage: Usage
    timings: dict[str, float] = field(default_factory=dict)  # node -> milliseconds
    abstain_reason: AbstainReason | None = None
    finish: Finish = "stop"
    dropped_passages: int = 0  # selected, but more than the model can read
    dropped_turns: int = 0  # of the history, likewise
    prompt_version: str = ""
    written: str | None = None  # the checked answer before preferences were rendered, where that changed it


TurnEvent = Stage | Sources | Token | Outcome
