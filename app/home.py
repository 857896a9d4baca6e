"""The folder that owns an installation's data: its paths, its key, and the lock that lets one process own it."""

import errno
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

RESERVED_BYTES = 128 << 20  # what the index and the databases may still write before we stop taking more in


class HomeBusyError(Exception):
    """Another process owns the home."""


@dataclass(frozen=True)
class ServerAddress:
    """Where the process that owns the home listens, and the token that speaks to it as the home's owner."""

    url: str
    token: str
    pid: int
    lasting: bool = True  # False: a command that serves others while it works, and has no pages

    def require_lasting(self) -> None:
        """Raises HomeBusyError where a command would end before anybody has seen its pages."""
        if not self.lasting:
            raise HomeBusyError(f"process {self.pid}, a command, is at work in this home: start again when it is done")


@dataclass(frozen=True)
class Home:
    """Paths below ATTUNE_HOME. What is downloaded lies in ATTUNE_CACHE instead and can be thrown away."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "attune.db"

    @property
    def jobs_database(self) -> Path:
        return self.root / "jobs.db"

    @property
    def originals(self) -> Path:
        return self.root / "originals"

    @property
    def index(self) -> Path:
        return self.root / "index"

    @property
    def models(self) -> Path:
        return self.root / "models"

    def create(self) -> None:
        """Make the folders, readable by their owner only, also where they were there before. Raises OSError."""
        try:
            for folder in (self.root, self.originals, self.index, self.models):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.root.chmod(0o700)
        except OSError as error:
            raise OSError(
                f"{self.root} cannot be written ({error.strerror}): set ATTUNE_HOME to a folder that can be"
            ) from error

    def require_space(self, wanted: int = RESERVED_BYTES) -> None:
        """Raise OSError ENOSPC unless so many bytes are free: a mapped index on a full disk kills its process."""
        free = shutil.disk_usage(self.root).free
        if free < wanted:
            said = f"only {free >> 20} MiB are free at {self.root}: free at least {wanted >> 20} MiB and try again"
            raise OSError(errno.ENOSPC, said)

    def original(self, owner_id: str, sha256: str) -> Path:
        """Where the bytes of a document lie: content-addressed, and apart for each owner so that erasing is simple."""
        return self.originals / owner_id / sha256[:2] / sha256

    def secret_key(self) -> str:
        """The laptop's own key, made at first use."""
        path = self.root / "secret_key"
        if not path.exists():
            self._write_private(path, secrets.token_hex(32))
        return path.read_text()

    @contextmanager
    def own(self) -> Iterator[None]:
        """Hold the home for this process. Raises HomeBusyError; the kernel frees the lock if the process dies."""
        self.create()
        with (self.root / "lock").open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                said = f"{self.root} is in use by another Attune process: try again when it is done, or stop it"
                raise HomeBusyError(said) from None
            yield

    def publish(self, address: ServerAddress) -> None:
        """Tell later commands where to find us."""
        self._write_private(self.root / "server.json", json.dumps(address.__dict__))

    def withdraw(self) -> None:
        (self.root / "server.json").unlink(missing_ok=True)

    def server(self) -> ServerAddress | None:
        """The address last published, if any; whoever published it may have died."""
        try:
            return ServerAddress(**json.loads((self.root / "server.json").read_text()))
        except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
            return None

    def _write_private(self, path: Path, text: str) -> None:
        # Written beside and renamed, so that a reader never sees half of it.
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(text)
        beside.rename(path)
