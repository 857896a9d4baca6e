"""The command `attune eval loop`. The recipe and what it needs are imported only when it runs."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import typer

from evaluation.flags import CommonFlags, Limit, command
from training.flags import run_recipe

Data = Annotated[Path, typer.Option("--data", help="A set with qrels_train.tsv beside qrels.tsv.", exists=True)]
Rounds = Annotated[int, typer.Option(min=1, help="How often everything is asked and the retriever trained.")]
Out = Annotated[Path | None, typer.Option("--out", help="Keep what each arm learned in each round here.")]
Answers = Annotated[
    int, typer.Option(min=0, help="Answer so many of the questions asked, before and after; 0: search alone.")
]
Arms = Annotated[list[str] | None, typer.Option("--arm", help="Run only this one; may be repeated.")]


@dataclass(frozen=True, kw_only=True)
class LoopFlags(CommonFlags):
    """What a simulation of the loop takes."""

    data: Data
    rounds: Rounds = 5
    limit: Limit = None
    arms: Arms = None
    out: Out = None
    answers: Answers = 0


@command(LoopFlags)
def eval_loop(flags: LoopFlags) -> None:
    """Simulated people click under position bias, the retriever learns from their log: is it better for it?"""
    from evaluation.workplace import working_in
    from training import loop

    chosen = {name: loop.ARMS[name] for name in _known(flags.arms or list(loop.ARMS), list(loop.ARMS))}

    def measure(_line: str) -> dict[str, Any]:
        with working_in(flags.place), TemporaryDirectory(prefix="attune-loop-") as folder:
            return _measured(flags, chosen, flags.out or Path(folder))

    run_recipe(measure, flags.as_json)


def _known(asked: list[str], known: list[str]) -> list[str]:
    for name in asked:
        if name not in known:
            raise typer.BadParameter(f"--arm {name!r} is unknown: it is one of {', '.join(known)}")
    return asked


def _measured(flags: LoopFlags, arms: Any, folder: Path) -> dict[str, Any]:
    from training import loop, loop_answers
    from training.loop_world import world_of

    asked = loop.read_asked(flags.data, flags.limit)
    with world_of(asked.never) as world:
        found = loop.evaluate(asked, world, arms, flags.rounds, folder)
    if flags.answers:
        data = loop_answers.read_answerable(flags.data, frozenset(asked.helps), flags.answers)
        learned = loop.last_learned(folder, arms, flags.rounds)
        found["answers"] = asyncio.run(loop_answers.measure(data, learned, folder))
    return found
