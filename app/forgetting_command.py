"""`attune user forget`: speaks HTTP to the server that owns the home, and tells what was erased and proved."""

import asyncio
import sys
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import typer

from app.command import Json, print_json, run, settings_from

if TYPE_CHECKING:
    from app.settings import Settings

_LOOK_SECONDS = 0.2
_LIVE = ("queued", "running")


class ForgetError(Exception):
    """The server refused, or the job failed; the message is its own."""


def forget(
    context: typer.Context,
    email: str,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask whether you are sure.")] = False,
    as_json: Json = False,
) -> None:
    """Erase a person with everything that is theirs, and search the home's bytes for what may be left of them.

    The exit status is 1 where a trace remains. Killed, it goes on when the home is opened next."""
    settings = settings_from(home=context.obj)
    if not yes and not sys.stdin.isatty():
        raise typer.BadParameter("nobody is here to be asked whether they are sure: give --yes")
    if not yes:
        typer.confirm(f"Erase the account {email} with everything that is theirs? Nothing brings it back", abort=True)
    clean: list[bool] = []

    async def work() -> None:
        result = await _forget(settings, email)
        clean.append(not result["proof"]["traces"])
        print_json({"email": email} | result) if as_json else _tell(email, result)

    run(work(), ForgetError, httpx.HTTPError)
    raise typer.Exit(0 if clean == [True] else 1)


async def _forget(settings: "Settings", email: str) -> dict[str, Any]:
    from app.main import create_app
    from app.running import speaking_to
    from app.server import connect

    async with connect(settings, create_app(settings, warm=False)) as address, speaking_to(address, 60) as client:
        job = _answer(await client.post("/api/v1/admin/users/forget", json={"email": email}))
        while job["state"] in _LIVE:
            await asyncio.sleep(_LOOK_SECONDS)
            job = _answer(await client.get(f"/api/v1/jobs/{job['id']}"))
    if job["state"] != "done":
        raise ForgetError(f"the erasure {job['state']}: {job['error'] or 'order it again'}")
    result: dict[str, Any] = job["result"]
    return result


def _answer(response: httpx.Response) -> dict[str, Any]:
    body: dict[str, Any] = response.json()
    if response.is_error:
        raise ForgetError(str(body["detail"]))
    return body


def _tell(email: str, result: dict[str, Any]) -> None:
    erased, proof = result["erased"], result["proof"]
    typer.echo(f"{email} is forgotten: {', '.join(f'{count} {kind}' for kind, count in erased.items() if count)}")
    searched = f"{proof['strings']} strings of theirs in {proof['bytes']:,} bytes of {proof['files']} files"
    typer.echo(f"searched for {searched}: {'traces remain' if proof['traces'] else 'no trace found'}")
    for trace in proof["traces"]:
        typer.echo(f"  trace of {trace['what']} in {trace['where']}")
    for held in proof["held_by_others"]:
        typer.echo(f"  {held['what']}: the same words are in somebody else's data ({held['where']})")
    for left in proof["not_searched"]:
        typer.echo(f"  not searched: {left}")
    if result["models"]:
        typer.echo(f"trained on a log that held forgotten people, train them anew: {', '.join(result['models'])}")
    typer.echo("Backups that were made before still hold them.")
