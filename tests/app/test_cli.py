"""What the command line says to a wrong argument: a line that names it and the remedy, and no traceback."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation without any model."""
    for name, value in {"HOME": str(tmp_path / "home"), "ENCODER": "hash", "LLM": "scripted"}.items():
        monkeypatch.setenv(f"ATTUNE_{name}", value)
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["user", "add", "a@b", "--password", "long enough", "--role", "king"], "'king' is not one of"),
        (["search", "--from", "."], "cannot be read (Is a directory): name a text file"),
        (["search", "--from", "latin.txt"], "latin.txt is no UTF-8 text (byte 1)"),
        (["search", "--k", "0", "anything"], "greater than or equal to 1"),
    ],
    ids=["role", "folder of queries", "not UTF-8", "k"],
)
def test_a_wrong_argument_is_named(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    (tmp_path / "latin.txt").write_bytes("Käse".encode("latin-1"))
    monkeypatch.chdir(tmp_path)
    run = CliRunner().invoke(app, arguments)
    shown = " ".join(run.output.replace("│", "").split())
    assert (run.exit_code, said in shown) == (2, True), run.output
    assert not home.exists()


def test_an_encoder_that_is_none_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ATTUNE_ENCODER", "/no/such/encoder")
    run = CliRunner().invoke(app, ["search", "anything"])
    assert (run.exit_code, "attune: encoder '/no/such/encoder' is neither" in run.output) == (1, True)


def test_a_home_that_is_a_file_is_named(home: Path) -> None:
    home.write_text("")
    run = CliRunner().invoke(app, ["search", "anything"])
    assert (run.exit_code, "set ATTUNE_HOME to a folder that can be" in run.output) == (1, True)
