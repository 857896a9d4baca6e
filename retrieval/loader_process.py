"""Worker processes for hostile files: started, asked, timed, ended and replaced. Knows no file format itself."""

import asyncio
import json
import logging
import os
import sys
import tempfile
from dataclasses import dataclass, field
from typing import IO, Any

from retrieval.ports import LoadError

log = logging.getLogger(__name__)

_MEBIBYTE = 1024 * 1024
# Of the worker's environment only this much: no key or token may lie beside a hostile file.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "SYSTEMROOT")


@dataclass(frozen=True)
class LoadLimits:
    """What one file may cost."""

    seconds: float = 300.0  # wall clock
    memory_bytes: int = 2048 * _MEBIBYTE  # address space of the worker
    file_bytes: int = 200 * _MEBIBYTE
    characters: int = 40_000_000  # of text; about 15,000 pages


@dataclass
class _Worker:
    process: asyncio.subprocess.Process
    errors: IO[bytes]
    files: int = field(default=0)


class Workers:
    """Processes that each answer one request about one file at a time; reused, and replaced when they hang, crash or
    have grown old."""

    def __init__(self, limits: LoadLimits, *, ocr: bool = False, workers: int = 1, files_per_worker: int = 500) -> None:
        self._limits = limits
        self._ocr = ocr
        self._files_per_worker = files_per_worker
        self._free = asyncio.Semaphore(workers)
        self._idle: list[_Worker] = []
        self._closed = False

    async def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """What a worker answers. Raises LoadError where it refuses, hangs or dies."""
        async with self._free:
            worker = await self._worker()
            try:
                reply = await self._ask(worker, request)
            except BaseException:
                await _end(worker)
                raise
            await self._keep(worker)
        if "status" in reply:
            if "trace" in reply:
                log.warning("a loader failed: %s", reply["trace"])
            raise LoadError(reply["status"], reply["reason"])
        return reply

    async def close(self) -> None:
        """End the workers."""
        self._closed = True
        while self._idle:
            await _end(self._idle.pop())

    async def _worker(self) -> _Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.process.returncode is None:
                return worker
            await _end(worker)  # killed while it waited, by a machine short of memory: no fault of the next file
        return await self._start()

    async def _keep(self, worker: _Worker) -> None:
        worker.files += 1
        if self._closed or worker.files >= self._files_per_worker:
            await _end(worker)
        else:
            self._idle.append(worker)

    async def _ask(self, worker: _Worker, request: dict[str, Any]) -> dict[str, Any]:
        assert worker.process.stdin is not None
        try:
            async with asyncio.timeout(self._limits.seconds):
                worker.process.stdin.write(json.dumps(request).encode() + b"\n")
                await worker.process.stdin.drain()
                line = await _read_line(worker)
        except TimeoutError:
            reason = f"reading took longer than {self._limits.seconds:g} s: split the file or raise ATTUNE_LOAD_SECONDS"
            raise LoadError("unreadable", reason) from None
        except (ConnectionError, asyncio.IncompleteReadError):
            line = b""
        if not line.endswith(b"\n"):
            log.warning("a loader worker ended while reading a file: %s", await asyncio.to_thread(_last_words, worker))
            reason = (
                f"reading the file crashed, or took more than {self._limits.memory_bytes // _MEBIBYTE} MiB of memory"
            )
            raise LoadError("unreadable", f"{reason}: open and save it again, or split it")
        return await asyncio.to_thread(json.loads, line) if len(line) > _MEBIBYTE else json.loads(line)

    async def _start(self) -> _Worker:
        limits = self._limits
        values = (limits.seconds, limits.memory_bytes, limits.characters, int(self._ocr))
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the worker; _end closes it
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "retrieval.loader_worker", *map(str, values),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=errors, env=_environment(),
            # The longest reply: text as JSON, where a character takes six bytes, and room for headings.
            limit=limits.characters * 8,
        )  # fmt: skip
        worker = _Worker(process, errors)
        try:
            if not (await _read_line(worker)).endswith(b"\n"):
                raise RuntimeError(f"the loader's worker process does not start: {_last_words(worker)}")
        except BaseException:
            await _end(worker)
            raise
        return worker


async def _read_line(worker: _Worker) -> bytes:
    assert worker.process.stdout is not None
    try:
        return await worker.process.stdout.readline()
    except ValueError:  # a line beyond the limit of the stream
        raise LoadError("too_large", "the file holds more text than can be handled: split it") from None


async def _end(worker: _Worker) -> None:
    if worker.process.returncode is None:
        worker.process.kill()
    await worker.process.wait()
    worker.errors.close()


def _last_words(worker: _Worker) -> str:
    worker.errors.seek(0, os.SEEK_END)
    worker.errors.seek(max(0, worker.errors.tell() - 2000))
    return worker.errors.read().decode("utf-8", "replace").strip()


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    # One arena: each further one takes 64 MiB of the address space that the limit counts.
    return kept | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "MALLOC_ARENA_MAX": "1",
        "OMP_NUM_THREADS": "2",
    }
