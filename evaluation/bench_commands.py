"""The commands `attune bench ...`. A bench is imported only when its command runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from evaluation.flags import CommonFlags, command, report_with

bench_commands = typer.Typer(no_args_is_help=True, help="Measure speed, as ratios to the raw engines.")


@dataclass(frozen=True, kw_only=True)
class IngestFlags(CommonFlags):
    data: Annotated[
        Path | None, typer.Option(help="Ingest the files of this folder, not self-made ones.", exists=True)
    ] = None


@bench_commands.command("ingest")
@command(IngestFlags)
def bench_ingest(flags: IngestFlags) -> None:
    """The whole ingest against the raw encoder."""
    from evaluation import bench_ingest as bench

    report_with(bench.measure(flags.data), flags)


@dataclass(frozen=True, kw_only=True)
class RetrieveFlags(CommonFlags):
    passages: Annotated[int, typer.Option(min=1)] = 100_000


@bench_commands.command("retrieve")
@command(RetrieveFlags)
def bench_retrieve(flags: RetrieveFlags) -> None:
    """A filtered search over many passages, beyond encoding the query."""
    from evaluation import bench_retrieve as bench

    report_with(bench.measure(flags.passages), flags)


@bench_commands.command("turn")
@command(CommonFlags)
def bench_turn(flags: CommonFlags) -> None:
    """What a turn costs outside the models, and the first token against the bare model."""
    from evaluation import bench_turn as bench

    report_with(bench.measure(), flags)


@dataclass(frozen=True, kw_only=True)
class LoadFlags(CommonFlags):
    streams: Annotated[
        int | None, typer.Option(min=1, help="Answers at once; if left out, 500 scripted or 8 local.")
    ] = None
    model: Annotated[str, typer.Option(help="scripted (keeps time, computes nothing), or local")] = "scripted"


@bench_commands.command("load")
@command(LoadFlags)
def bench_load(flags: LoadFlags) -> None:
    """Many answers at once from one server process: errors, and what it adds to the pace of a token."""
    from evaluation import bench_load as bench

    report_with(bench.measure(flags.model, flags.streams), flags)
