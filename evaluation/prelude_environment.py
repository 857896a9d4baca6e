"""PRELUDE's loop: context, draft, edit, learning, round after round. Tasks, seeds and learners advance together.

Gao et al., "Aligning LLM Agents by Learning Latent Preference from User Edits", 2024. Knows no learner and no style.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

from evaluation.prelude_contexts import TASKS, Contexts, Task, in_order
from evaluation.prelude_journal import MeteredModel
from evaluation.prelude_learners import LEARNERS, Materials
from evaluation.prelude_styles import Styles
from evaluation.prelude_tasks import draft
from evaluation.prelude_user import Style
from generation.port import LanguageModel, Usage
from personalization.edit_cost import edit_cost
from personalization.ports import ContextEncoder, Guidance, Learner, Vectors

Result = TypeVar("Result")


class User(Protocol):
    """Whoever edits drafts: operators, or a language model."""

    @property
    def version(self) -> str: ...

    async def edit(self, draft: str, style: Style) -> str:
        """The draft as they leave it; itself where they accept."""


@dataclass(frozen=True)
class Plan:
    """What is run: every learner on every task that has contexts, with seeds 0 to `seeds` - 1."""

    contexts: Contexts
    styles: Styles
    learners: tuple[str, ...]
    rounds: int
    seeds: int


@dataclass(frozen=True)
class Tools:
    """What all cells of a run share."""

    model: LanguageModel
    encoder: ContextEncoder
    user: User


@dataclass(frozen=True)
class Round:
    """What happened in one round of one cell; `cost` counts word-level edits, `tokens` those read and written."""

    task: Task
    learner: str
    seed: int
    number: int
    source: str
    context: str
    instruction: str | None
    draft: str
    edited: str
    cost: int
    cost_normalised: float
    tokens: int


@dataclass(frozen=True)
class _Cell:
    task: Task
    name: str
    seed: int
    learner: Learner
    meter: MeteredModel
    order: Sequence[tuple[str, str]]


class RememberingEncoder:
    """A context encoder that encodes each text once: every learner asks for the same contexts."""

    def __init__(self, encoder: ContextEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, asyncio.Future[Vectors]] = {}

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        import numpy as np

        return np.stack([await asyncio.shield(self._once(text)) for text in texts])

    def _once(self, text: str) -> "asyncio.Future[Vectors]":
        if text not in self._known:
            self._known[text] = asyncio.ensure_future(self._encode(text))
        return self._known[text]

    async def _encode(self, text: str) -> Vectors:
        encoded: Vectors = (await self._encoder.encode_passages([text]))[0]
        return encoded


async def run(plan: Plan, tools: Tools, file: Path, advance: Callable[[], None]) -> list[Round]:
    """All rounds, each written to `file` as it ends. Raises GenerationError and DataError."""
    rounds: list[Round] = []
    with file.open("w", encoding="utf-8") as written:
        async for finished in _rounds(plan, tools):
            rounds += finished
            written.writelines(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in finished)
            written.flush()
            advance()
    return rounds


async def _rounds(plan: Plan, tools: Tools) -> AsyncIterator[list[Round]]:
    cells = _cells(plan, tools)
    for number in range(plan.rounds):
        before = [cell.meter.usage for cell in cells]
        here = [cell.order[number] for cell in cells]
        pairs = list(zip(cells, here, strict=True))
        guided = await _together(cell.learner.guide(context) for cell, (_, context) in pairs)
        written = await _together(
            draft(cell.meter, cell.task, context, guidance)
            for (cell, (_, context)), guidance in zip(pairs, guided, strict=True)
        )
        drafts = [
            guidance.render(text) if guidance.render else text for text, guidance in zip(written, guided, strict=True)
        ]
        edited = await _together(
            tools.user.edit(text, plan.styles[cell.task][source])
            for (cell, (source, _)), text in zip(pairs, drafts, strict=True)
        )
        shown = list(zip(drafts, edited, strict=True))
        await _together(
            # A learner sees what the model wrote, the person what was made of it.
            cell.learner.learn(context, text, after, guidance)
            for (cell, (_, context)), text, after, guidance in zip(pairs, written, edited, guided, strict=True)
        )
        yield [
            _round(number, pair, guidance, texts, _tokens(pair[0].meter.usage) - _tokens(spent))
            for pair, guidance, texts, spent in zip(pairs, guided, shown, before, strict=True)
        ]


def _round(
    number: int, pair: tuple[_Cell, tuple[str, str]], guidance: Guidance, texts: tuple[str, str], tokens: int
) -> Round:
    cell, (source, context) = pair
    cost = edit_cost(*texts)
    return Round(
        cell.task, cell.name, cell.seed, number, source, context, guidance.instruction, *texts,
        cost.raw, cost.normalised, tokens,
    )  # fmt: skip


def _tokens(usage: Usage) -> int:
    return usage.prompt_tokens + usage.completion_tokens


def _cells(plan: Plan, tools: Tools) -> list[_Cell]:
    cells = []
    for task in (task for task in TASKS if task in plan.contexts):
        texts = plan.contexts[task]
        truth = {text: plan.styles[task][source].description for source in texts for text in texts[source]}
        for seed in range(plan.seeds):
            order = in_order(texts, plan.rounds, seed)
            for name in plan.learners:
                meter = MeteredModel(tools.model)
                learner = LEARNERS[name](Materials(meter, tools.encoder, truth))
                cells.append(_Cell(task, name, seed, learner, meter, order))
    return cells


async def _together(work: Iterable[Coroutine[Any, Any, Result]]) -> list[Result]:
    """One batch: all at once, in order; the first failure ends the others too."""
    tasks = [asyncio.ensure_future(one) for one in work]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
