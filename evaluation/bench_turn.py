"""`attune bench turn`: what a turn costs outside the models, and its first token against the bare model's.

Outside: whole authenticated turns over HTTP, asked from another process, with a scripted model and the encoder of the
settings, the seconds in which either was waited for taken off, and a line fitted through answers of different
lengths. First token: first turns of a conversation with the model of the settings, from the end of selection, against
the model alone on the same prompt.
"""

import statistics
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from agents.events import Outcome, Token
from agents.graph import stream_turn
from agents.types import TurnContext, TurnRequest
from app.services import Services
from evaluation.asking import Asker, asker
from evaluation.indexing import EVERYONE, JudgedText, index_texts
from evaluation.product import running_product
from evaluation.progress import progress
from evaluation.reports import Report
from evaluation.synthetic import Writer
from evaluation.timed import TimedEncoder, TimedModel, TimedVerifier
from evaluation.workplace import encoder_of, index_of, model_of, retriever_of, temporary_settings
from generation.port import Delta, GenerationParams, LanguageModel, Message
from generation.scripted import ScriptedModel
from personalization.ports import NoRecall
from retrieval.selector import KeepAll
from retrieval.types import Hit, Selection

ANSWER_WORDS = (1, 25, 50, 100, 200)
REPEATS = 8  # turns of each length
FIRST_TOKENS = 7  # odd, so that the median is one of them
_DOCUMENTS = 20
_KEPT = 3  # passages in the prompt of a first token; with more, reading them hides what we add


async def measure() -> Report:
    """Both halves, each in a home of its own; medians throughout."""
    return {**await _outside_models(), **await _first_tokens()}


@dataclass(frozen=True)
class TurnCost:
    """Pieces the model wrote in one turn, and the milliseconds in which nobody waited for a model."""

    pieces: int
    milliseconds: float


async def _outside_models() -> Report:
    costs: list[TurnCost] = []
    writer = Writer(seed=2)
    with temporary_settings(llm="scripted") as settings:
        script = ScriptedModel()
        clocks = _Clocks(script)
        folder = settings.home / "to-ingest"
        folder.mkdir(parents=True)
        for name, text in Writer(seed=0).documents(_DOCUMENTS):
            (folder / name).write_text(text)
        async with running_product(settings, clocks.wind) as product, asker(*product.address) as client:
            await product.ingest(sorted(folder.iterdir()))
            with progress("turns with a scripted model", REPEATS * len(ANSWER_WORDS)) as advance:
                for _ in range(REPEATS):
                    for words in ANSWER_WORDS:
                        script.enqueue(" ".join(writer.words(words)))
                        costs.append(await clocks.turn(client, writer.sentence()))
                        advance()
    slope, start = line_through(costs)
    return {"ms_outside_models": start, "ms_outside_models_per_token": slope, "turns": len(costs)}


class _Clocks:
    """Puts clocks around the models of a running product and reads them."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = TimedModel(model)
        self._others: list[TimedEncoder | TimedVerifier] = []

    def wind(self, services: Services) -> Services:
        """The same services with timed models; every passage is kept, so that no turn abstains."""
        encoder = TimedEncoder(services.encoder)
        checked = services.serving.now.verifier.thing
        verifier = TimedVerifier(checked) if checked else None
        self._others = [encoder, verifier] if verifier else [encoder]
        retriever = retriever_of(encoder, services.index)
        models = {"generator": self._model, "verifier": verifier, "retriever": retriever, "selector": KeepAll()}
        return replace(services.answering_with(**models), encoder=encoder)

    async def turn(self, client: Asker, question: str) -> TurnCost:
        pieces, inside = self._model.deltas, self._seconds
        whole = await client.ask(question)
        return TurnCost(self._model.deltas - pieces, 1e3 * (whole - (self._seconds - inside)))

    @property
    def _seconds(self) -> float:
        return self._model.seconds + sum(other.seconds for other in self._others)


def line_through(costs: Sequence[TurnCost]) -> tuple[float, float]:
    """(milliseconds a token, milliseconds a turn): least squares through the median turn of each length."""
    lengths = sorted({cost.pieces for cost in costs})
    medians = [statistics.median(c.milliseconds for c in costs if c.pieces == length) for length in lengths]
    slope, start = np.polyfit(lengths, medians, 1)
    return float(slope), float(start)


async def _first_tokens() -> Report:
    """Each bare run stands between two turns with the same question, so that a drift of the machine cancels out."""
    with temporary_settings() as settings:
        async with encoder_of(settings) as encoder, model_of(settings) as model, index_of(settings, encoder) as index:
            writer = Writer(seed=3)
            await index_texts([JudgedText(str(n), "", writer.paragraph()) for n in range(_DOCUMENTS)], encoder, index)
            tokens = settings.answer_max_tokens
            context = TurnContext(model, retriever_of(encoder, index), KeepAll(), NoRecall(), _KEPT, tokens)
            await timed_turn(context, writer.sentence())  # warm-up
            turns, bare = [], []
            with progress("first tokens", FIRST_TOKENS) as advance:
                for _ in range(FIRST_TOKENS):
                    question = writer.sentence()
                    turns.append(await timed_turn(context, question))
                    bare.append(await first_token_seconds(model, turns[-1].prompt, tokens))
                    turns.append(await timed_turn(context, question))
                    advance()
    ours = [(one.first_token + two.first_token) / 2 for one, two in zip(turns[::2], turns[1::2], strict=True)]
    return {
        "first_token_ratio": statistics.median(mine / alone for mine, alone in zip(ours, bare, strict=True)),
        "first_token_ms": 1e3 * statistics.median(ours),
        "bare_first_token_ms": 1e3 * statistics.median(bare),
        "sec_per_turn": statistics.median(turn.seconds for turn in turns),
        "generator": model.version,
    }


@dataclass(frozen=True)
class TimedTurn:
    """A turn's prompt, the seconds from the end of selection to its first token, and the seconds of the whole."""

    prompt: Sequence[Message]
    first_token: float
    seconds: float


async def timed_turn(context: TurnContext, question: str) -> TimedTurn:
    """Run one first turn of a conversation."""
    selector = _ClockedSelector()
    request = TurnRequest(question, "", frozenset({EVERYONE}))
    first = 0.0
    prompt: Sequence[Message] = ()
    started = time.perf_counter()
    async for event in stream_turn(replace(context, selector=selector), request):
        if isinstance(event, Token):
            first = first or time.perf_counter()
        elif isinstance(event, Outcome):
            prompt = event.prompt
    return TimedTurn(prompt, first - selector.ended, time.perf_counter() - started)


async def first_token_seconds(model: LanguageModel, prompt: Sequence[Message], max_tokens: int) -> float:
    """Seconds until the model alone says its first word."""
    started = time.perf_counter()
    stream = cast(AsyncGenerator[Delta, None], model.stream(prompt, GenerationParams(max_tokens=max_tokens)))
    async with aclosing(stream):
        async for delta in stream:
            if delta.text:
                break
    return time.perf_counter() - started


class _ClockedSelector(KeepAll):
    """Notes when it was done."""

    ended = 0.0

    async def select(self, question: str, hits: Sequence[Hit]) -> Selection:
        selection = await super().select(question, hits)
        self.ended = time.perf_counter()
        return selection
