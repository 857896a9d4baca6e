"""`attune user forget`, `attune backup` and `attune restore` as they are typed."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app.cli import app
from app.settings import Settings
from tests.conftest import client_of, running

REPOSITORY = Path(__file__).parents[2]
ANN = "ann.vrbloom@example.org"


def attune(*arguments: str) -> subprocess.CompletedProcess[str]:
    """A process of its own: the durable queue keeps hold of the standard error that it began with."""
    command = [sys.executable, "-c", "from app.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=300, check=False)


def figures(*arguments: str) -> dict[str, Any]:
    done = attune(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    printed: dict[str, Any] = json.loads(done.stdout)
    return printed


def test_where_nobody_can_be_asked_nobody_is_forgotten(tmp_path: Path) -> None:
    run = CliRunner().invoke(app, ["--home", str(tmp_path / "home"), "user", "forget", ANN])
    assert (run.exit_code, "give --yes" in run.output) == (2, True), run.output
    assert not (tmp_path / "home").exists()


async def test_a_home_is_backed_up_somebody_is_forgotten_and_the_backup_restored(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"HOME": str(settings.home), "ENCODER": "hash", "LLM": "scripted"}.items():
        monkeypatch.setenv(f"ATTUNE_{name}", value)
    async with running(settings) as app, client_of(app, ANN):
        pass
    archive, copy = str(tmp_path / "backup.tar.zst"), str(tmp_path / "copy")
    written = attune("backup", archive)
    assert "0 documents of 2 people" in written.stdout, written.stderr
    assert "it holds secrets (secret_key)" in written.stderr
    found = figures("user", "forget", ANN, "--yes")
    assert (found["email"], found["proof"]["traces"], found["erased"]["tokens"]) == (ANN, [], 1)
    restored = figures("restore", archive, "--home", copy)
    assert (restored["people"], restored["home"]) == (2, copy)
