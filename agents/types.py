"""What a turn is asked for and what it may use."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from agents.memory import Memory, NoMemory
from agents.verdicts import NoVerdicts, VerdictLog
from generation.port import LanguageModel
from personalization.ports import Recall
from retrieval.ports import Selector, Verifier
from retrieval.types import Hit, Query


@dataclass(frozen=True)
class PastTurn:
    question: str
    answer: str


@dataclass(frozen=True)
class TurnRequest:
    """One question of one person."""

    question: str
    person_id: str
    readers: frozenset[str]
    history: tuple[PastTurn, ...] = ()  # oldest first
    document_ids: frozenset[str] | None = None
    temperature: float = 0.0  # of the answer; above 0 where another one than the likeliest is wanted


class Searches(Protocol):
    """The part of the retriever that a turn needs."""

    async def search(self, query: Query) -> Sequence[Hit]: ...


@dataclass(frozen=True)
class TurnContext:
    """The dependencies of a turn, built once by the composition root."""

    model: LanguageModel
    retriever: Searches
    selector: Selector
    recall: Recall
    retrieve_limit: int = 10
    answer_max_tokens: int = 320
    # False for a model that rules only confuse: it reads the best passage and the question; follow-ups are made
    # searchable and sentences cited without it (docs/decisions/005). None: judged by the model's version.
    follows_rules: bool | None = None
    verifier: Verifier | None = None  # None: markers are kept as written, and set by words where none are
    memory: Memory = field(default_factory=NoMemory)
    verdicts: VerdictLog = field(default_factory=NoVerdicts)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)  # what "last week" is counted from
    step: Callable[[str], AbstractContextManager[object]] = nullcontext  # entered around each step, by its name
