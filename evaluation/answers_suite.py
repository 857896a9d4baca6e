"""`attune eval answers`: whole turns on questions with gold answers, beside what the bare stock model answers.

sec_per_turn is the mean over a small sample of turns that ran one at a time; all others ran several at a time. Where
a run is resumed, it is what those turns took when they ran.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from app import adapters
from evaluation.answers import Answered, figures, intervals, ratios
from evaluation.answers_cases import Source, case_of, source_of
from evaluation.answers_turns import ALONE, Tools, run_turns
from evaluation.baselines import baselines
from evaluation.choices import (
    conditions_of,
    generator_settings,
    retriever_settings,
    selector_settings,
    verifier_settings,
)
from evaluation.datasets import AnswerSet, even_sample, read_answers
from evaluation.holdout import kept_back
from evaluation.progress import IN_FLIGHT
from evaluation.reports import Report, combine
from evaluation.runs import Run
from evaluation.statistics import paired_difference
from evaluation.workplace import encoder_of, model_of, temporary_settings
from retrieval.query_update import STOCK

_COMPARED = ("accuracy", "f1")


@dataclass(frozen=True)
class Choices:
    """What the flags say. None of a part of the product: the one that the settings in force name."""

    limit: int | None = None
    source: str | None = None
    selector: str | None = None
    generator: str | None = None
    verifier: str | None = None
    held_back: bool = False  # only the questions that training leaves alone
    run: Path | None = None  # where results are kept; None: nowhere
    retriever: str | None = None


async def evaluate(folders: Sequence[Path], choices: Choices | None = None) -> Report:
    """Figures of whole turns on each set, and of the baselines in the same run. Raises EvaluationError."""
    chosen = choices or Choices()
    sets = [_read(folder, chosen) for folder in folders]
    sources = [source_of(data, chosen.source) for data in sets]
    run = Run(chosen.run)
    async with open_tools(chosen) as tools:
        pairs = zip(sets, sources, strict=True)
        return combine({data.name: await measure(data, source, tools, chosen.limit, run) for data, source in pairs})


async def measure(
    data: AnswerSet, source: Source, tools: Tools, limit: int | None = None, run: Run | None = None
) -> Report:
    """Run a turn for each of (a sample of) the questions in a home of its own, and the baselines."""
    run = run or Run()
    questions = even_sample(data.questions, limit)
    answered, seconds = await run_turns(data, source, questions, tools, run)
    cases = [case_of(data, source, question) for question in questions]
    bare = await baselines(cases, tools.stock or tools.model, run)
    return {
        **figures(answered),
        "sec_per_turn": seconds,
        "n": len(answered),
        "overflowed": sum(not one.text for one in answered),
        "timed_alone": min(ALONE, len(answered)),
        "in_flight": IN_FLIGHT,
        "source": source,
        "retriever": tools.update.version if tools.update else STOCK,
        "selector": tools.selector.version,
        "generator": tools.model.version,
        "verifier": tools.verifier.version if tools.verifier else "none",
        "baselines": {name: one.report if one else None for name, one in bare.items()},
        "intervals": intervals(answered),
        "differences": {name: differences(answered, one.answered) for name, one in bare.items() if one},
    }


def differences(ours: Sequence[Answered], theirs: Sequence[Answered]) -> Report:
    """Ours minus theirs with its 95 % interval, over the questions that both answered; None where one has no figure."""
    known = {one.question_id: one for one in ours}
    paired = ratios([known[one.question_id] for one in theirs])
    others = ratios(theirs)
    return {name: paired_difference(paired[name], others[name]) for name in _COMPARED}


def _read(folder: Path, choices: Choices) -> AnswerSet:
    data = read_answers(folder)
    return replace(data, questions=kept_back(data.questions, folder)) if choices.held_back else data


@asynccontextmanager
async def open_tools(choices: Choices) -> AsyncIterator[Tools]:
    """Everything opened that a turn needs, and the stock model beside it where the turn's is another."""
    own = generator_settings(choices.generator) | verifier_settings(choices.verifier)
    own |= selector_settings(choices.selector) | retriever_settings(choices.retriever)
    stock = generator_settings("stock")
    async with AsyncExitStack() as stack:
        settings = stack.enter_context(temporary_settings(**own))
        plain = stack.enter_context(temporary_settings(**stock))
        encoder = await stack.enter_async_context(encoder_of(settings))
        selector = await asyncio.to_thread(adapters.make_selector, settings, encoder)
        verifier = await asyncio.to_thread(adapters.make_verifier, settings)
        update = await asyncio.to_thread(adapters.make_query_update, settings, encoder)
        model = await stack.enter_async_context(model_of(settings))
        same = all(getattr(settings, name) == getattr(plain, name) for name in ("llm", "llm_model", "adapter"))
        bare = model if same else await stack.enter_async_context(model_of(plain))
        limits = (settings.retrieve_limit, settings.answer_max_tokens)
        yield Tools(encoder, model, selector, *limits, verifier, bare, update, conditions_of(settings))
