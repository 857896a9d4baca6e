"""What the commands that train have in common: their flags, and how a recipe runs and fails."""

import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import typer

from app.command import Json, print_figures, print_json
from evaluation.flags import Data

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


def run_recipe(train: Callable[[str], dict[str, Any]], as_json: bool) -> None:
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
    print_json(found) if as_json else print_figures(found)


_NAMED = {"--out", "--start", "--labels", "--rows"}


def portable(words: list[str]) -> str:
    """The command line for whoever reads the manifest elsewhere: folders by their names, and nobody by theirs."""
    return shlex.join(_elsewhere(before, word) for before, word in pairwise(["", *words]))


def _elsewhere(flag: str, word: str) -> str:
    if flag in {"--data", "--corpus"}:
        return f"data/{Path(word).name}"
    return "EMAIL" if flag == "--user" else Path(word).name if flag in _NAMED else word
