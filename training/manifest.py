"""What a set of weights says about itself: base, data and licences, settings, figures, how to rebuild it."""

import hashlib
import json
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from app.versions import MANIFEST, file_hash, name_of
from training.examples import Example
from training.licences import is_open, licence


@dataclass(frozen=True)
class DataUsed:
    """One set: `sha256` of its files' names and bytes, so that anybody can say whether it is the same."""

    name: str
    sha256: str
    licence: str
    examples: int


@dataclass(frozen=True)
class Manifest:
    """The provenance of one ModelVersion; `version` is its id."""

    kind: str  # encoder, selector, generator or verifier
    base_model: str
    data: tuple[DataUsed, ...]
    settings: Mapping[str, Any]
    seed: int
    commit: str
    weights_sha256: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    command: str  # rebuilds the weights
    notes: tuple[str, ...] = field(default=())
    use: Mapping[str, Any] = field(default_factory=dict)  # what whoever loads the weights has to know

    @property
    def shippable(self) -> bool:
        """Whether every set has an open licence, and those of the weights that it began with."""
        start = self.settings.get("start")
        return all(is_open(used.licence) for used in self.data) and (not start or bool(start["shippable"]))

    @property
    def version(self) -> str:
        """<kind>-<hash of all the rest>, as the registry checks it."""
        return name_of(asdict(self))

    def write(self, folder: Path) -> None:
        content = {"version": self.version, "shippable": self.shippable, **asdict(self)}
        (folder / MANIFEST).write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def data_used(folders: Sequence[Path], examples: Sequence[Example]) -> tuple[DataUsed, ...]:
    """The sets by name, with how many of their questions were trained on."""
    counts = Counter(example.source for example in examples)
    return tuple(DataUsed(f.name, folder_hash(f), licence(f), counts[f.name]) for f in folders)


def folder_hash(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()}\0{file_hash(path)}\0".encode())
    return digest.hexdigest()


def commit() -> str:
    """The commit of the code that runs, with "+" where files differ from it; "unknown" outside a repository."""
    root = Path(__file__).parent.parent
    try:
        asked = [["git", "rev-parse", "HEAD"], ["git", "status", "--porcelain", "--untracked-files=no"]]
        head, changed = (
            subprocess.run(one, cwd=root, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603  fixed words
            for one in asked
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return head + ("+" if changed else "")
