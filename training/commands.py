"""The commands `attune train ...`. A recipe is imported only when its command runs."""

import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from app.command import print_figures, print_json, settings_from
from evaluation.flags import Data, Json, command

train_commands = typer.Typer(no_args_is_help=True, help="Fit models on data sets; an interrupted run goes on.")

Out = Annotated[Path, typer.Option("--out", help="Where weights, manifest and the run's state go.")]
Minutes = Annotated[float, typer.Option(min=0.01, help="Time to fit, all pieces of an interrupted run together.")]
Steps = Annotated[int | None, typer.Option(min=1, help="Stop after so many steps: the result depends on no clock.")]
Seed = Annotated[int, typer.Option(help="Decides order, samples and first weights.")]
Device = Annotated[str, typer.Option(help="cpu, cuda or cuda:N")]
Experiment = Annotated[bool, typer.Option("--experiment", help="Take sets without an open licence: never to ship.")]


@dataclass(frozen=True, kw_only=True)
class RecipeFlags:
    """What every recipe takes."""

    data: Data
    out: Out
    seed: Seed = 0
    device: Device = "cpu"
    experiment: Experiment = False
    as_json: Json = False


@dataclass(frozen=True, kw_only=True)
class SelectorFlags(RecipeFlags):
    minutes: Minutes = 50.0
    steps: Steps = None
    per_set: Annotated[int, typer.Option(min=1, help="Questions of one set at most.")] = 250
    utility_labels: Annotated[
        Path | None, typer.Option(help="JSON lines {example, passage, utility}: what helped a generator.", exists=True)
    ] = None


@train_commands.command("selector")
@command(SelectorFlags)
def train_selector(flags: SelectorFlags) -> None:
    """Fit the utility selector: which passages help to answer, possibly none."""
    from training import selector

    options = selector.Options(
        minutes=flags.minutes,
        steps=flags.steps,
        seed=flags.seed,
        device=flags.device,
        per_set=flags.per_set,
        experiment=flags.experiment,
        utility_labels=flags.utility_labels,
    )
    _fit(lambda line: selector.train(flags.data, flags.out, options, line), flags)


@dataclass(frozen=True, kw_only=True)
class GeneratorFlags(RecipeFlags):
    minutes: Minutes = 60.0
    steps: Steps = None
    learning_rate: Annotated[float, typer.Option(min=1e-6, max=0.1, help="Largest step size of the fit.")] = 1e-3
    start: Annotated[
        Path | None, typer.Option(help="Go on from the adapter in this folder, or from `shipped`; else a fresh one.")
    ] = None


@train_commands.command("generator")
@command(GeneratorFlags)
def train_generator(flags: GeneratorFlags) -> None:
    """Fit an adapter of the embedded model: short cited answers from passages, declined where they do not answer."""
    from app.settings import Settings
    from generation import adapter, weights
    from training import generator

    settings = Settings()

    def train(line: str) -> dict[str, Any]:
        base = weights.fetch(settings.llm_model, settings.cache)
        chosen = (flags.minutes, flags.steps, flags.seed, flags.device, flags.experiment)
        start = adapter.choose(str(flags.start), base) if flags.start else None
        options = generator.Options(base, *chosen, learning_rate=flags.learning_rate, start=start)
        return generator.train(flags.data, flags.out, options, line)

    _fit(train, flags)


@dataclass(frozen=True, kw_only=True)
class VerifierFlags(RecipeFlags):
    minutes: Minutes = 600.0
    steps: Annotated[int, typer.Option(min=1, help="Steps of twelve texts each.")] = 130


@train_commands.command("verifier")
@command(VerifierFlags)
def train_verifier(flags: VerifierFlags) -> None:
    """Fit the citation check: does a passage support what is said of it?"""
    from training import verifier_recipe

    options = verifier_recipe.Options(
        minutes=flags.minutes, steps=flags.steps, seed=flags.seed, device=flags.device, experiment=flags.experiment
    )
    _fit(lambda line: verifier_recipe.train(flags.data, flags.out, options, line), flags)


@dataclass(frozen=True, kw_only=True)
class RetrieverFlags:
    corpus: Annotated[
        list[Path] | None,
        typer.Option(help="Documents, or corpus.jsonl: fitted to without any label. Repeatable.", exists=True),
    ] = None
    data: Annotated[
        list[Path] | None, typer.Option(help="A set of queries with judgements. Repeatable.", exists=True)
    ] = None
    labels: Annotated[
        list[Path] | None, typer.Option(help="A file that `attune annotate` wrote. Repeatable.", exists=True)
    ] = None
    from_log: Annotated[bool, typer.Option("--from-log", help="What people said of sources in this home.")] = False
    context: typer.Context
    out: Out
    minutes: Minutes = 60.0
    steps: Steps = None
    seed: Seed = 0
    loss: Annotated[str, typer.Option(help="disj-info-nce, info-nce, lse-pair or scale-calibrated-kl")] = (
        "disj-info-nce"
    )
    negatives: Annotated[
        int | None, typer.Option(min=1, help="So many near ones of each question (SimANS); else all of its corpus.")
    ] = None
    experiment: Experiment = False
    as_json: Json = False


@train_commands.command("retriever")
@command(RetrieverFlags)
def train_retriever(flags: RetrieverFlags) -> None:
    """Adapt the search to documents: what moves a question's vector, while the index stays as it is."""
    from training import retriever, retriever_run
    from training.retriever_lessons import Sources
    from training.retriever_losses import LOSSES

    if not (flags.corpus or flags.data or flags.labels or flags.from_log):
        raise typer.BadParameter("give --corpus, --data, --labels or --from-log: there is nothing to learn from")
    if flags.loss not in LOSSES:
        raise typer.BadParameter(f"--loss {flags.loss!r} is unknown: it is one of {', '.join(LOSSES)}")
    options = retriever.Options(
        minutes=flags.minutes,
        steps=flags.steps,
        seed=flags.seed,
        loss=flags.loss,
        negatives=flags.negatives,
        experiment=flags.experiment,
    )
    sources = Sources(tuple(flags.corpus or ()), tuple(flags.data or ()), tuple(flags.labels or ()))
    run = retriever_run.with_log if flags.from_log else retriever_run.run
    _fit(lambda line: run(settings_from(home=flags.context.obj), sources, flags.out, options, line), flags)


def _fit(train: Callable[[str], dict[str, Any]], flags: RecipeFlags | RetrieverFlags) -> None:
    """Run a recipe, given its command line for the manifest; an error that is meant to be read is one line."""
    from evaluation.errors import EvaluationError
    from generation.port import ModelUnavailableError
    from training.fit import FitError
    from training.licences import LicenceError
    from training.recipe import RecipeError

    try:
        found = train(portable(["attune", *sys.argv[1:]]))
    except (EvaluationError, FitError, LicenceError, ModelUnavailableError, RecipeError, OSError) as error:
        sys.stderr.write(f"attune: {error}\n")
        raise typer.Exit(1) from None
    print_json(found) if flags.as_json else print_figures(found)


_NAMED = {"--out", "--start", "--labels"}


def portable(words: list[str]) -> str:
    """The command line for whoever reads the manifest elsewhere: folders by their names, not by where they lie here."""
    return shlex.join(
        f"data/{Path(word).name}" if before in {"--data", "--corpus"} else Path(word).name if before in _NAMED else word
        for before, word in pairwise(["", *words])
    )
