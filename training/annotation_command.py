"""The command `attune annotate`. Models and methods are imported only when it runs."""

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from app.cluster import Address, Engine
from app.command import report, settings_from
from app.schemas_training import Method
from evaluation.flags import CommonFlags, Limit, command

if TYPE_CHECKING:
    from training.annotation import Annotator, Asked

METHODS = get_args(Method)


@dataclass(frozen=True, kw_only=True)
class AnnotateFlags(CommonFlags):
    home: Annotated[Path | None, typer.Option("--home", help="The installation whose turns and model are taken.")] = (
        None
    )
    out: Annotated[Path, typer.Option("--out", help="File of labels, one JSON object a line.")]
    source: Annotated[
        str,
        typer.Option("--from", help="log: this home's turns; else a data set's folder, or a file of exported turns."),
    ] = "log"
    method: Annotated[str, typer.Option(help=f"One of {', '.join(METHODS)}.")] = METHODS[0]
    routed: Annotated[
        bool,
        typer.Option(
            "--routed",
            help="Of the log only what the annotation queue leaves to a model; the labels go back into the log, where "
            "`attune train --from-log` finds them, and the next run takes the next ones.",
        ),
    ] = False
    engine: Engine = "local"
    address: Address = None
    limit: Limit = None
    seed: Annotated[int, typer.Option(help="Decides orders and masks.")] = 0


@command(AnnotateFlags)
def annotate(flags: AnnotateFlags) -> None:
    """Label what each passage was worth for its question, by a language model; an interrupted run goes on."""
    import httpx

    from app.feedback_commands import ExportError
    from evaluation.errors import EvaluationError
    from generation.port import GenerationError

    if flags.method not in METHODS:
        raise typer.BadParameter(f"--method {flags.method!r} is unknown: it is one of {', '.join(METHODS)}")
    if flags.source != "log" and not Path(flags.source).exists():
        raise typer.BadParameter(f"--from {flags.source!r} is neither log nor a folder or file that exists")
    if flags.routed and flags.source != "log":
        raise typer.BadParameter("--routed goes with --from log: nobody was shown the passages of a set")
    report(_annotate(flags), flags.as_json, EvaluationError, GenerationError, ExportError, httpx.HTTPError)


async def _annotate(flags: AnnotateFlags) -> dict[str, Any]:
    from app import adapters
    from evaluation.datasets import even_sample
    from training.annotation_elsewhere import on_cluster
    from training.annotation_routed import handed_back
    from training.annotation_run import annotate_all

    settings = settings_from(home=flags.place)
    questions = even_sample(await _questions(flags, settings), flags.limit)
    adapters.fetch_models(settings)
    model = adapters.make_model(settings)
    annotator = _annotator(flags)
    elsewhere = on_cluster(settings, annotator, flags.address) if flags.engine == "ray" else None
    try:
        made = await annotate_all(questions, annotator, model, flags.out, elsewhere)
    finally:
        await model.close()
    if flags.routed:
        made["log"] = dict(await handed_back(settings, questions, flags.out, made))
    return made


async def _questions(flags: AnnotateFlags, settings: Any) -> "list[Asked]":
    from app.feedback_commands import write_export
    from training import annotation_sources
    from training.annotation_routed import left_to_models, routed

    if flags.source != "log":
        return await asyncio.to_thread(annotation_sources.of_place, Path(flags.source))
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "turns.jsonl"
        await write_export(settings, export, "turns", None)
        if without := annotation_sources.left_out(export):
            typer.echo(f"{without} turns of people who did not agree to train what others use are left out", err=True)
        questions = annotation_sources.of_log(export)
    return routed(questions, await left_to_models(settings)) if flags.routed else questions


def _annotator(flags: AnnotateFlags) -> "Annotator":
    from training import annotation_attribution, annotation_gain, annotation_listwise

    made: dict[str, Annotator] = {
        "likelihood-gain": annotation_gain.LikelihoodGain(),
        "answer-gain": annotation_gain.AnswerGain(),
        "listwise": annotation_listwise.ListwiseSelection(seed=flags.seed),
        "attribution": annotation_attribution.Attribution(seed=flags.seed),
    }
    return made[flags.method]
