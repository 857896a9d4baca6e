"""Results that outlive the process that made them."""

from pathlib import Path

import pytest

from evaluation.answers import Answered
from evaluation.runs import Run, code_version, fingerprint
from generation.port import Message

ONE = Answered("q", True, ("a",), "text", False, ("shown",), frozenset({"p"}), None)


def test_a_value_comes_back_as_it_was(tmp_path: Path) -> None:
    Run(tmp_path).put("key", ONE)
    assert Run(tmp_path).get("key", Answered) == ONE


def test_without_a_folder_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    run = Run()
    run.put("key", "value")
    assert run.get("key", str) == "value"
    assert not list(tmp_path.iterdir())


def test_what_was_cut_off_is_passed_over_and_hurts_nothing_after_it(tmp_path: Path) -> None:
    Run(tmp_path).put("first", ONE)
    with (tmp_path / "results.jsonl").open("a") as file:
        file.write('{"key": "second", "val')
    Run(tmp_path).put("third", ONE)

    known = Run(tmp_path)
    assert ("first" in known, "second" in known, "third" in known) == (True, False, True)


def test_the_same_parts_have_the_same_fingerprint_in_any_order_and_others_another() -> None:
    assert fingerprint({"a": 1, "b": [ONE]}) == fingerprint({"b": [ONE], "a": 1})
    assert len({fingerprint([Message("user", "a")]), fingerprint([Message("user", "b")]), fingerprint(ONE)}) == 3


def test_each_package_has_its_own_version() -> None:
    assert code_version("agents") == code_version("agents") != code_version("generation")
