"""The command line. Every command that needs data speaks HTTP: to the server that owns the home, or to one in here."""

import asyncio
import json
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cluster import Address, Engine
from app.command import Installation, Json, fetch_models, lines_of, print_json, run, settings_from
from app.feedback_commands import feedback_commands
from app.forgetting_command import forget
from app.home_commands import backup, doctor, reindex, restore
from app.mcp_command import mcp
from app.schemas import Role
from evaluation.bench_commands import bench_commands
from evaluation.commands import eval_commands
from evaluation.gate_commands import models_commands
from training.annotation_command import annotate
from training.commands import train_commands
from training.loop_command import eval_loop

if TYPE_CHECKING:
    from app.settings import Settings
    from ui.client import ApiClient

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Answers from your own documents, cited.")
user_commands = typer.Typer(no_args_is_help=True, help="People and their tokens.")
_GROUPS = {"user": user_commands, "feedback": feedback_commands, "eval": eval_commands, "bench": bench_commands}
for name, commands in (_GROUPS | {"train": train_commands, "models": models_commands}).items():
    app.add_typer(commands, name=name)
eval_commands.command("loop")(eval_loop)  # it trains, so evaluation cannot know it

DEMO = Path(__file__).parent.parent / "demo"

User = Annotated[str | None, typer.Option("--user", help="Act for this person (their e-mail).")]


@app.callback()
def _choose_home(context: typer.Context, home: Installation = None) -> None:
    context.obj = home


# --- the main job
@app.command()
def up(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    home: Installation = None,
    demo: Annotated[bool, typer.Option("--demo", help="Ingest the demo corpus and answer one question first.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Stop after the demo instead of serving.")] = False,
) -> None:
    """Start everything in one process and print a one-time login link; a new link where it runs already."""
    _run(_up(settings_from(host=host, port=port, home=home or context.obj), demo, once))


@app.command()
def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.", exists=True)],
    user: User = None,
    engine: Engine = "local",
    address: Address = None,
    as_json: Json = False,
) -> None:
    """Read documents into the index; what is already there unchanged costs nothing."""
    settings = settings_from(home=context.obj)

    async def work() -> None:
        from ui import terminal

        if engine == "ray":
            from app import bulk

            files = await asyncio.to_thread(terminal.files_below, paths, settings.home)
            found = await bulk.ingest(settings, user, files, address)
            report = found | {"files": terminal.told_once(found["files"])}
        else:
            async with _client(settings, user) as client:
                report = await terminal.ingest(client, paths, quiet=as_json, apart=settings.home)
        print_json(report) if as_json else terminal.print_report(report)

    _run(work())


@app.command()
def ask(
    context: typer.Context,
    question: str,
    user: User = None,
    documents: Annotated[list[str] | None, typer.Option(help="Ask within these documents (ids or names).")] = None,
    as_json: Json = False,
) -> None:
    """Answer one question from the documents, with citations."""
    settings = settings_from(home=context.obj)

    async def work() -> None:
        from ui import terminal

        await asyncio.to_thread(fetch_models, settings)
        async with _client(settings, user) as client:
            turn = await terminal.ask(client, question, documents or [], quiet=as_json)
            print_json(terminal.turn_figures(turn)) if as_json else terminal.print_sources(turn)

    _run(work())


@app.command()
def search(
    context: typer.Context,
    query: Annotated[str | None, typer.Argument()] = None,
    queries: Annotated[Path | None, typer.Option("--from", help="A file with one query a line.", exists=True)] = None,
    user: User = None,
    k: Annotated[int, typer.Option(min=1, max=100)] = 10,
    as_json: Json = False,
) -> None:
    """Retrieve passages without answering."""
    if (query is None) == (queries is None):
        raise typer.BadParameter("give either a query or --from FILE")
    lines = lines_of(queries) if queries is not None else [query or ""]
    wanted = [line for line in lines if line.strip() or queries is None]

    async def work() -> None:
        from ui import terminal

        async with _client(settings_from(home=context.obj), user) as client:
            results = await terminal.search(client, wanted, k)
            print_json({"results": results}) if as_json else terminal.print_hits(results)

    _run(work())


_MORE: dict[str, Callable[..., None]] = {"backup": backup, "restore": restore, "reindex": reindex, "annotate": annotate}
for name, command in (_MORE | {"doctor": doctor, "mcp": mcp}).items():
    app.command(name)(command)


# --- people
@user_commands.command("add")
def user_add(
    context: typer.Context,
    email: str,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    role: Annotated[Role, typer.Option()] = "person",
) -> None:
    """Create an account."""
    _run(_as_owner(context, lambda client: client.create_person(email, password, role)))


@user_commands.command("list")
def user_list(context: typer.Context, as_json: Json = False) -> None:  # noqa: ARG001  JSON either way
    """All accounts."""
    from ui import terminal

    _run(_as_owner(context, terminal.everybody))


@user_commands.command("token")
def user_token(context: typer.Context, email: str, as_json: Json = False) -> None:  # noqa: ARG001  JSON either way
    """A new API token for a person; it is shown once."""
    _run(_as_owner(context, lambda client: client.create_token(email, "attune user token")))


user_commands.command()(forget)


# --- plumbing
def main() -> None:
    """Entry point of the `attune` command."""
    # Before anything imports torch: threads that spin while they wait starve the rest of a small machine.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    app()


async def _up(settings: "Settings", demo: bool, once: bool) -> None:
    from app.home import Home
    from app.main import create_app
    from app.request_id import log_to_stderr
    from app.running import find_server
    from app.server import publishing, serving
    from ui import pages
    from ui.client import ApiClient

    running = await find_server(Home(settings.home))
    if running is not None:
        running.require_lasting()
        async with ApiClient(running.url, running.token) as client:
            await _greet(client, demo, once, f"Attune runs already, as process {running.pid}.")
        return
    log_to_stderr()
    await asyncio.to_thread(fetch_models, settings)
    application = create_app(settings)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    pages.mount(application)
    async with (
        serving(application, settings.host, settings.port) as url,
        publishing(application, Home(settings.home), url) as address,
    ):
        async with ApiClient(url, address.token) as client:
            await _greet(client, demo, once, "Attune is ready. Stop it with Ctrl-C.")
        if not once:
            await stop.wait()


async def _greet(client: "ApiClient", demo: bool, once: bool, said: str) -> None:
    from ui import terminal

    if demo:
        first: dict[str, str] = json.loads((DEMO / "questions.jsonl").read_text().splitlines()[0])
        await terminal.demo(client, DEMO / "corpus", first["question"])
    if not once:
        await terminal.welcome(client, said)


@asynccontextmanager
async def _client(settings: "Settings", user: str | None) -> AsyncIterator["ApiClient"]:
    from app.main import create_app
    from app.server import connect
    from ui.client import ApiClient

    # Not every command asks the generator: it is read from disk when it is first needed.
    async with (
        connect(settings, create_app(settings, warm=False)) as address,
        ApiClient(address.url, address.token) as client,
    ):
        yield client if user is None else client.as_person(await client.create_token(user, "command line", days=1))


async def _as_owner(context: typer.Context, call: Callable[["ApiClient"], Awaitable[Any]]) -> None:
    async with _client(settings_from(home=context.obj), None) as client:
        answer = await call(client)
        print_json({"token": answer} if isinstance(answer, str) else answer.model_dump(mode="json"))


def _run(work: Coroutine[Any, Any, None]) -> None:
    from ui.client import ApiError

    run(work, ApiError)
