"""What a command says when a setting or a folder cannot work: one line that names it and the remedy, no traceback."""

from pathlib import Path

import pytest
import typer

from app.command import settings_from
from app.home import Home


def complaint(capsys: pytest.CaptureFixture[str], home: Path) -> str:
    with pytest.raises(typer.Exit) as ended:
        settings_from(home=home)
    assert ended.value.exit_code == 2
    (line,) = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("colour = 'red'", "'colour' in attune.toml is not a setting"),
        ("port = = 1", "attune.toml cannot be read"),
        ("llm = 'foo'", "ATTUNE_LLM is 'foo': "),
        ("host = '0.0.0.0'", "attune: ATTUNE_HOST is '0.0.0.0'"),
    ],
)
def test_a_wrong_file_is_one_line_that_names_what_is_wrong(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, toml: str, said: str
) -> None:
    (tmp_path / "attune.toml").write_text(toml)
    assert said in complaint(capsys, tmp_path)


def test_a_key_is_not_repeated_on_the_screen(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "attune.toml").write_text("llm_api_key = 4711")
    assert "4711" not in complaint(capsys, tmp_path)


def test_a_home_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match=r"file/home cannot be written .*ATTUNE_HOME"):
        Home(tmp_path / "file" / "home").create()
