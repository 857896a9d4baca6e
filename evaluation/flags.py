"""Flags of a command as one frozen value, and how it reports: each field of a dataclass is a parameter to typer."""

import inspect
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_type_hints

import typer

from app.command import Json, report, settings_from
from evaluation.errors import EvaluationError
from evaluation.workplace import working_in

Flags = TypeVar("Flags")

Data = Annotated[list[Path], typer.Option("--data", help="A data set's folder; may be repeated.", exists=True)]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="Take an even sample of so many questions.")]
HeldBack = Annotated[bool, typer.Option("--held-back", help="Only the questions that training leaves alone.")]
SelectorName = Annotated[
    str | None,
    typer.Option(
        "--selector", help="none, encoder, a trained one's folder or version; if left out, what the settings say"
    ),
]
RunFolder = Annotated[
    Path | None, typer.Option("--run", help="Keep each result in this folder, and go on from those in it.")
]
Home = Annotated[
    Path | None, typer.Option("--home", help="Measure with this home's settings; nothing else in it is touched.")
]


@dataclass(frozen=True, kw_only=True)
class CommonFlags:
    """What every measurement takes."""

    context: typer.Context
    home: Home = None
    as_json: Json = False

    @property
    def place(self) -> Path | None:
        """The home named after the command, or before it (`attune --home DIR eval ...`)."""
        return self.home or self.context.obj


def report_with(figures: Coroutine[Any, Any, dict[str, Any]], flags: CommonFlags) -> None:
    """Measure with the settings of the flags' home, and print."""
    if flags.place is not None:
        settings_from(home=flags.place)  # says what is wrong with that home's settings, before anything runs
    with working_in(flags.place):
        report(figures, flags.as_json, EvaluationError)


def command(kind: type[Flags]) -> Callable[[Callable[[Flags], None]], Callable[..., None]]:
    """Make a function of `kind` into one that takes its fields, as typer reads them."""

    def decorate(function: Callable[[Flags], None]) -> Callable[..., None]:
        def run(**given: Any) -> None:
            function(kind(**given))

        run.__doc__ = function.__doc__
        run.__signature__ = inspect.signature(kind)  # type: ignore[attr-defined]  # where inspect looks first
        run.__annotations__ = get_type_hints(kind, include_extras=True)
        return run

    return decorate
