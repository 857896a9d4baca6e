"""What every command shares: settings, running to the end, errors as one line, figures on the screen."""

import asyncio
import json
import sys
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from pydantic_core import ErrorDetails
from rich.console import Console
from rich.progress import Progress

from app import adapters, schemas
from app.cluster import ClusterError
from app.home import HomeBusyError
from app.settings import Settings, SettingsError
from generation.port import GenerationError
from retrieval.encoder_model import EncoderError
from retrieval.ports import ForeignIndexError
from retrieval.verifier import VerifierError

Json = Annotated[bool, typer.Option("--json", help="Print figures as JSON.")]
Installation = Annotated[Path | None, typer.Option("--home", help="Where this installation keeps its data.")]

KNOWN: tuple[type[Exception], ...] = (
    *(HomeBusyError, GenerationError, EncoderError, ForeignIndexError, VerifierError, SettingsError, OSError),
    ClusterError,
)


def settings_from(**chosen: Any) -> Settings:
    """Settings with the flags that were given; a setting that cannot work ends the command with status 2."""
    try:
        return Settings(**{name: value for name, value in chosen.items() if value is not None})
    except SettingsError as error:
        complaints = [str(error)]
    except ValidationError as error:
        complaints = [_complaint(problem) for problem in error.errors()]
    for complaint in complaints:
        print(f"attune: {complaint}", file=sys.stderr)
    raise typer.Exit(2)


def _complaint(problem: ErrorDetails) -> str:
    """One line for one wrong setting; the value of a key, or of a URL that may hold a password, is not repeated."""
    if not problem["loc"]:
        return str(problem["ctx"]["error"])
    name = str(problem["loc"][0])
    if problem["type"] == "extra_forbidden":
        return f"{name!r} in attune.toml is not a setting: correct its name or remove it"
    value = "" if name.endswith(("key", "url", "secret")) else f" is {problem['input']!r}"
    return f"ATTUNE_{name.upper()}{value}: {problem['msg']}"


def fetch_models(settings: Settings) -> None:
    """Bring the generator's weights into the cache if they are missing, with a progress bar. Never in a request."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("generator weights", total=None, visible=False)

        def tell(doing: str, done: int, total: int) -> None:
            progress.update(
                task, description=f"generator weights: {doing}", completed=done, total=total or None, visible=True
            )

        adapters.fetch_models(settings, tell)


def run(work: Coroutine[Any, Any, None], *known: type[Exception]) -> None:
    """Run a command to its end. An error that is meant to be read is one line and exit status 1."""
    try:
        with asyncio.Runner(loop_factory=_new_event_loop) as runner:
            runner.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except (*KNOWN, *known) as error:
        print(f"attune: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
    except ValidationError as error:
        if error.title not in _request_names(schemas.RequestBody):
            raise
        for problem in error.errors():  # an argument that the API would refuse, so it was not even sent
            print(f"attune: {_refusal(problem)}", file=sys.stderr)
        raise typer.Exit(2) from None


def _new_event_loop() -> asyncio.AbstractEventLoop:
    """uvloop's, where the platform has one: a turn then costs a quarter less outside the models (docs/log.md)."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop


def _request_names(body: type[schemas.RequestBody]) -> set[str]:
    """Of what the API is sent, in whichever module it stands."""
    return {body.__name__}.union(*map(_request_names, body.__subclasses__()))


def _refusal(problem: ErrorDetails) -> str:
    """One line for one wrong argument; it may be a password, so at most its length is told."""
    name = ".".join(str(part) for part in problem["loc"])
    match problem["type"]:
        case "string_too_short":
            return f"the {name} is empty: write one"
        case "string_too_long":
            most = problem["ctx"]["max_length"]
            return f"the {name} has {len(problem['input']):,} characters, and {most:,} are the most: shorten it"
    return f"the {name} cannot be sent: {problem['msg']}"


def lines_of(path: Path) -> list[str]:
    """The lines of a text file that the person has named."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise typer.BadParameter(f"{path} is no UTF-8 text (byte {error.start}): save it as UTF-8") from None
    except OSError as error:
        raise typer.BadParameter(f"{path} cannot be read ({error.strerror}): name a text file") from None


def print_json(value: Any) -> None:
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    print()


def report(figures: Coroutine[Any, Any, Mapping[str, Any]], as_json: bool, *known: type[Exception]) -> None:
    """Compute figures and print them."""

    async def work() -> None:
        found = await figures
        print_json(found) if as_json else print_figures(found)

    run(work(), *known)


def print_figures(figures: Mapping[str, Any], indent: int = 0) -> None:
    """Figures as an indented list for the eye; --json gives them to a program."""
    for key, value in figures.items():
        if isinstance(value, Mapping):
            print(f"{'  ' * indent}{key}:")
            print_figures(value, indent + 1)
        else:
            print(f"{'  ' * indent}{key}: {f'{value:.4g}' if isinstance(value, float) else value}")
