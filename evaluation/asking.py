"""Asks a running product from a process of its own, so that what a client computes is not counted as the product's.

`python -m evaluation.asking` reads one JSON object a line {"url", "token", "question"} and writes {"seconds"} or
{"error"} for each: the time of a whole streamed turn as its client sees it.
"""

import asyncio
import http.client
import json
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from evaluation.errors import EvaluationError

_PATIENCE_SECONDS = 600.0


class Asker:
    """The other end of that process."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, token: str) -> None:
        self._process, self._url, self._token = process, url, token

    async def ask(self, question: str) -> float:
        """Seconds from sending a question to the last event of its turn. Raises EvaluationError if it fails."""
        assert self._process.stdin and self._process.stdout, "both are pipes"
        asked = {"url": self._url, "token": self._token, "question": question}
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        line = await self._process.stdout.readline()
        if not line:
            raise EvaluationError("the process that asks has ended: run the bench again")
        said = json.loads(line)
        if "error" in said:
            raise EvaluationError(f"the turn ended without an answer: {said['error']}")
        return float(said["seconds"])


@asynccontextmanager
async def asker(url: str, token: str) -> AsyncIterator[Asker]:
    """A process that asks the server at `url`, while the block lasts."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", __name__, stdin=pipe, stdout=pipe)
    try:
        yield Asker(process, url, token)
    finally:
        assert process.stdin
        process.stdin.close()  # which ends it
        await process.wait()


def main() -> None:
    for line in sys.stdin:
        asked = json.loads(line)
        started = time.perf_counter()
        lines = _turn(asked["url"], asked["token"], asked["question"]).splitlines()
        seconds = time.perf_counter() - started
        said = {"seconds": seconds} if "event: answer" in lines else {"error": " ".join(lines[-4:])[:400]}
        sys.stdout.write(json.dumps(said) + "\n")
        sys.stdout.flush()


def _turn(url: str, token: str, question: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE_SECONDS)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request("POST", "/api/v1/chat", json.dumps({"question": question}), headers)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


if __name__ == "__main__":
    main()
