"""The two processes of `attune bench load` as seen from the command: one serves, one asks. Computes no figure."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from app.settings import Settings
from evaluation.errors import EvaluationError

_LINE_BYTES = 64 << 20  # what the client says of a run is one line
_GOODBYE_SECONDS = 30.0


@dataclass(frozen=True)
class Server:
    """Where the serving process listens, and the token of its home's owner."""

    url: str
    token: str


@dataclass(frozen=True)
class Script:
    """What a scripted model says: so many answers of so many tokens, one every `pace` seconds."""

    answers: int
    tokens: int
    pace: float


class Client:
    """The other end of the asking process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def ask(
        self, server: Server, questions: Sequence[str], at_once: int = 1, seconds: float = 0.0
    ) -> list[dict[str, Any]]:
        """What became of each question: `sent`, `ended`, `came` (when the model was asked, then each token), `tokens`
        (that the model wrote) and `error`; times in seconds of one clock. They are sent over `seconds`, evenly."""
        asked = {"url": server.url, "token": server.token, "questions": list(questions)}
        said = await _say(self._process, asked | {"at_once": at_once, "seconds": seconds})
        turns: list[dict[str, Any]] = said["turns"]
        return turns


@asynccontextmanager
async def client() -> AsyncIterator[Client]:
    """A process that asks, while the block lasts."""
    async with _process("evaluation.bench_load_client") as process:
        yield Client(process)


@asynccontextmanager
async def server(settings: Settings, script: Script) -> AsyncIterator[Server]:
    """A process that serves the home of `settings` while the block lasts."""
    async with _process("evaluation.bench_load_server") as process:
        told = {"settings": settings.model_dump(mode="json"), "script": asdict(script)}
        yield Server(**await _say(process, told))


@asynccontextmanager
async def _process(module: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdin=pipe, stdout=pipe, limit=_LINE_BYTES
    )
    try:
        yield process
    finally:
        assert process.stdin
        process.stdin.close()  # which ends it
        try:
            await asyncio.wait_for(process.wait(), _GOODBYE_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()


async def _say(process: asyncio.subprocess.Process, told: dict[str, Any]) -> dict[str, Any]:
    """One line to the process, and the line that it answers."""
    assert process.stdin and process.stdout, "both are pipes"
    process.stdin.write(json.dumps(told).encode() + b"\n")
    line = await process.stdout.readline()
    if not line:
        raise EvaluationError("a process of the bench has ended: what it said before is above")
    said: dict[str, Any] = json.loads(line)
    return said
