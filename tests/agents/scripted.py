"""Scripted ports for tests of the graph: they return what they are told to, and remember what they were asked."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from agents.events import Outcome, Token, TurnEvent
from agents.graph import stream_turn
from agents.memory import Remembered
from agents.past import LookBack
from agents.types import PastTurn, TurnContext, TurnRequest
from generation.port import (
    Completion,
    ContinuationScore,
    Delta,
    GenerationError,
    GenerationParams,
    JsonSchema,
    LanguageModel,
    Message,
    Usage,
)
from personalization.ports import Recalled
from retrieval.types import Hit, Passage, Query, Selection, SourceKind


def hit(text: str, title: str = "Handbook", page: int | None = 1, rank: int = 1) -> Hit:
    passage = Passage(id=f"p-{title}-{page}-{rank}", document_id=title, position=0, text=text, title=title, page=page)
    return Hit(passage=passage, score=1 / rank, rank=rank)


def remembered_hit(kind: SourceKind, text: str, rank: int = 1, cosine: float = 0.9) -> Hit:
    title = {"fact": "What you told me", "conversation": "Our conversation"}.get(kind, "")
    passage = Passage(f"{kind}-{rank}", f"{kind}-{rank}", 0, text, title, heading="3 May 2026", kind=kind)
    return Hit(passage, cosine, rank, dense=cosine)


@dataclass
class ScriptedRetriever:
    hits: Sequence[Hit] = ()
    queries: list[Query] = field(default_factory=list)

    async def search(self, query: Query) -> Sequence[Hit]:
        self.queries.append(query)
        return self.hits


@dataclass
class ScriptedSelector:
    """Keeps the hits whose rank is named."""

    ranks: frozenset[int] = frozenset({1, 2, 3})
    questions: list[str] = field(default_factory=list)

    @property
    def version(self) -> str:
        return "scripted"

    async def select(self, question: str, hits: Sequence[Hit]) -> Selection:
        self.questions.append(question)
        kept = tuple(hit for hit in hits if hit.rank in self.ranks)
        return Selection(kept, {hit.passage.id: hit.score for hit in hits})


@dataclass
class ScriptedRecall:
    instruction: str | None = None

    async def recall(self, person_id: str, context: str) -> Recalled:
        return Recalled(self.instruction, ("pref-1",) if self.instruction else ())


@dataclass
class ScriptedMemory:
    """Knows what it was given, and remembers what it was asked."""

    known: Remembered = field(default_factory=Remembered)
    past: Sequence[Hit] = ()
    asked: list[LookBack] = field(default_factory=list)

    async def remember(self, person_id: str, question: str) -> Remembered:
        return self.known

    async def look_back(self, person_id: str, asked: LookBack) -> Sequence[Hit]:
        self.asked.append(asked)
        return self.past


@dataclass
class ScriptedVerifier:
    """Supported is what it was told: pairs of a part of the sentence and a part of the passage."""

    known: frozenset[tuple[str, str]] = frozenset()
    doubtful: float = 0.1
    asked: list[tuple[str, str]] = field(default_factory=list)
    version: str = "scripted"

    async def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        self.asked += pairs
        return [0.9 if self._knows(*pair) else self.doubtful for pair in pairs]

    def _knows(self, claim: str, passage: str) -> bool:
        return any(said in claim and there in passage for said, there in self.known)


@dataclass
class PiecewiseModel:
    """Says the replies in order, one piece a step; a piece that is an error is raised. Counts words as tokens."""

    replies: list[list[str | GenerationError]] = field(default_factory=list)
    context_window: int = 4096
    pause: float = 0.0  # seconds before each piece
    prompts: list[Sequence[Message]] = field(default_factory=list)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    stopped_after: int | None = None  # pieces said when the stream was closed or cancelled

    @property
    def version(self) -> str:
        return "scripted"

    @property
    def usage(self) -> Usage:
        return Usage()

    async def count_tokens(self, messages: Sequence[Message]) -> int:
        return sum(len(message.content.split()) for message in messages)

    async def stream(self, messages: Sequence[Message], params: GenerationParams) -> AsyncIterator[Delta]:
        self.prompts.append(messages)
        self.asked.set()
        said = 0
        try:
            for piece in self.replies.pop(0):
                await asyncio.sleep(self.pause)
                if isinstance(piece, GenerationError):
                    raise piece
                said += 1
                yield Delta(piece)
            yield Delta("", "stop", Usage(await self.count_tokens(messages), said))
        except (asyncio.CancelledError, GeneratorExit):
            self.stopped_after = said
            raise

    async def complete(
        self, messages: Sequence[Message], params: GenerationParams, schema: JsonSchema | None = None
    ) -> Completion:
        text = "".join([delta.text async for delta in self.stream(messages, params)])
        return Completion(text, "stop", Usage(await self.count_tokens(messages), 1))

    async def score(self, messages: Sequence[Message], continuation: str) -> ContinuationScore:
        return ContinuationScore(())

    async def close(self) -> None: ...


HITS = (
    hit("The notice period is four weeks.", page=3, rank=1),
    hit("Lunch is served at noon.", page=9, rank=2),
)
ASKED = TurnRequest("How long is the notice period?", "ada", frozenset({"ada"}))


def words(text: str) -> list[str | GenerationError]:
    first, *rest = text.split(" ")
    return [first, *(f" {word}" for word in rest)]


def context_of(
    model: LanguageModel, hits: Sequence[Hit] = HITS, ranks: Sequence[int] = (1, 2), instruction: str | None = None
) -> TurnContext:
    selector = ScriptedSelector(frozenset(ranks))
    return TurnContext(model, ScriptedRetriever(hits), selector, ScriptedRecall(instruction), answer_max_tokens=64)


async def run(context: TurnContext, request: TurnRequest = ASKED) -> list[TurnEvent]:
    return [event async for event in stream_turn(context, request)]


def outcome(events: Sequence[TurnEvent]) -> Outcome:
    *_, last = events
    assert isinstance(last, Outcome)
    return last


def streamed(events: Sequence[TurnEvent]) -> str:
    return "".join(event.text for event in events if isinstance(event, Token))


HISTORY = (PastTurn("Who founded Analytical Engines Ltd?", "Charles Babbage founded Analytical Engines Ltd [2]."),)
FOLLOW_UP = TurnRequest("When did he found it?", "ada", frozenset({"ada"}), HISTORY)
