"""The questions that decide whether what was trained here may answer: HOME/holdout/<set>. Reads none of them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from app.home import Home
from app.schemas_training import TrainedKind
from app.versions import file_hash

# Who is chosen by the same questions again and again fits them: after so many decisions other ones are due.
MOST = 20


@dataclass(frozen=True)
class Holdout:
    """The sets that one kind is measured on, and the sha256 of their files' names and bytes."""

    folders: tuple[Path, ...]
    sha256: str


def place(home: Home) -> Path:
    return home.root / "holdout"


def of_kind(home: Home, kind: TrainedKind) -> Holdout | None:
    """The sets in this home that this kind can be measured on; None: there is none. Blocking."""
    folders = [folder for folder in sets(home) if _serves(folder, kind)]
    if not folders:
        return None
    files = [path for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()]
    known = tuple((path, path.stat().st_size, path.stat().st_mtime_ns) for path in files)
    return Holdout(tuple(folders), _hash(place(home), known))


def missing(home: Home, kind: TrainedKind) -> str:
    """What to say where no set serves a kind."""
    files = "corpus.jsonl, queries.jsonl and qrels.tsv" if kind == "retriever" else "questions.jsonl"
    return f"nothing decides whether a trained {kind} may answer: put a folder with {files} into {place(home)}"


def sets(home: Home) -> Sequence[Path]:
    """Every set in this home, by name. Blocking."""
    folder = place(home)
    return sorted(path for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []


def _serves(folder: Path, kind: TrainedKind) -> bool:
    """As `attune models promote --data` takes them: passages judged for a question, or questions with their answers."""
    if kind == "retriever":
        return all((folder / name).is_file() for name in ("corpus.jsonl", "queries.jsonl", "qrels.tsv"))
    return (folder / "questions.jsonl").is_file()


@lru_cache(maxsize=8)
def _hash(root: Path, files: tuple[tuple[Path, int, int], ...]) -> str:
    """`files` with size and time, so that what changed is read again and the rest is not."""
    digest = hashlib.sha256()
    for path, _, _ in files:
        digest.update(f"{path.relative_to(root).as_posix()}\0{file_hash(path)}\0".encode())
    return digest.hexdigest()
