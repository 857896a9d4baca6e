"""The command `attune eval injection`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from evaluation.flags import CommonFlags, Limit, RunFolder, command, report_with


@dataclass(frozen=True, kw_only=True)
class InjectionFlags(CommonFlags):
    data: Annotated[
        list[Path], typer.Option("--data", help="Attacks: a file or a folder. May be repeated.", exists=True)
    ]
    limit: Limit = None
    generator: Annotated[
        str | None, typer.Option(help="stock, shipped, a folder or a version; if left out, what the settings say")
    ] = None
    run: RunFolder = None


@command(InjectionFlags)
def eval_injection(flags: InjectionFlags) -> None:
    """How often instructions in documents are obeyed, and whether questions are still answered, beside a bare model."""
    from evaluation import injection_suite

    report_with(injection_suite.evaluate(flags.data, flags.limit, flags.run, flags.generator), flags)
