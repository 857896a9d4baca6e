"""`attune eval personalization`: learners side by side in the environment, resumable, figures and a plot.

A run lives in a folder: results.jsonl (what the model answered), rounds.jsonl, report.json and costs.png. The same
command resumes it, for whatever the model answered before is not asked again; removing the folder starts afresh.
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from app.settings import Settings
from evaluation.errors import EvaluationError
from evaluation.prelude_contexts import made_contexts, read_contexts
from evaluation.prelude_environment import Plan, RememberingEncoder, Tools, User, run
from evaluation.prelude_journal import JournalledModel
from evaluation.prelude_learners import chosen
from evaluation.prelude_model_user import ModelUser
from evaluation.prelude_plot import plot
from evaluation.prelude_report import curves, figures
from evaluation.prelude_styles import own_styles, read_styles, styles_for
from evaluation.prelude_user import SimulatedUser
from evaluation.progress import progress
from evaluation.reports import Report
from evaluation.runs import Run
from evaluation.workplace import encoder_of, model_of, temporary_settings
from generation.port import LanguageModel


@dataclass(frozen=True)
class Options:
    """What the command was told. `folder` None: one in the cache, named after contexts, styles, user and model."""

    learner: str = "all"
    rounds: int = 200
    seeds: int = 3
    contexts: Path | None = None
    styles: Path | None = None
    user: str = "operators"
    folder: Path | None = None


async def evaluate(options: Options) -> Report:
    """Run or resume, and report. Raises EvaluationError and GenerationError."""
    learners = chosen(options.learner)
    contexts = read_contexts(options.contexts) if options.contexts else made_contexts()
    styles = styles_for(contexts, read_styles(options.styles) if options.styles else own_styles())
    plan = Plan(contexts, styles, learners, options.rounds, options.seeds)
    with temporary_settings() as settings:
        async with encoder_of(settings) as encoder, model_of(settings) as model:
            folder = options.folder or _folder(settings, plan, options.user, model.version)
            async with journalled(model, folder) as journal:
                tools = Tools(journal, RememberingEncoder(encoder), make_user(options.user, journal))
                report = await measure(plan, tools, folder)
                answered = {"recalled": journal.recalled, "computed": journal.computed}
            return report | {"generator": model.version, "encoder": encoder.version, "answers": answered}


async def measure(plan: Plan, tools: Tools, folder: Path) -> Report:
    """Run the plan in `folder` and leave rounds, report and plot there."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    with progress("rounds", plan.rounds) as advance:
        rounds = await run(plan, tools, folder / "rounds.jsonl", advance)
    report = await figures(rounds, plan.styles, tools.encoder)
    report |= {"rounds": plan.rounds, "seeds": plan.seeds, "user": tools.user.version}
    picture = folder / "costs.png"
    await asyncio.to_thread(plot, curves(rounds), picture)
    await asyncio.to_thread((folder / "report.json").write_text, json.dumps(report, indent=1) + "\n")
    return report | {"plot": str(picture), "folder": str(folder)}


@asynccontextmanager
async def journalled(model: LanguageModel, folder: Path) -> AsyncIterator[JournalledModel]:
    """The model whose answers are kept in `folder`."""
    journal = JournalledModel(model, await asyncio.to_thread(Run, folder))
    try:
        yield journal
    finally:
        await journal.close()


def make_user(name: str, model: LanguageModel) -> User:
    """The person who edits. Raises EvaluationError."""
    match name:
        case "operators":
            return SimulatedUser()
        case "model":
            return ModelUser(model)
        case _:
            raise EvaluationError(f"--user {name!r} is unknown: use operators or model")


def _folder(settings: Settings, plan: Plan, user: str, generator: str) -> Path:
    wanted = [
        (task, source, style.description, [operator.name for operator in style.operators])
        for task, sources in plan.styles.items()
        for source, style in sources.items()
    ]
    texts = [(task, source, list(found)) for task in plan.contexts for source, found in plan.contexts[task].items()]
    name = hashlib.sha256(json.dumps([wanted, texts, user, generator]).encode()).hexdigest()[:16]
    return settings.cache / "evaluation" / "personalization" / name
