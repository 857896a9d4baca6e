"""The commands `attune models ...`: what answers, what was trained, the gate before a promotion, and the way back."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from app.command import print_json, run, settings_from
from evaluation.errors import EvaluationError
from evaluation.flags import CommonFlags, Data, Limit, RunFolder, command

models_commands = typer.Typer(no_args_is_help=True, help="Trained models: listed, promoted behind a gate, rolled back.")

VersionName = Annotated[str, typer.Argument(metavar="VERSION", help="As `attune models list` names it.")]


Installation = Annotated[Path | None, typer.Option("--home", help="The installation whose models these are.")]


@dataclass(frozen=True, kw_only=True)
class ModelsFlags(CommonFlags):
    home: Installation = None


@dataclass(frozen=True, kw_only=True)
class ShowFlags(ModelsFlags):
    version: VersionName


@dataclass(frozen=True, kw_only=True)
class RollbackFlags(ModelsFlags):
    kind: Annotated[str, typer.Argument(help="generator, selector, verifier or retriever")]


@dataclass(frozen=True, kw_only=True)
class PromoteFlags(ModelsFlags):
    what: Annotated[str, typer.Argument(metavar="DIR|VERSION", help="The --out of `attune train`, or a version.")]
    data: Data
    limit: Limit = None
    run: RunFolder = None


@models_commands.command("list")
@command(ModelsFlags)
def list_models(flags: ModelsFlags) -> None:
    """What answers for each kind, and every version that was trained for this home."""

    async def work() -> None:
        from app.registry_door import registry_of
        from evaluation import gate_screen

        async with registry_of(_settings(flags)) as registry:
            found = await registry.overview()
        print_json(gate_screen.by_kind(found)) if flags.as_json else gate_screen.print_models(found)

    _run(work())


@models_commands.command("show")
@command(ShowFlags)
def show(flags: ShowFlags) -> None:
    """One version: where it came from, what its files are, and every decision on it with its reasons."""

    async def work() -> None:
        from app.registry_door import registry_of
        from evaluation import gate_screen

        async with registry_of(_settings(flags)) as registry:
            found = await registry.show(flags.version)
        print_json(found.model_dump(mode="json")) if flags.as_json else gate_screen.print_version(found)

    _run(work())


@models_commands.command("promote")
@command(PromoteFlags)
def promote(flags: PromoteFlags) -> None:
    """Measure a version against the champion on the same questions, and let it answer if the gate accepts it.

    Refused, its reasons are kept and the exit status is 1."""
    accepted: list[bool] = []

    async def work() -> None:
        from evaluation import gate_promotion, gate_screen

        asked = gate_promotion.Asked(flags.what, flags.data, flags.limit, flags.run)
        found = await gate_promotion.promote(_settings(flags), asked)
        accepted.append(found["accepted"])
        print_json(found) if flags.as_json else gate_screen.print_verdict(found)

    _run(work())
    raise typer.Exit(0 if accepted == [True] else 1)


@models_commands.command("rollback")
@command(RollbackFlags)
def rollback(flags: RollbackFlags) -> None:
    """Let the version before the champion answer again."""
    from app.versions import KINDS

    if flags.kind not in KINDS:
        raise typer.BadParameter(f"{flags.kind!r} is no kind of model: give one of {', '.join(KINDS)}")

    async def work() -> None:
        from app.registry_door import registry_of
        from evaluation import gate_screen

        async with registry_of(_settings(flags)) as registry:
            moved = await registry.rollback(flags.kind)  # type: ignore[arg-type]  # one of KINDS
        print_json(moved.model_dump(mode="json")) if flags.as_json else gate_screen.print_moved(moved)

    _run(work())


def _settings(flags: CommonFlags) -> Any:
    return settings_from(home=flags.place)


def _run(work: Any) -> None:
    from app.registry_door import RefusedError
    from app.versions import DecisionError, VersionError

    run(work, EvaluationError, VersionError, DecisionError, RefusedError)
