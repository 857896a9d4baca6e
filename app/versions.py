"""Trained versions as folders below HOME/models: copied whole, never changed, checked by hash. Knows no table."""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.home import RESERVED_BYTES, Home
from app.originals import sync_folder

MANIFEST = "manifest.json"
KINDS = ("generator", "selector", "verifier", "retriever")
_NAME = re.compile(rf"({'|'.join(KINDS)})-[0-9a-f]{{12}}")
_RUN = "run"  # beside the weights: what a training run needs to go on
_SAID = ("version", "shippable")  # what the manifest says of itself; its name is the hash of the rest
_PAGE = 1 << 20


class VersionError(Exception):
    """A folder that is no version, or a version that is not what it was; the message names the remedy."""


class DecisionError(Exception):
    """A decision on a version that cannot be made; the message says why."""


@dataclass(frozen=True)
class Version:
    """One set of weights. `id` is <kind>-<hash of the manifest>; `files` leads from a path below it to its sha256."""

    id: str
    kind: str
    manifest: Mapping[str, Any]
    files: Mapping[str, str]


def is_version(text: str) -> bool:
    """Whether this can be a version's name: it becomes a folder's."""
    return _NAME.fullmatch(text) is not None


def read(folder: Path) -> Version:
    """What lies in a folder that a training run wrote. Blocking: reads every byte. Raises VersionError."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text())
        name, kind, weights = manifest["version"], manifest["kind"], manifest["weights_sha256"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise VersionError(
            f"{folder} holds no readable {MANIFEST} ({error}): give the --out folder of `attune train`"
        ) from None
    if kind not in KINDS or name != name_of(manifest):
        raise VersionError(
            f"{folder / MANIFEST} is not as `attune train` wrote it: it names {name!r} of kind {kind!r}; train it again"
        )
    files = {path.relative_to(folder).as_posix(): file_hash(path) for path in _files(folder)}
    if weights not in files.values():
        raise VersionError(f"{folder} holds other weights than its manifest says: train {name} again")
    return Version(name, kind, manifest, files)


def adopt(home: Home, folder: Path) -> Version:
    """Copy a trained folder to HOME/models/<version>, whole or not at all. Blocking. Raises VersionError, OSError.

    What lies there already is left alone where it is the same, and mended where its weights are broken.
    """
    version = read(folder)
    home.create()
    target = home.models / version.id
    if target.exists():
        try:
            there = read(target)
        except VersionError:
            there = None
        if there == version:
            return version
        if there is not None:
            raise VersionError(f"{target} differs from {folder} and has its name: train {folder} again, or remove it")
    home.require_space(RESERVED_BYTES + sum((folder / name).stat().st_size for name in version.files))
    beside = home.models / f".{version.id}.{os.getpid()}"
    shutil.rmtree(beside, ignore_errors=True)
    for name in version.files:
        _copy(folder / name, beside / name)
    if read(beside) != version:
        raise VersionError(
            f"{folder} changed while it was copied: is it still being trained? Try again when it is done"
        )
    for name in version.files:
        (beside / name).chmod(0o400)
    if target.exists():
        broken = home.models / f".broken.{version.id}.{os.getpid()}"
        target.rename(broken)
        shutil.rmtree(broken)
    beside.rename(target)  # from here on it is there
    sync_folder(home.models)
    return version


def check(home: Home, version_id: str, files: Mapping[str, str]) -> Path:
    """The folder of a version whose every byte is as it was. Blocking. Raises VersionError."""
    folder = home.models / version_id
    for name, known in files.items():
        path = folder / name
        if not path.is_file() or file_hash(path) != known:
            wrong = "is gone" if not path.is_file() else "is not as it was promoted"
            kind = version_id.partition("-")[0]
            raise VersionError(
                f"{path} {wrong}: run `attune models promote` on the folder it was trained in to copy it again, or "
                f"`attune models rollback {kind}` to go back to the version before"
            )
    return folder


def sweep(home: Home) -> None:
    """Remove what a copy that was cut short left. Blocking; for the home's owner, when it starts."""
    for path in home.models.glob(".*"):
        if path.name.startswith((".broken.", *(f".{kind}-" for kind in KINDS))) and not _alive(path):
            shutil.rmtree(path, ignore_errors=True)


def _files(folder: Path) -> list[Path]:
    found = [path for path in sorted(folder.rglob("*")) if path.relative_to(folder).parts[0] != _RUN]
    for path in found:
        if path.is_symlink():
            raise VersionError(f"{path} is a link, and a version must be whole by itself: put the file in its place")
    return [path for path in found if path.is_file()]


def name_of(manifest: Mapping[str, Any]) -> str:
    """<kind>-<hash of all that a manifest says but of itself>."""
    rest = {key: value for key, value in manifest.items() if key not in _SAID}
    return f"{rest['kind']}-{hashlib.sha256(json.dumps(rest, sort_keys=True, default=str).encode()).hexdigest()[:12]}"


def file_hash(path: Path) -> str:
    """sha256 of its bytes. Blocking."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while page := handle.read(_PAGE):
            digest.update(page)
    return digest.hexdigest()


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with source.open("rb") as reading, target.open("wb") as writing:
        shutil.copyfileobj(reading, writing, _PAGE)
        writing.flush()
        os.fsync(writing.fileno())


def _alive(path: Path) -> bool:
    """Whether the process that the name ends with still runs: it may be copying right now."""
    try:
        os.kill(int(path.name.rpartition(".")[2]), 0)
    except (ValueError, ProcessLookupError):
        return False
    except PermissionError:  # somebody else's, but alive
        return True
    return True
