"""The form of a backup: a tar whose first member lists every other one with size and SHA-256. Knows no home.

What is read may be damaged or hostile: only regular files under names of our own making are written, and each is
compared with the list. The list tells damage from wholeness and not a friend's archive from a stranger's.
"""

import gzip
import hashlib
import json
import os
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

import zstandard

from app.backup import BackupError, Snapshot
from app.originals import sync_folder
from app.versions import file_hash

FORMAT = 1
MANIFEST = "manifest.json"
TOP = frozenset({"attune.db", "index", "originals", "models", "secret_key", "attune.toml"})  # what a home may get
_PAGE = 1 << 20
_MANIFEST_BYTES = 1 << 28  # a home of a million files has half of it
_DAMAGE = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, zstandard.ZstdError)


@dataclass(frozen=True)
class Entry:
    """A file of the archive."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What an archive says of itself."""

    attune: str  # version of the program that wrote it
    created: str
    schema: str  # revision of the database
    people: int
    documents: int
    missing_originals: int
    files: Mapping[str, Entry]
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        return sum(entry.size for entry in self.files.values())


def describe(snapshot: Snapshot) -> Manifest:
    """The manifest of a snapshot, whose every file is read and hashed. Blocking."""
    folder = snapshot.folder
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return Manifest(
        attune=version("attune"),
        created=datetime.now(UTC).isoformat(),
        schema=snapshot.schema,
        people=snapshot.people,
        documents=snapshot.documents,
        missing_originals=snapshot.missing,
        files={path.relative_to(folder).as_posix(): Entry(path.stat().st_size, file_hash(path)) for path in paths},
    )


def pieces(folder: Path, manifest: Manifest) -> Iterator[bytes]:
    """The archive, uncompressed, in parts of at most a mebibyte. Blocking between them."""
    about = json.dumps(asdict(manifest)).encode()
    yield _head(MANIFEST, len(about))
    yield about + _padding(len(about))
    for name, entry in manifest.files.items():
        yield _head(name, entry.size)
        with (folder / name).open("rb") as handle:
            while page := handle.read(_PAGE):
                yield page
        yield _padding(entry.size)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def write_all(snapshot: Snapshot, sink: IO[bytes]) -> None:
    """Describe a snapshot and write it into an archive. Blocking."""
    for piece in pieces(snapshot.folder, describe(snapshot)):
        sink.write(piece)


def _head(name: str, size: int) -> bytes:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member.tobuf(tarfile.PAX_FORMAT)


def _padding(size: int) -> bytes:
    return b"\0" * (-size % tarfile.BLOCKSIZE)


@contextmanager
def writing(out: Path) -> Iterator[IO[bytes]]:
    """A file that takes an archive, compressed as its name says, readable by its owner only.

    It has its name when the block has ended well and all is on the disk. Raises BackupError for a name that says no
    form or is taken.
    """
    form = out.name.rpartition(".tar")[2]
    if ".tar" not in out.name or form not in {"", ".gz", ".zst"}:
        raise BackupError(f"{out} names no form of archive: let it end with .tar, .tar.gz or .tar.zst")
    if out.exists():
        raise BackupError(f"{out} is there already: give another name, or remove it")
    beside = out.with_name(f".{out.name}.part")
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            beside.chmod(0o600)
            with _compressing(file, form) as sink:
                yield sink
            file.flush()
            os.fsync(file.fileno())
        beside.rename(out)
        sync_folder(out.absolute().parent)
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def _compressing(file: IO[bytes], form: str) -> Iterator[IO[bytes]]:
    if form == ".gz":
        with gzip.GzipFile("", "wb", compresslevel=1, fileobj=file, mtime=0) as sink:
            yield cast(IO[bytes], sink)
    elif form == ".zst":
        with zstandard.ZstdCompressor(level=3, write_checksum=True).stream_writer(file, closefd=False) as sink:
            yield cast(IO[bytes], sink)
    else:
        yield file


@contextmanager
def reading(path: Path) -> Iterator[tuple[Manifest, Iterator[tuple[str, IO[bytes]]]]]:
    """The manifest, and every other member by name, each to be read before the next. Blocking.

    Raises BackupError for what is no archive of ours, is damaged, or holds what no home may get.
    """
    try:
        with path.open("rb") as file, _decompressing(file) as source, tarfile.open(fileobj=source, mode="r|") as tar:
            manifest = _manifest(tar)
            yield manifest, _members(tar, manifest)
    except _DAMAGE as error:
        raise BackupError(f"{path} is damaged or no backup ({error}): take another one") from error


@contextmanager
def _decompressing(file: IO[bytes]) -> Iterator[IO[bytes]]:
    magic = file.read(4)
    file.seek(0)
    if magic[:2] == b"\x1f\x8b":
        with gzip.GzipFile(fileobj=file) as source:
            yield cast(IO[bytes], source)
    elif magic == zstandard.FRAME_HEADER:
        with zstandard.ZstdDecompressor().stream_reader(file, closefd=False) as source:
            yield cast(IO[bytes], source)
    else:
        yield file


def _manifest(tar: tarfile.TarFile) -> Manifest:
    first = tar.next()
    if first is None or first.name != MANIFEST or not first.isreg() or first.size > _MANIFEST_BYTES:
        raise tarfile.ReadError(f"it does not begin with {MANIFEST}")
    content = cast(IO[bytes], tar.extractfile(first)).read()
    try:
        said: dict[str, Any] = json.loads(content)
        if said["format"] != FORMAT:
            raise BackupError(f"the backup has form {said['format']}, and this Attune reads {FORMAT}: update Attune")
        said["files"] = {name: Entry(**entry) for name, entry in said["files"].items()}
        manifest = Manifest(**said)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise tarfile.ReadError(f"{MANIFEST} cannot be read: {error}") from error
    for name in manifest.files:
        _require_safe(name)
    return manifest


def _require_safe(name: str) -> None:
    path = PurePosixPath(name)
    plain = path.as_posix() == name and not path.is_absolute() and ".." not in path.parts and "\\" not in name
    if not plain or "\0" in name or path.parts[0] not in TOP:
        raise BackupError(f"the backup names {name!r}, which no home has: it was not made by `attune backup`")


def _members(tar: tarfile.TarFile, manifest: Manifest) -> Iterator[tuple[str, IO[bytes]]]:
    missing = dict(manifest.files)
    while (member := tar.next()) is not None:
        if not member.isreg():
            raise BackupError(
                f"the backup holds {member.name!r}, a link or a device: it was not made by `attune backup`"
            )
        entry = missing.pop(member.name, None)
        if entry is None or entry.size != member.size:
            raise tarfile.ReadError(f"{member.name!r} is not what {MANIFEST} lists")
        yield member.name, cast(IO[bytes], tar.extractfile(member))
    if missing:
        raise tarfile.ReadError(f"{len(missing)} of its files are missing, {min(missing)!r} first")


def write_member(content: IO[bytes], target: Path, expected: Entry) -> None:
    """Write a member to a new file and compare it with the manifest. Blocking. Raises BackupError."""
    digest = hashlib.sha256()
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(target, flags, 0o600), "wb") as file:
        while page := content.read(_PAGE):
            digest.update(page)
            file.write(page)
    if digest.hexdigest() != expected.sha256:
        raise BackupError(f"{target.name} is damaged in the backup: its bytes are not those that were backed up")


def manifest_of(path: Path) -> Manifest:
    """Of a written archive. Blocking."""
    with reading(path) as (manifest, _):
        return manifest
