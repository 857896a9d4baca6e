"""The terminal as a user interface: asks, ingests and shows over HTTP, with the same client as the pages."""

import asyncio
import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import aclosing, nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from h11 import LocalProtocolError
from rich.console import Console
from rich.live import Live
from rich.markdown import Markdown
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from app.schemas import (
    AnswerEvent,
    ChatRequest,
    ErrorEvent,
    PeoplePublic,
    SearchRequest,
    StatusEvent,
    TokenEvent,
    TurnPublic,
)
from ui.client import ApiClient, ApiError
from ui.connection import patiently

IN_FLIGHT = 16  # files on their way at once: enough for the encoder's batches to fill
STAGES = {
    "recalling": "remembering",
    "rewriting": "understanding the question",
    "searching": "searching your documents",
    "selecting": "choosing passages",
    "writing": "writing",
    "checking": "checking citations",
}

out = Console()
err = Console(stderr=True)


# --- ingest
def files_below(paths: Iterable[Path], apart: Path | None = None) -> list[Path]:
    """Every file named or found below a named folder, in order, links to folders not followed.

    What lies in the folder `apart` is left out: our own home is no document.
    """
    found: list[Path] = []
    for path in paths:
        whole = path.resolve()  # a document is known by where it lies, from wherever the command is run
        found += sorted(p for p in whole.rglob("*") if p.is_file()) if whole.is_dir() else [whole]
    return [path for path in found if apart is None or not path.is_relative_to(apart.resolve())]


async def ingest(
    client: ApiClient, paths: Sequence[Path], quiet: bool = False, apart: Path | None = None
) -> dict[str, Any]:
    """Upload every file below `paths`, not below `apart`, and wait until each has ended; the figures of the command."""
    started = time.perf_counter()
    files = await asyncio.to_thread(files_below, paths, apart)
    places = asyncio.Semaphore(IN_FLIGHT)
    with Progress(console=err, disable=quiet or not err.is_terminal, transient=True) as progress:
        task = progress.add_task("reading documents", total=len(files))

        async def one(path: Path) -> dict[str, Any]:
            async with places:
                entry = await _ingest_one(client, path)
            progress.advance(task)
            return entry

        entries = await asyncio.gather(*(one(path) for path in files))
    return {"files": told_once(entries), "seconds": round(time.perf_counter() - started, 3)}


def told_once(entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same entries, where of files with the same content, sent together, only the first was indexed."""
    seen: set[str] = set()
    told = []
    for entry in entries:
        again = entry["status"] == "indexed" and entry.get("document_id") in seen
        reason = f"its content is here already, as {entry['document']}" if again else entry["reason"]
        told.append(entry | {"status": "duplicate", "reason": reason} if again else entry)
        seen.add(entry.get("document_id", ""))
    return told


async def _ingest_one(client: ApiClient, path: Path) -> dict[str, Any]:
    entry: dict[str, Any] = {"path": str(path), "status": "unreadable", "reason": None, "passages": 0}
    try:
        upload = await patiently(partial(client.upload, path, source=str(path)))
    except OSError as error:
        return entry | {"reason": f"cannot be read from disk ({error.strerror})"}
    except LocalProtocolError:  # its length was told before its bytes were read
        return entry | {"reason": "it changed while it was sent: ingest it again when nothing writes to it"}
    except ApiError as error:
        if error.status != 413:
            raise
        return entry | {"status": "too_large", "reason": error.detail}
    document = upload.document
    entry |= {"document": document.name, "document_id": document.id}
    if upload.job_id is not None:
        return entry | await _outcome(client, upload.job_id)
    # The name it came with first.
    reason = f"its content is here already, as {document.name}" if upload.outcome == "duplicate" else document.reason
    return entry | {"status": upload.outcome, "reason": reason, "passages": document.passages}


async def _outcome(client: ApiClient, job_id: str) -> dict[str, Any]:
    """How a job ended, in its own words: the document may have been queued anew since, by another file like it."""
    ended: dict[str, Any] = {}
    async with aclosing(client.watch_job(job_id)) as states:
        async for job in states:
            cancelled = "it was deleted while it was read" if job.state == "cancelled" else None
            ended = job.result or {"reason": job.error or cancelled}
    return ended


def print_report(report: dict[str, Any]) -> None:
    """What became of the files: counts, and a line for each that was not indexed."""
    counts: dict[str, int] = {}
    for entry in report["files"]:
        counts[entry["status"]] = counts.get(entry["status"], 0) + 1
        if entry["reason"]:
            out.print(Text.assemble((entry["path"], "bold"), f"  {entry['status']}: {entry['reason']}"))
    if not counts:
        out.print("no files found: name files, or a folder that holds some")
        return
    summary = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    out.print(f"{summary} in {report['seconds']:.1f} s")


# --- ask
async def ask(client: ApiClient, question: str, documents: Sequence[str], quiet: bool = False) -> TurnPublic:
    """Ask, showing the answer as it is written where somebody is looking. Raises ApiError."""
    chosen = await _document_ids(client, documents) if documents else None
    request = ChatRequest(question=question, documents=chosen)
    shown = Live(console=out, refresh_per_second=12, transient=True)
    written = ""
    with shown if out.is_terminal and not quiet else nullcontext():
        async with aclosing(client.chat(request)) as events:
            async for event in events:
                match event:
                    case StatusEvent(stage=stage):
                        shown.update(Text(f"{STAGES[stage]} ...", style="dim"))
                    case TokenEvent(text=text):
                        written += text
                        shown.update(Text(written))
                    case AnswerEvent(turn=turn):
                        return turn
                    case ErrorEvent(status=status, title=title, detail=detail):
                        raise ApiError(status, title, detail)
    raise ApiError(503, "No answer", "the stream ended early: ask again")


def print_sources(turn: TurnPublic) -> None:
    """The answer with its citations below it: file, page and the beginning of the passage."""
    out.print(Markdown(turn.answer))
    for citation in turn.citations:
        place = f", page {citation.page}" if citation.page else f", {citation.heading}" if citation.heading else ""
        quote = " ".join(citation.quote.split())[:160]
        out.print(Text.assemble((f"[{citation.marker}] {citation.document}{place}", "bold"), f"  {quote} ..."))


def turn_figures(turn: TurnPublic) -> dict[str, Any]:
    """The figures of `attune ask --json`."""
    cited = [c.model_dump(include={"marker", "document", "page", "quote"}) for c in turn.citations]
    return {
        "answer": turn.answer,
        "citations": cited,
        "abstained": turn.abstained,
        "turn_id": turn.id,
        "versions": turn.versions,
    }


async def _document_ids(client: ApiClient, wanted: Sequence[str]) -> list[str]:
    known: dict[str, str] = {}
    cursor: str | None = None
    while True:
        page = await client.documents(cursor)
        known |= {document.name: document.id for document in page.items} | {d.id: d.id for d in page.items}
        cursor = page.next_cursor
        if cursor is None:
            break
    missing = [name for name in wanted if name not in known]
    if missing:
        raise ApiError(404, "Unknown document", f"there is no document {missing[0]!r}: ingest it first")
    return [known[name] for name in wanted]


async def demo(client: ApiClient, corpus: Path, question: str) -> None:
    """Show on a new installation what it does: read the demo corpus, answer one question about it."""
    out.print(f"Reading the demo corpus in {corpus} ...")
    print_report(await ingest(client, [corpus]))
    out.print(f"\n[bold]Q[/bold] {question}\n")
    print_sources(await ask(client, question, []))


# --- search
async def search(client: ApiClient, queries: Sequence[str], k: int) -> list[dict[str, Any]]:
    """The figures of `attune search`, one entry a query."""
    wanted = {"document", "page", "heading", "text", "score"}
    results = []
    for query in queries:
        found = await patiently(partial(client.search, SearchRequest(query=query, k=k)))
        results.append({"query": query, "hits": [hit.model_dump(include=wanted) for hit in found.hits]})
    return results


def print_hits(results: Sequence[dict[str, Any]]) -> None:
    for result in results:
        table = Table(title=result["query"], show_lines=False)
        for column in ("score", "document", "page", "passage"):
            table.add_column(column)
        for hit in result["hits"]:
            text = " ".join(hit["text"].split())[:200]
            table.add_row(f"{hit['score']:.3f}", Text(hit["document"]), str(hit["page"] or ""), Text(text))
        out.print(table)


# --- people
async def everybody(client: ApiClient) -> PeoplePublic:
    """All accounts, however many pages they fill."""
    page = await client.people()
    items = list(page.items)
    while page.next_cursor is not None:
        page = await client.people(page.next_cursor)
        items += page.items
    return PeoplePublic(items=items)


async def welcome(client: ApiClient, said: str) -> None:
    """Where to go; the link logs in once and ends after ten minutes."""
    link = f"{client.base_url}/login?code={await client.login_code()}"
    out.print(f"\n{said} Log in with this one-time link:\n\n  {link}\n", soft_wrap=True)
    out.print(f"API documentation: {client.base_url}/docs    A new link: `attune up` again.")
    sys.stdout.flush()
