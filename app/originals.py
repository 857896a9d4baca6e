"""Original files on disk: taken in while hashing, kept by content, given back, removed. Knows no table."""

import asyncio
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.home import Home

INCOMING = ".incoming"  # beside the owners' folders, so that keeping a file is a rename
BATCH = 1024 * 1024  # bytes gathered before a thread writes them


class TooLargeError(Exception):
    """The file is bigger than the limit."""


@dataclass(frozen=True)
class Incoming:
    """A file that has arrived whole and on disk, but belongs to nobody yet."""

    path: Path
    sha256: str
    size: int  # bytes


class Receiver:
    """Writes one file as it comes in. Close it with `finish` or `discard`."""

    def __init__(self, home: Home, limit: int) -> None:
        """Raises OSError where the disk is nearly full."""
        home.require_space()
        self._limit = limit
        self._hash = hashlib.sha256()
        self._batch = bytearray()
        self.size = 0
        incoming = home.originals / INCOMING
        incoming.mkdir(mode=0o700, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=incoming)
        self.path = Path(name)
        self._file: IO[bytes] = os.fdopen(descriptor, "wb")

    async def write(self, data: bytes) -> None:
        """Raises TooLargeError, and OSError where the disk is full."""
        self.size += len(data)
        if self.size > self._limit:
            raise TooLargeError(f"{self.size} bytes and counting, {self._limit} are allowed")
        self._batch += data
        if len(self._batch) >= BATCH:
            await asyncio.to_thread(self._flush)

    async def finish(self) -> Incoming:
        """Everything is on disk when this returns."""
        await asyncio.to_thread(self._sync)
        return Incoming(self.path, self._hash.hexdigest(), self.size)

    def discard(self) -> None:
        """Leave nothing behind; harmless after the file was kept."""
        self._file.close()
        self.path.unlink(missing_ok=True)

    def _flush(self) -> None:
        self._hash.update(self._batch)
        self._file.write(self._batch)
        self._batch.clear()

    def _sync(self) -> None:
        self._flush()
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def keep(home: Home, owner_id: str, incoming: Incoming) -> None:
    """Move an arrived file to its place, for good even if the power fails now. Safe to repeat; blocking."""
    place = home.original(owner_id, incoming.sha256)
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if incoming.path.exists() and not place.exists():
        incoming.path.replace(place)
        sync_folder(place.parent)


def remove(home: Home, owner_id: str, sha256: str) -> None:
    """Remove one original; blocking."""
    home.original(owner_id, sha256).unlink(missing_ok=True)


def remove_all(home: Home, owner_id: str) -> None:
    """Remove every original of one owner; blocking."""
    shutil.rmtree(home.originals / owner_id, ignore_errors=False, onerror=_unless_missing)


def count(home: Home, owner_id: str) -> int:
    """How many files of one owner are kept; blocking."""
    return sum(path.is_file() for path in (home.originals / owner_id).rglob("*"))


def sweep(home: Home, known: Callable[[str, str], bool]) -> None:
    """Remove what a killed process left, at the start of the only process there is: arrivals that nobody
    acknowledged and files that no row knows; blocking."""
    for path in home.originals.glob("*/**/*"):
        owner = path.relative_to(home.originals).parts[0]
        if path.is_file() and (owner == INCOMING or not known(owner, path.name)):
            path.unlink()


def sync_folder(folder: Path) -> None:
    """Make what was renamed in it outlive a power failure; blocking."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unless_missing(_function: object, _path: str, error: tuple[type[BaseException], BaseException, object]) -> None:
    if not isinstance(error[1], FileNotFoundError):
        raise error[1]
