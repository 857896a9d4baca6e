"""What must be known to forget somebody to the end, also after kill -9: a file in the home, gone when all is gone."""

import json
import os
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from app.forgetting_traces import Sign
from app.home import Home
from app.originals import sync_folder

FOLDER = "forgetting"  # below the home; it is no table because a row would leave the very traces that are looked for


@dataclass(frozen=True)
class Note:
    """Taken before anything is erased."""

    person_id: str
    signs: tuple[Sign, ...]
    documents: tuple[str, ...]
    jobs: tuple[str, ...]
    erased: dict[str, int]  # kind -> rows, files or passages
    since: str | None  # since when the log holds something of theirs

    @property
    def first_logged(self) -> datetime | None:
        return datetime.fromisoformat(self.since) if self.since else None

    def write(self, home: Home, job_id: str) -> None:
        """Keep it beyond a power failure. Blocking."""
        place = _place(home, job_id)
        place.parent.mkdir(mode=0o700, exist_ok=True)
        beside = place.with_suffix(".part")
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as handle:
            json.dump(asdict(self), handle)
            handle.flush()
            os.fsync(handle.fileno())
        beside.rename(place)
        sync_folder(place.parent)

    @classmethod
    def read(cls, home: Home, job_id: str) -> Self | None:
        """None: nothing was noted, so nothing was erased yet. Blocking."""
        try:
            held = json.loads(_place(home, job_id).read_text())
        except FileNotFoundError:
            return None
        signs = tuple(Sign(**sign) for sign in held.pop("signs"))
        return cls(signs=signs, documents=tuple(held.pop("documents")), jobs=tuple(held.pop("jobs")), **held)


def remove(home: Home, job_id: str) -> None:
    """Blocking."""
    _place(home, job_id).unlink(missing_ok=True)


def sweep(home: Home, live: Collection[str]) -> None:
    """Remove the notes of jobs that have ended. Blocking; for the home's owner, when it starts."""
    for path in (home.root / FOLDER).glob("*"):
        if path.stem not in live or path.suffix != ".json":
            path.unlink()


def _place(home: Home, job_id: str) -> Path:
    return home.root / FOLDER / f"{job_id}.json"
