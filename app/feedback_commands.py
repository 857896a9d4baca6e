"""The commands `attune feedback ...`: they speak HTTP to the server that owns the home, as its operator."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import typer

from app.command import print_json, run, settings_from

if TYPE_CHECKING:
    from app.settings import Settings

feedback_commands = typer.Typer(no_args_is_help=True, help="What people did with answers.")


class ExportError(Exception):
    """The server refused; the message is its own."""


@feedback_commands.callback()
def _feedback() -> None:
    """What people did with answers."""


@feedback_commands.command("export")
def export(
    context: typer.Context,
    out: Annotated[Path, typer.Option(help="File to write, one JSON object a line.")],
    form: Annotated[str, typer.Option("--format", help="turns, or dpo: pairs of a draft and its edit.")] = "turns",
    user: Annotated[str | None, typer.Option(help="Only this person's (their e-mail).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print figures as JSON.")] = False,
) -> None:
    """Write turns, or drafts with what became of them, as data to train on."""
    if form not in {"turns", "dpo"}:
        raise typer.BadParameter(f"--format is {form!r}: it is turns or dpo")
    settings = settings_from(home=context.obj)

    async def work() -> None:
        figures = {"format": form, "rows": await write_export(settings, out, form, user), "out": str(out)}
        print_json(figures) if as_json else typer.echo(f"{figures['rows']} rows in {out}")

    run(work(), ExportError, httpx.HTTPError)


async def write_export(settings: "Settings", out: Path, form: str, user: str | None) -> int:
    """Fetch what the server exports into `out`; the number of rows. Raises ExportError and httpx.HTTPError."""
    from app.main import create_app
    from app.server import connect

    query: dict[str, Any] = {"format": form} | ({"email": user} if user else {})
    beside = out.with_name(f".{out.name}.part")  # renamed when it is whole: half an export must not look like one
    count = 0
    async with connect(settings, create_app(settings, warm=False)) as address:
        headers = {"Authorization": f"Bearer {address.token}"}
        async with (
            httpx.AsyncClient(base_url=address.url, headers=headers, timeout=60) as client,
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
                beside.rename(out)
            finally:
                beside.unlink(missing_ok=True)
    return count
