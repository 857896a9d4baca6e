"""The commands `attune feedback ...`: they speak HTTP to the server that owns the home, as its operator."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import typer

from app.command import Json, print_json, run, settings_from
from app.feedback_parquet import NoParquetError, require_parquet, to_parquet

if TYPE_CHECKING:
    from app.settings import Settings

feedback_commands = typer.Typer(no_args_is_help=True, help="What people did with answers.")


_FORMATS = ("turns", "labels", "kto", "dpo")


class ExportError(Exception):
    """The server refused; the message is its own."""


@feedback_commands.callback()
def _feedback() -> None:
    """What people did with answers."""


@feedback_commands.command("export")
def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="File to write: JSON lines, or Parquet if it ends in .parquet.")],
    form: Annotated[str, typer.Option("--format", help="turns, labels, kto or dpo.")] = "turns",
    user: Annotated[str | None, typer.Option(help="Only this person's (their e-mail).")] = None,
    as_json: Json = False,
) -> None:
    """Write what people did with answers as data to train on, one JSON object a line, or the same as Parquet, where
    objects whose keys are data (versions, events, value, next_message, satisfaction) are JSON text.

    turns: each question with its answer, every passage that was shown, every event, and the models' versions.

    labels: a row for each passage that was shown: its rank, propensity and scores; `feedback` with the person's last
    verdict (helped, not_relevant, wrong), what a marked sentence says that cites it (good, wrong), and how often it was
    opened; `answer` with the last vote, its reasons and what
    was done with it; `labels` that were made of it; and the models' versions.

    kto: prompt, completion and label (true: wanted) of each answer of a model, by its last vote; a vote that was
    withdrawn, or given after the person rewrote the answer, is left out. `by` says where the label comes from: vote, or
    signals, where nobody voted and what the person did and said next leaves a chance of at least 0.95 or at most 0.05
    that they were content; such chances count only once 100 votes given here have calibrated them, and `chance` and
    `reader` (the version that told it) stand beside. With turn_id, feedback_id, person_id, reasons and versions, as
    TRL reads it.

    dpo: prompt, chosen (the person's text) and rejected (the model's) of each answer that was rewritten; and of each
    two answers that were compared, the better (chosen) and the worse (rejected), with comparison_id beside them.

    What was shown of a document that was deleted, or that the person may no longer read, is in none of them: of turns
    its text is empty, of the others the row is left out. `consent` in every row says whether its person lets it train
    what others use too (About me, or `trains_others` of PATCH /api/v1/me).
    """
    if form not in _FORMATS:
        raise typer.BadParameter(f"--format is {form!r}: it is one of {', '.join(_FORMATS)}")
    settings = settings_from(home=context.obj)

    async def work() -> None:
        figures = {"format": form, "rows": await write_export(settings, out, form, user), "out": str(out)}
        print_json(figures) if as_json else typer.echo(f"{figures['rows']} rows in {out}")

    run(work(), ExportError, NoParquetError, httpx.HTTPError)


async def write_export(settings: "Settings", out: Path, form: str, user: str | None) -> int:
    """Fetch what the server exports into `out`; how many rows. Raises ExportError, NoParquetError, HTTPError."""
    from app.main import create_app
    from app.running import speaking_to
    from app.server import connect

    if in_columns := out.suffix == ".parquet":
        require_parquet()  # before anybody is asked for anything
    query: dict[str, Any] = {"format": form} | ({"email": user} if user else {})
    # Renamed when it is whole: half an export must not look like one.
    beside, columns = out.with_name(f".{out.name}.part"), out.with_name(f".{out.name}.columns.part")
    count = 0
    async with (
        connect(settings, create_app(settings, warm=False)) as address,
        speaking_to(address, 60) as client,
        client.stream("GET", "/api/v1/admin/feedback", params=query) as response,
    ):
        if response.is_error:
            await response.aread()
            raise ExportError(response.json()["detail"])
        try:
            with beside.open("wb") as file:
                async for piece in response.aiter_bytes():
                    count += piece.count(b"\n")
                    file.write(piece)
            if in_columns:
                with beside.open("rb") as rows, columns.open("wb") as file:
                    await asyncio.to_thread(to_parquet, rows, file)
            (columns if in_columns else beside).rename(out)
        finally:
            beside.unlink(missing_ok=True)
            columns.unlink(missing_ok=True)
    return count
