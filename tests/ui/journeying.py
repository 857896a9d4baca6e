"""A real server for the long journeys: one that can be started again on the same home and port, and a home whose log
there is something to learn from."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from app.models import Document, Feedback, Turn, utc_now
from tests.app.ingesting import settings_in
from tests.app.training import fill_log, put_holdout
from tests.conftest import running

ROOT = Path(__file__).parents[2]
HANDBOOK = ROOT / "demo" / "corpus" / "warden-handbook-2025.pdf"
QUESTION = "Where is the assembly point when the fire alarm sounds?"
SMALL = {"ATTUNE_ENCODER": "hash", "ATTUNE_LLM": "scripted"}
EMBEDDED = {"ATTUNE_ENCODER": "minilm", "ATTUNE_LLM": "local"}  # what ships
UP = ("-c", "from app.cli import main; main()", "up")


def start(
    home: Path, port: int = 0, program: Sequence[str] = UP, models: Mapping[str, str] = SMALL
) -> tuple[subprocess.Popen[str], str]:
    """The process, and the login link that it printed."""
    chosen = {"ATTUNE_HOME": str(home), "OMP_NUM_THREADS": "1", **models}
    command = [sys.executable, *program, "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | chosen, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    link = next((line.strip() for line in server.stdout if "/login?code=" in line), None)
    if link is None:
        server.kill()
        raise AssertionError(f"the server ended with status {server.wait()} before it could be used")
    return server, link


@contextmanager
def served(home: Path, models: Mapping[str, str] = SMALL) -> Iterator[str]:
    """The login link of a server on this home, which ends in order with the block."""
    server, link = start(home, models=models)
    with server:
        try:
            yield link
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)


async def fill(home: Path, encoder: str = "hash") -> None:
    """The owner's past in an empty home: questions of last week in one tongue over passages in another, each with a
    verdict; and questions of the same tongues that decide."""
    then = utc_now() - timedelta(days=7)  # so many verdicts in one hour would be too many for one person
    async with running(settings_in(home).model_copy(update={"encoder": encoder})) as app:
        services = app.state.services
        await fill_log(services, await services.auth.ensure_owner(), 150)
        put_holdout(services)
        async with services.database.session() as session:
            await session.execute(sa.update(Document).values(status="indexed"))
            for table in (Turn, Feedback):
                await session.execute(sa.update(table).values(created_at=then))
