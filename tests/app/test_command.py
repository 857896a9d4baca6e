"""What a command says when a setting or a folder cannot work: one line that names it and the remedy, no traceback."""

from pathlib import Path

import pytest
import typer
from pydantic import ValidationError

from app.command import run, settings_from
from app.home import Home
from app.schemas import ChatRequest, SearchRequest, TokenPublic
from app.schemas_access import PersonCreate


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


@pytest.mark.parametrize(
    ("schema", "given", "said"),
    [
        (ChatRequest, {"question": ""}, "the question is empty: write one"),
        (SearchRequest, {"query": "  "}, "the query is empty: write one"),
        (
            ChatRequest,
            {"question": "why " * 25_000},
            "the question has 100,000 characters, and 8,000 are the most: shorten it",
        ),
        (
            PersonCreate,
            {"email": "a@b", "password": "x" * 2000},
            "the password has 2,000 characters, and 1,024 are the most: shorten it",
        ),
        (ChatRequest, {"question": "a\0b"}, "the question cannot be sent: Value error, holds a NUL character, which"),
    ],
    ids=["empty", "blank", "long", "long password", "NUL"],
)
def test_an_argument_that_the_api_would_refuse_is_one_line(
    capsys: pytest.CaptureFixture[str], schema: type[ChatRequest], given: dict[str, str], said: str
) -> None:
    async def work() -> None:
        schema(**given)

    with pytest.raises(typer.Exit) as ended:
        run(work())
    (line,) = capsys.readouterr().err.splitlines()
    assert ended.value.exit_code == 2
    assert line.startswith(f"attune: {said}")


def test_an_answer_that_is_not_what_the_api_promises_stays_an_error_of_ours() -> None:
    async def work() -> None:
        TokenPublic.model_validate({"token": 4})

    with pytest.raises(ValidationError):
        run(work())
