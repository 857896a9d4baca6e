"""The commands `attune train ...`. A recipe is imported only when its command runs."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from app.command import print_figures, print_json

train_commands = typer.Typer(no_args_is_help=True, help="Fit models on data sets; an interrupted run goes on.")

Data = Annotated[list[Path], typer.Option("--data", help="A data set's folder; may be repeated.", exists=True)]
Out = Annotated[Path, typer.Option("--out", help="Where weights, manifest and the run's state go.")]
Minutes = Annotated[float, typer.Option(min=0.01, help="Time to fit, all pieces of an interrupted run together.")]
Steps = Annotated[int | None, typer.Option(min=1, help="Stop after so many steps: the result depends on no clock.")]
Seed = Annotated[int, typer.Option(help="Decides order, samples and first weights.")]
Device = Annotated[str, typer.Option(help="cpu, cuda or cuda:N")]
Experiment = Annotated[bool, typer.Option("--experiment", help="Take sets without an open licence: never to ship.")]
Json = Annotated[bool, typer.Option("--json", help="Print figures as JSON.")]


@train_commands.command("selector")
def train_selector(
    data: Data,
    out: Out,
    minutes: Minutes = 50.0,
    steps: Steps = None,
    seed: Seed = 0,
    device: Device = "cpu",
    per_set: Annotated[int, typer.Option(min=1, help="Questions of one set at most.")] = 250,
    utility_labels: Annotated[
        Path | None, typer.Option(help="JSON lines {example, passage, utility}: what helped a generator.", exists=True)
    ] = None,
    experiment: Experiment = False,
    as_json: Json = False,
) -> None:
    """Fit the utility selector: which passages help to answer, possibly none."""
    from evaluation.errors import EvaluationError
    from training import selector
    from training.fit import FitError
    from training.licences import LicenceError
    from training.recipe import RecipeError

    options = selector.Options(
        minutes=minutes,
        steps=steps,
        seed=seed,
        device=device,
        per_set=per_set,
        experiment=experiment,
        utility_labels=utility_labels,
    )
    try:
        found = selector.train(data, out, options, _command())
    except (EvaluationError, FitError, LicenceError, RecipeError, OSError) as error:
        sys.stderr.write(f"attune: {error}\n")
        raise typer.Exit(1) from None
    _show(found, as_json)


@train_commands.command("generator")
def train_generator(
    data: Data,
    out: Out,
    minutes: Minutes = 60.0,
    steps: Steps = None,
    seed: Seed = 0,
    device: Device = "cpu",
    experiment: Experiment = False,
    as_json: Json = False,
) -> None:
    """Fit an adapter of the embedded model: short cited answers from passages, declined where they do not answer."""
    from app.settings import Settings
    from evaluation.errors import EvaluationError
    from generation import weights
    from generation.port import ModelUnavailableError
    from training import generator
    from training.fit import FitError
    from training.licences import LicenceError
    from training.recipe import RecipeError

    settings = Settings()
    try:
        base = weights.fetch(settings.llm_model, settings.cache)
        options = generator.Options(base, minutes, steps, seed, device, experiment)
        found = generator.train(data, out, options, _command())
    except (EvaluationError, FitError, LicenceError, ModelUnavailableError, RecipeError, OSError) as error:
        sys.stderr.write(f"attune: {error}\n")
        raise typer.Exit(1) from None
    _show(found, as_json)


@train_commands.command("verifier")
def train_verifier(
    data: Data,
    out: Out,
    minutes: Minutes = 600.0,
    steps: Annotated[int, typer.Option(min=1, help="Steps of twelve texts each.")] = 130,
    seed: Seed = 0,
    device: Device = "cpu",
    experiment: Experiment = False,
    as_json: Json = False,
) -> None:
    """Fit the citation check: does a passage support what is said of it?"""
    from evaluation.errors import EvaluationError
    from training import verifier_recipe
    from training.fit import FitError
    from training.licences import LicenceError
    from training.recipe import RecipeError

    options = verifier_recipe.Options(minutes=minutes, steps=steps, seed=seed, device=device, experiment=experiment)
    try:
        found = verifier_recipe.train(data, out, options, _command())
    except (EvaluationError, FitError, LicenceError, RecipeError, OSError) as error:
        sys.stderr.write(f"attune: {error}\n")
        raise typer.Exit(1) from None
    _show(found, as_json)


def _command() -> str:
    """The command line as it was given, to go into the manifest."""
    return shlex.join(["attune", *sys.argv[1:]])


def _show(figures: dict[str, Any], as_json: bool) -> None:
    print_json(figures) if as_json else print_figures(figures)
