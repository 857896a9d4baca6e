"""The command line. Every command that needs data speaks HTTP: to the server that owns the home, or to one in here."""

import asyncio
import json
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from app.settings import Settings
    from ui.client import ApiClient

app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, help="Answers from your own documents, cited.")
user_commands = typer.Typer(no_args_is_help=True, help="People and their tokens.")
eval_commands = typer.Typer(no_args_is_help=True, help="Measure quality on data sets.")
bench_commands = typer.Typer(no_args_is_help=True, help="Measure speed, as ratios to the raw engines.")
app.add_typer(user_commands, name="user")
app.add_typer(eval_commands, name="eval")
app.add_typer(bench_commands, name="bench")

DEMO = Path(__file__).parent.parent / "demo"

Json = Annotated[bool, typer.Option("--json", help="Print figures as JSON.")]
User = Annotated[str | None, typer.Option("--user", help="Act for this person (their e-mail).")]
HomeOption = Annotated[Path | None, typer.Option("--home", help="Where this installation keeps its data.")]
Data = Annotated[list[Path], typer.Option("--data", help="A data set's folder; may be repeated.", exists=True)]
Limit = Annotated[int | None, typer.Option("--limit", min=1, help="Take an even sample of so many questions.")]


@app.callback()
def _choose_home(context: typer.Context, home: HomeOption = None) -> None:
    context.obj = home


# --- the main job
@app.command()
def up(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    home: HomeOption = None,
    demo: Annotated[bool, typer.Option("--demo", help="Ingest the demo corpus and answer one question first.")] = False,
    once: Annotated[bool, typer.Option("--once", help="Stop after the demo instead of serving.")] = False,
) -> None:
    """Migrate, start API, interface and worker in one process, and print a one-time login link."""
    chosen = {"host": host, "port": port, "home": home or context.obj}
    settings = _settings(**{name: value for name, value in chosen.items() if value is not None})
    _run(_up(settings, demo, once))


@app.command()
def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files or folders.", exists=True)],
    user: User = None,
    engine: Annotated[str, typer.Option(help="local: on this machine.")] = "local",
    as_json: Json = False,
) -> None:
    """Read documents into the index; what is already there unchanged costs nothing."""
    if engine != "local":
        raise typer.BadParameter(f"{engine!r} is not available in this version: use --engine local")

    async def work() -> None:
        from ui import terminal

        async with _client(_settings(home=context.obj), user) as client:
            report = await terminal.ingest(client, paths, quiet=as_json)
        _print(report) if as_json else terminal.print_report(report)

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

    async def work() -> None:
        from ui import terminal

        async with _client(_settings(home=context.obj), user) as client:
            turn = await terminal.ask(client, question, documents or [], quiet=as_json)
        _print(terminal.turn_figures(turn)) if as_json else terminal.print_sources(turn)

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
    wanted = [query] if query is not None else [line for line in queries.read_text().splitlines() if line.strip()]  # type: ignore[union-attr]

    async def work() -> None:
        from ui import terminal

        async with _client(_settings(home=context.obj), user) as client:
            results = await terminal.search(client, wanted, k)
        _print({"results": results}) if as_json else terminal.print_hits(results)

    _run(work())


@app.command()
def doctor(context: typer.Context, as_json: Json = False) -> None:
    """Check this machine and this installation, and say what to do about what is wrong."""
    from app import doctor as examination

    findings = asyncio.run(examination.examine(_settings(home=context.obj)))
    if as_json:
        _print({"findings": [finding.__dict__ for finding in findings]})
    else:
        for finding in findings:
            print(f"{'ok  ' if finding.ok else 'FAIL'}  {finding.what}: {finding.detail}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


# --- people
@user_commands.command("add")
def user_add(
    context: typer.Context,
    email: str,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
    role: Annotated[str, typer.Option(help="person, operator or admin")] = "person",
) -> None:
    """Create an account."""
    _run(_as_owner(context, lambda client: client.create_person(email, password, role)))


@user_commands.command("list")
def user_list(context: typer.Context) -> None:
    """All accounts."""
    _run(_as_owner(context, lambda client: client.people()))


@user_commands.command("token")
def user_token(context: typer.Context, email: str) -> None:
    """A new API token for a person; it is shown once."""
    _run(_as_owner(context, lambda client: client.create_token(email, "attune user token")))


# --- measuring
@eval_commands.command("retrieval")
def eval_retrieval(data: Data, limit: Limit = None, as_json: Json = False) -> None:
    """nDCG, recall and MRR of the retriever, beside BM25 and the encoder alone."""
    from evaluation import retrieval_suite

    _report(retrieval_suite.evaluate(data, limit=limit), as_json)


@eval_commands.command("answers")
def eval_answers(
    data: Data,
    limit: Limit = None,
    source: Annotated[str | None, typer.Option(help="passages or corpus")] = None,
    selector: Annotated[str, typer.Option(help="none or encoder")] = "encoder",
    generator: Annotated[str, typer.Option(help="stock")] = "stock",
    as_json: Json = False,
) -> None:
    """Accuracy, F1, citations and abstention of whole turns, beside three baselines."""
    from evaluation import answers_suite

    _report(answers_suite.evaluate(data, limit, source, selector, generator), as_json)


@eval_commands.command("documents")
def eval_documents(data: Data, limit: Limit = None, as_json: Json = False) -> None:
    """Ingest files, answer questions about them, and check the page that is found and cited."""
    from evaluation import documents_suite

    _report(documents_suite.evaluate(data, limit=limit), as_json)


@bench_commands.command("ingest")
def bench_ingest(as_json: Json = False) -> None:
    """The whole ingest against the raw encoder."""
    from evaluation import bench_ingest as bench

    _report(bench.measure(), as_json)


@bench_commands.command("retrieve")
def bench_retrieve(passages: Annotated[int, typer.Option(min=1)] = 100_000, as_json: Json = False) -> None:
    """A filtered search over many passages, beyond encoding the query."""
    from evaluation import bench_retrieve as bench

    _report(bench.measure(passages), as_json)


@bench_commands.command("turn")
def bench_turn(as_json: Json = False) -> None:
    """What a turn costs outside the models, and the first token against the bare model."""
    from evaluation import bench_turn as bench

    _report(bench.measure(), as_json)


# --- plumbing
def main() -> None:
    """Entry point of the `attune` command."""
    app()


def _settings(**chosen: Any) -> "Settings":
    from pydantic import ValidationError

    from app.settings import Settings

    try:
        return Settings(**{name: value for name, value in chosen.items() if value is not None})
    except ValidationError as error:
        for problem in error.errors():
            name = (
                "_".join(["ATTUNE", *(str(part).upper() for part in problem["loc"])]) if problem["loc"] else "settings"
            )
            print(f"attune: {name}: {problem['msg']}", file=sys.stderr)
        raise typer.Exit(2) from None


async def _up(settings: "Settings", demo: bool, once: bool) -> None:
    from app.home import Home
    from app.main import create_app
    from app.server import publishing, serving
    from ui import pages, terminal
    from ui.client import ApiClient

    application = create_app(settings)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    pages.mount(application)
    async with (
        serving(application, settings.host, settings.port) as url,
        publishing(application, Home(settings.home), url) as address,
    ):
        if demo:
            async with ApiClient(url, address.token) as client:
                await terminal.demo(client, DEMO / "corpus", _demo_question())
        if not once:
            services = application.state.services
            code = await services.auth.issue_login_code(await services.auth.ensure_owner())
            terminal.print_welcome(url, code)
            await stop.wait()


def _demo_question() -> str:
    first: dict[str, str] = json.loads((DEMO / "questions.jsonl").read_text().splitlines()[0])
    return first["question"]


@asynccontextmanager
async def _client(settings: "Settings", user: str | None) -> AsyncIterator["ApiClient"]:
    from app.main import create_app
    from app.server import connect
    from ui.client import ApiClient

    async with connect(settings, create_app(settings)) as address, ApiClient(address.url, address.token) as client:
        if user is None:
            yield client
            return
        token = await client.create_token(user, "command line", days=1)
        yield client.as_person(token)


async def _as_owner(context: typer.Context, call: Callable[["ApiClient"], Awaitable[Any]]) -> None:
    async with _client(_settings(home=context.obj), None) as client:
        answer = await call(client)
        _print({"token": answer} if isinstance(answer, str) else answer.model_dump(mode="json"))


def _report(figures: Coroutine[Any, Any, dict[str, Any]], as_json: bool) -> None:
    async def work() -> None:
        from ui import terminal

        found = await figures
        _print(found) if as_json else terminal.print_figures(found)

    _run(work())


def _print(value: Any) -> None:
    json.dump(value, sys.stdout, indent=2, ensure_ascii=False)
    print()


def _run(work: Coroutine[Any, Any, None]) -> None:
    from app.home import HomeBusyError
    from generation.port import GenerationError
    from retrieval.ports import ForeignIndexError
    from ui.client import ApiError

    try:
        asyncio.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None
    except (ApiError, HomeBusyError, GenerationError, ForeignIndexError, OSError) as error:
        print(f"attune: {error}", file=sys.stderr)
        raise typer.Exit(1) from None
