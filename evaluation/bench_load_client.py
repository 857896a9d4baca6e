"""Asks many questions at once and notes when each token comes, in a process of its own. Computes no figure.

`python -m evaluation.bench_load_client` reads JSON lines {"url", "token", "questions", "at_once", "seconds"} and writes
{"turns": [{"sent", "came", "ended", "tokens", "error"}]} for each. A bare protocol reads the answers: what a client
library computes would delay the tokens of all other streams.
"""

import asyncio
import json
import sys
import time
from typing import Any, cast
from urllib.parse import urlsplit

from app.command import run

_PATIENCE_SECONDS = 600.0
_END = b"\r\n"


class Turn(asyncio.Protocol):
    """One question over a connection of its own."""

    def __init__(self, request: bytes) -> None:
        self._request = request
        self._rest = self._event = b""
        self._said: list[bytes] = []
        self._is_answered = False
        self.gone = asyncio.get_running_loop().create_future()
        self.sent = 0.0
        self.came: list[float] = []
        self.tokens = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.sent = time.monotonic()
        cast(asyncio.WriteTransport, transport).write(self._request)  # uvloop's are of no common class

    def data_received(self, data: bytes) -> None:
        now = time.monotonic()
        *lines, self._rest = (self._rest + data).split(_END)
        for line in lines:
            if line.startswith(b"event: "):
                self._event = line[7:]
                if self._event == b"token":
                    self.came.append(now)
            elif line.startswith(b"data: "):
                self._take(line[6:], now)
            elif not self.came:
                self._said.append(line)  # the head, or a problem instead of a stream

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.gone.done():
            self.gone.set_result(str(exc or ""))

    def told(self, ended: float) -> dict[str, Any]:
        """What became of it."""
        said = b" ".join([*self._said[:1], *self._said[-2:], self._rest])[-400:].decode()
        error = None if self._is_answered else said or "the connection was closed without a word"
        return {"sent": self.sent, "came": self.came, "ended": ended, "tokens": self.tokens, "error": error}

    def _take(self, data: bytes, now: float) -> None:
        match self._event:
            case b"status" if b'"writing"' in data:
                self.came.append(now)
            case b"answer":
                self._is_answered = True
                self.tokens = json.loads(data)["turn"]["completion_tokens"]
            case b"error":
                self._said = [data]


async def ask_all(asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask every question, at most `at_once` together, the first `at_once` of them over `seconds`."""
    gate = asyncio.Semaphore(asked["at_once"])
    pause = asked["seconds"] / asked["at_once"]

    async def one(place: int, question: str) -> dict[str, Any]:
        await asyncio.sleep(place * pause)
        async with gate:
            return await _ask(asked["url"], asked["token"], question)

    return await asyncio.gather(*(one(place, question) for place, question in enumerate(asked["questions"])))


async def _ask(url: str, token: str, question: str) -> dict[str, Any]:
    where = urlsplit(url)
    turn = Turn(_request(where.netloc, token, question))
    transport = None
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            opened = asyncio.get_running_loop().create_connection(lambda: turn, where.hostname or "", where.port or 80)
            transport, _ = await opened
            await turn.gone
    except (OSError, TimeoutError) as error:
        return turn.told(time.monotonic()) | {"error": f"{type(error).__name__}: {error}"}
    finally:
        if transport is not None:
            transport.close()
    return turn.told(time.monotonic())


def _request(host: str, token: str, question: str) -> bytes:
    body = json.dumps({"question": question}).encode()
    head = (
        "POST /api/v1/chat HTTP/1.1",
        f"Host: {host}",
        f"Authorization: Bearer {token}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
    )
    return _END.join([*(line.encode() for line in head), b"", body])


async def main() -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        turns = await ask_all(json.loads(line))
        sys.stdout.write(json.dumps({"turns": turns}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    run(main())
