"""A snapshot of a home while it is in use: the database, then the index, then the originals that the database names.

Whatever changes between these moments is told apart when the snapshot is restored. Knows no archive and no HTTP.
"""

import asyncio
import errno
import os
import shutil
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from app.home import RESERVED_BYTES, Home
from app.settings import Settings
from app.versions import KINDS

STAGING = ".backup"  # below the home, so that an original is taken by a link and not by a copy
SECRETS = ("secret_key", "attune.toml")  # the key under which tokens are kept, and settings that may hold others
LEFT_OUT = (
    "the address and token of a running server",
    "the durable queue's own books (jobs that had not ended begin again)",
    "downloaded weights in ATTUNE_CACHE",
)
CopyIndex = Callable[[Path], Awaitable[None]]  # puts the index that is in use below a folder


class BackupError(Exception):
    """What cannot be backed up or restored; the message says why and what to do."""


@dataclass(frozen=True)
class Snapshot:
    """Files below `folder` as they are to lie below a home, and what the database holds."""

    folder: Path
    schema: str
    people: int
    documents: int
    missing: int  # originals that were gone from the disk, though the database names them


def require_embedded(settings: Settings) -> None:
    """Raises BackupError where the data of an installation does not lie in its home."""
    if settings.database_url is not None or settings.index != "edge":
        raise BackupError(
            "this installation keeps its data in PostgreSQL or on a Qdrant server, which have tools of their own: use "
            "pg_dump, Qdrant's snapshots, and a copy of ATTUNE_HOME"
        )


async def take(home: Home, copy_index: CopyIndex) -> Snapshot:
    """A snapshot in a folder of the home; whoever asked removes it. Raises OSError where there is no room for it."""
    folder = await asyncio.to_thread(_begin, home)
    try:
        await asyncio.to_thread(_copy_database, home.database, folder / home.database.name)
        await copy_index(folder / home.index.name)
        return await asyncio.to_thread(_add_files, home, folder)
    except BaseException:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        raise


def sweep(home: Home) -> None:
    """Remove what a killed process left. Blocking; for the home's owner, when it starts."""
    shutil.rmtree(home.root / STAGING, ignore_errors=True)


def discard(snapshot: Snapshot) -> None:
    """Blocking."""
    shutil.rmtree(snapshot.folder, ignore_errors=True)


def copy_closed_index(home: Home, folder: Path) -> None:
    """The index of a home that no process has open; blocking."""
    from retrieval import index_versions

    index_versions.copy_all_out(home.index, folder)


def _begin(home: Home) -> Path:
    home.require_space(RESERVED_BYTES + _size(home.index) + home.database.stat().st_size)
    (home.root / STAGING).mkdir(mode=0o700, exist_ok=True)
    folder = Path(mkdtemp(dir=home.root / STAGING))
    (folder / home.index.name).mkdir()
    return folder


def _copy_database(source: Path, target: Path) -> None:
    """Rows alone, as of one moment: readers and writers go on, and what was deleted is in no free page."""
    with closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))


def _add_files(home: Home, folder: Path) -> Snapshot:
    missing = 0
    with _reading(folder / home.database.name) as connection:
        schema = connection.execute("SELECT version_num FROM alembic_version").fetchone()[0]
        people = connection.execute("SELECT count(*) FROM person").fetchone()[0]
        originals = connection.execute("SELECT owner_id, sha256 FROM document").fetchall()
    for owner, sha256 in originals:
        missing += not _take_file(home.original(owner, sha256), folder, home)
    for path in _files(home.models):
        if path.relative_to(home.models).parts[0].startswith(KINDS):  # else a copy that is not whole yet
            _take_file(path, folder, home)
    for name in SECRETS:
        _take_file(home.root / name, folder, home)
    return Snapshot(folder, schema, people, len(originals), missing)


def _take_file(path: Path, folder: Path, home: Home) -> bool:
    """Link a file that never changes, or copy it; False if it is not there."""
    target = folder / path.relative_to(home.root)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        if path.name in SECRETS:  # these may be written anew
            shutil.copyfile(path, target)
        else:
            os.link(path, target)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno not in {errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP}:
            raise
        shutil.copyfile(path, target)  # a file system without links
    return True


def _files(folder: Path) -> Iterator[Path]:
    return (Path(parent) / name for parent, _, names in os.walk(folder) for name in names)


def _size(folder: Path) -> int:
    size = 0
    for path in _files(folder):
        with suppress(FileNotFoundError):  # a renewal may just be removing it
            size += path.stat().st_size
    return size


@contextmanager
def _reading(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        yield connection
