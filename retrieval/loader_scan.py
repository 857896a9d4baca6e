"""Has pictures of text read by a process of its own, in bounded time, so that a failing OCR costs only its page."""

import json
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import count, groupby
from pathlib import Path
from typing import Literal

_PAGE_SECONDS = 60.0  # of computing
_CRASHES = 3  # of the process in one file: then the machine is at fault and no page
_TIME_IS_UP = "the time for the file was used up; split the file, or raise ATTUNE_LOAD_SECONDS"
_TOO_SLOW = f"it took more than {_PAGE_SECONDS:g} s of computing; save the file with a lower resolution"


class ScanReader:
    """Reads the pictures in one file until `deadline` (of time.monotonic)."""

    def __init__(
        self, path: Path, kind: Literal["pdf", "image"], deadline: float, module: str = "retrieval.loader_ocr"
    ) -> None:
        self._command = [sys.executable, "-m", module, str(path), kind, f"{_PAGE_SECONDS:g}"]
        self._deadline = deadline
        self._crashes = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.failures: dict[int, str] = {}  # page (from 0) that stayed unread -> reason

    def read(self, pages: Iterable[int]) -> Iterator[tuple[int, str]]:
        """The pages (from 0; an image is one page) that could be read, with their text."""
        try:
            for page in pages:
                reply = self._ask(page)
                if "text" in reply:
                    yield page, reply["text"]
                else:
                    self.failures[page] = reply["failure"]
        finally:
            self._end()

    def note(self) -> str | None:
        """What a person is told about the failures."""
        told = []
        for reason in dict.fromkeys(self.failures.values()):
            pages = [page for page, its in self.failures.items() if its == reason]
            told.append(f"{name_pages(pages)} could not be read by OCR: {reason}")
        return "; ".join(told) or None

    def _ask(self, page: int) -> dict[str, str]:
        if self._crashes >= _CRASHES:
            return {"failure": f"it had crashed {_CRASHES} times, most likely for want of memory"}
        seconds = self._deadline - time.monotonic()
        if seconds <= 0:
            return {"failure": _TIME_IS_UP}
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own module; the path is an argument, no shell sees it
                self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE
            )
        line = self._line(self._process, page, seconds)
        if line is None:
            self._end()
            return {"failure": _TIME_IS_UP}
        if not line.endswith(b"\n"):
            self._crashes += 1
            return {
                "failure": _TOO_SLOW if self._end() == -signal.SIGPROF else "it crashed, most likely for want of memory"
            }
        reply: dict[str, str] = json.loads(line)
        return reply

    def _line(self, process: "subprocess.Popen[bytes]", page: int, seconds: float) -> bytes | None:
        """The reply; without its end where the process died, None where it took too long."""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(b"%d\n" % page)
            process.stdin.flush()
        except BrokenPipeError:
            return b""
        ready, _, _ = select.select([process.stdout], [], [], seconds)
        return process.stdout.readline() if ready else None

    def _end(self) -> int:
        """End the process, if there is one; how it ended if it had done so by itself."""
        process, self._process = self._process, None
        if process is None:
            return 0
        try:
            # What has closed its pipe is about to end by itself, and only then says why.
            ended = process.wait(1.0 if process.poll() is None else None)
        except subprocess.TimeoutExpired:
            process.kill()
            ended = process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            pipe.close()
        return ended


def name_pages(pages: Iterable[int]) -> str:
    """ "page 3" or "pages 3, 7-9" for pages counted from 0, in order."""
    counter = count()
    runs = [list(run) for _, run in groupby(pages, key=lambda page: page - next(counter))]
    names = [f"{run[0] + 1}-{run[-1] + 1}" if len(run) > 1 else str(run[0] + 1) for run in runs]
    return f"page{'s' if len(runs) > 1 or len(runs[0]) > 1 else ''} {', '.join(names)}"
