"""What the documents say is there is there: links lead somewhere, settings, commands and targets exist."""

import re
from pathlib import Path

import pytest
import typer

from app.cli import app
from app.main import create_app
from app.settings import Settings

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "demo" / "README.md"])
README = (ROOT / "README.md").read_text()
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text()


def commands(group: typer.Typer, before: str = "") -> set[str]:
    """Every command with the names of the groups that lead to it."""
    named = ((command.name, command.callback) for command in group.registered_commands)
    found = {before + (name or callback.__name__) for name, callback in named if callback}
    for inner in group.registered_groups:
        found |= commands(inner.typer_instance, f"{before}{inner.name} ") if inner.typer_instance else set()
    return found


def named_in(text: str) -> set[str]:
    """`attune user add EMAIL | list` names two commands: what follows a bar takes the place of the last word."""
    found: set[str] = set()
    for line in re.findall(r"attune ((?:[a-z]+ ?)+(?:[A-Z]+ ?)?(?:\\?\| ?[a-z]+ ?(?:[A-Z]+ ?)?)*)", text):
        first, *others = [part.split() for part in re.split(r"\\?\|", line)]
        words = [word for word in first if word.islower()]
        found |= {" ".join(words)} | {" ".join([*words[:-1], other[0]]) for other in others if other}
    return found


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text())
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_every_decision_is_in_the_index() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text()
    assert [file.name for file in sorted(folder.glob("[0-9]*.md")) if f"({file.name})" not in index] == []


def test_the_readme_lists_every_setting_and_no_other() -> None:
    listed = set(re.findall(r"`ATTUNE_([A-Z_]+)`", README))
    assert listed == {name.upper() for name in Settings.model_fields}


def test_the_readme_names_every_command_and_no_other() -> None:
    table = "\n".join(line for line in README.splitlines() if line.startswith("| `attune"))
    assert named_in(table) == commands(app)


def test_the_architecture_promises_no_command_that_is_not_there() -> None:
    section = ARCHITECTURE.split("## Command line")[1].split("_(comes)_")[0]
    assert named_in(section) == commands(app)


def test_the_architecture_lists_every_route_and_no_other(tmp_path: Path) -> None:
    section = ARCHITECTURE.split("## REST")[1].split("_(comes)_")[0]
    listed = {
        f"{method} {re.sub('{.*?}', '{}', path)}"
        for methods, path in re.findall(r"((?:[A-Z]+/?)+) (/[^\s·]+)", section)
        for method in methods.split("/")
    }
    paths = create_app(Settings(home=tmp_path)).openapi()["paths"]
    assert listed == {f"{m.upper()} {re.sub('{.*?}', '{}', path)}" for path, methods in paths.items() for m in methods}


def test_the_targets_that_are_named_can_be_made() -> None:
    targets = set(re.findall(r"^([a-z0-9]+):", (ROOT / "Makefile").read_text(), flags=re.MULTILINE))
    named = {name for path in DOCUMENTS for name in re.findall(r"(?:    |`)make ([a-z0-9]+)", path.read_text())}
    assert named <= targets
    assert {"setup", "run", "demo", "test", "check", "e2e", "soak", "bench"} <= targets


def test_reading_command_names_out_of_prose() -> None:
    text = (
        "`attune user add EMAIL \\| list \\| token EMAIL`, `attune up [--host]`, attune eval answers|documents --data"
    )
    assert named_in(text) == {"user add", "user list", "user token", "up", "eval answers", "eval documents"}
