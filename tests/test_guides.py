"""The guides in docs/guides: every command and request in them is run, in order, against a server that they start."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from app.cli import app

ROOT = Path(__file__).parent.parent
GUIDES = sorted((ROOT / "docs" / "guides").glob("*.md"))
# Backups, restores and forgetting: ten processes, of which some open a whole home.
TYPED = [pytest.param(guide, marks=pytest.mark.slow) if guide.stem == "for-operators" else guide for guide in GUIDES]
DEFAULT_ADDRESS = "http://127.0.0.1:8420"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_START = re.compile(r"^attune up.*$", re.MULTILINE)


def blocks(guide: Path) -> list[tuple[str, str]]:
    """Language and text of every fenced block, in order."""
    return [(found[1], found[2]) for found in _FENCE.finditer(guide.read_text())]


@dataclass(frozen=True)
class Served:
    """Where the guides' server is, and what a shell needs to work beside it."""

    address: str
    environment: dict[str, str]
    folder: Path


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server as the first guide starts it, on a free port, with a home of its own and no model."""
    if missing := [tool for tool in ("bash", "curl", "jq") if shutil.which(tool) is None]:
        pytest.skip(f"the guides use {' and '.join(missing)}: apt-get install {' '.join(missing)}")
    folder = tmp_path_factory.mktemp("guides")
    (folder / "bin").mkdir()
    programs = {"attune": f'{sys.executable} -c "from app.cli import main; main()"', "python": sys.executable}
    for name, program in programs.items():
        (folder / "bin" / name).write_text(f'#!/bin/sh\nexec {program} "$@"\n')
        (folder / "bin" / name).chmod(0o755)
    chosen = {"ATTUNE_HOME": str(folder / "home"), "ATTUNE_ENCODER": "hash", "ATTUNE_LLM": "scripted"}
    chosen |= {"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    start = _START.search((ROOT / "docs" / "guides" / "for-people.md").read_text())
    assert start is not None
    command = [str(folder / "bin" / "attune"), *shlex.split(start.group())[1:], "--port", "0"]
    with subprocess.Popen(
        command, cwd=folder, env=os.environ | chosen, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout is not None
        try:
            link = next(line.strip() for line in server.stdout if "/login?code=" in line)
            yield Served(link.split("/login", maxsplit=1)[0], os.environ | chosen, folder)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


@pytest.mark.parametrize("guide", TYPED, ids=lambda guide: guide.stem)
def test_what_a_guide_says_to_type_works(guide: Path, served: Served) -> None:
    script = "\n".join(_runnable(language, text) for language, text in blocks(guide))
    folder = served.folder / guide.stem
    folder.mkdir()
    script = script.replace(DEFAULT_ADDRESS, served.address)
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        check=False, cwd=folder, env=served.environment, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert ran.returncode == 0, f"{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"


def _runnable(language: str, text: str) -> str:
    """A block as a piece of the guide's one shell script; what starts the server has been done."""
    if language == "sh":
        return _START.sub("", text)
    return f"python - <<'PYTHON'\n{text}PYTHON\n" if language == "python" else ""


def test_there_are_guides_and_nothing_in_them_escapes() -> None:
    assert [guide.stem for guide in GUIDES] == ["for-developers", "for-operators", "for-people"]
    for guide in GUIDES:
        assert {language for language, _ in blocks(guide)} <= {"sh", "python", "text"}
        # Indented blocks and commands on a line of their own would be read, and never run.
        assert re.findall(r"^(?:    |\t)\S.*$|^(?:attune|curl) .*$", _FENCE.sub("", guide.read_text()), re.M) == []


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.stem)
def test_commands_that_take_too_long_to_run_have_the_flags_that_they_are_given(guide: Path) -> None:
    for language, text in blocks(guide):
        for line in text.splitlines() if language == "text" else []:
            assert unknown_in(line) == []


def unknown_in(line: str) -> list[str]:
    """What the command line has no command or flag for."""
    program, *words = shlex.split(line)
    if program != "attune":
        return [program]
    command = get_command(app)
    while isinstance(command, typer.core.TyperGroup):
        if (name := words.pop(0)) not in command.commands:
            return [name]
        command = command.commands[name]
    known = {flag for parameter in command.params for flag in parameter.opts}
    return [word for word in words if word.startswith("--") and word not in known]


def test_a_command_or_flag_that_is_not_there_is_noticed() -> None:
    assert unknown_in("attune train retriever --corpus x --out y") == []
    assert unknown_in("attune train everything --out y") == ["everything"]
    assert unknown_in("attune train retriever --forever") == ["--forever"]


def test_every_picture_is_used_and_small() -> None:
    pictures = sorted((ROOT / "docs" / "guides" / "images").glob("*.png"))
    used = "\n".join(guide.read_text() for guide in GUIDES)
    assert [picture.name for picture in pictures if f"images/{picture.name}" not in used] == []
    assert max(picture.stat().st_size for picture in pictures) < 150_000
