"""`attune models ...` as it is typed: what is printed for the eye and for a program, and the exit status."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.cli import app
from app.settings import Settings
from tests.evaluation.translated import fitted, write_set

pytestmark = pytest.mark.usefixtures("no_models")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ATTUNE_HOME", str(tmp_path / "home"))
    return Settings().home


def models(*arguments: object) -> Result:
    return CliRunner().invoke(app, ["models", *(str(one) for one in arguments)])


def test_an_empty_home_lists_what_ships(home: Path) -> None:
    shown = models("list")
    assert shown.exit_code == 0, shown.output
    named = [line.split()[0] for line in shown.output.splitlines()]
    assert named == ["kind", "generator", "selector", "verifier", "retriever"]
    assert "it ships" in shown.output and "ATTUNE_LLM is set" in shown.output
    listed = json.loads(models("list", "--json").stdout)
    assert set(listed) == {"generator", "selector", "verifier", "retriever"}
    assert listed["retriever"]["champion"] == "retriever-stock"
    assert not any(one["versions"] for one in listed.values())
    refused = models("rollback", "retriever")
    assert (refused.exit_code, "there is nothing to roll back" in refused.output) == (1, True)
    assert models("rollback", "king").exit_code == 2
    unknown = models("show", "retriever-000000000000")
    assert (unknown.exit_code, "`attune models list` shows all" in unknown.output) == (1, True)


async def trained(tmp_path: Path) -> tuple[Path, Path, Path]:
    good, poisoned = [await fitted(tmp_path / str(bad), poisoned=bad) for bad in (False, True)]
    return good, poisoned, write_set(tmp_path / "translated")


async def test_promoted_shown_refused_and_rolled_back(home: Path, tmp_path: Path) -> None:
    import asyncio

    good, poisoned, questions = await trained(tmp_path)

    def type_them() -> None:
        accepted = models("promote", good, "--data", questions)
        assert accepted.exit_code == 0, accepted.output
        assert "accepted" in accepted.output and "ndcg@10" in accepted.output and "60 questions" in accepted.output
        refused = models("promote", poisoned, "--data", questions, "--json")
        assert refused.exit_code == 1
        found = json.loads(refused.stdout)
        assert (found["accepted"], found["champion"] is not None) == (False, True)
        shown = models("show", found["version"])
        assert "refused against retriever-" in shown.output and "does not lie above 0" in shown.output
        listed = json.loads(models("list", "--json").stdout)["retriever"]["versions"]
        assert [(one["decision"], one["champion"]) for one in listed] == [("promoted", True), ("refused", False)]
        assert "champion" in models("list").output
        back = models("rollback", "retriever")
        assert (back.exit_code, "retriever-stock answers (it ships)" in back.output) == (0, True), back.output

    await asyncio.to_thread(type_them)
    assert (home / "models").is_dir()
