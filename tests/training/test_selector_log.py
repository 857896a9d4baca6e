"""The selector from what people said of sources: examples of the log, and a recipe that the product reads."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from retrieval.selector_utility import UtilitySelector
from tests.retrieval.builders import ENCODER
from tests.retrieval.test_selector import QUESTION, RIGHT, make_hits
from tests.training.logs import houses, turn, written
from training.commands import train_commands
from training.recipe import RecipeError
from training.selector import Options, train
from training.selector_log import read_log


def test_verdicts_are_labels_an_operators_go_first_and_what_nobody_judged_is_unknown(tmp_path: Path) -> None:
    rows = list(houses("ada", 40))
    rows[0]["exposures"][2]["labels"] = [{"method": "operator", "utility": 1.0}]
    rows[0]["exposures"][0]["labels"] = [{"method": "operator", "utility": 0.0}]
    rows.append(turn("ada", "Why?", ["Nobody says anything."], [None]))
    log = read_log(written(tmp_path / "turns.jsonl", rows))
    by_question = {one.question: one for one in (*log.fitted, *log.held_back)}
    first, second = (by_question[row["question"]] for row in rows[:2])
    assert [passage.label for passage in first.passages] == ["distractor", "distractor", "gold"]
    assert [passage.label for passage in second.passages] == ["gold", "distractor", "unknown"]
    assert len(by_question) == 40 and 0 < len(log.held_back) < 20
    assert not {one.component for one in log.fitted} & {one.component for one in log.held_back}


def test_one_person_cannot_fill_the_lessons_of_all(tmp_path: Path) -> None:
    rows = [row for person in ("ada", "ben", "cleo") for row in houses(person, 12)]
    log = read_log(written(tmp_path / "turns.jsonl", [*rows, *houses("spammer", 300)]))
    assert len(log.fitted) + len(log.held_back) == 3 * 12 + 24
    assert log.notes == ("276 questions are beyond what one person may say",)


def test_too_few_answers_end_it_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"^3 questions of the log have a passage that helped; 20 are the least"):
        read_log(written(tmp_path / "turns.jsonl", list(houses("ada", 3))))


async def test_the_recipe_from_a_log_writes_what_the_product_reads(tmp_path: Path) -> None:
    out = tmp_path / "out"
    log = written(out / "run" / "turns.jsonl", [row | {"alone": True} for row in houses("ada", 30)])
    options = Options(steps=3, rank=2, groups=2, log=log)
    found = train([], out, options, "attune train selector --from-log")
    assert found["after"]["n"] > 0
    manifest = json.loads((out / "manifest.json").read_text())
    assert [(used["name"], used["examples"] > 20) for used in manifest["data"]] == [("turns.jsonl", True)]
    assert manifest["settings"]["alone"] is True, "they agreed by being alone: it is nobody else's"
    assert str(tmp_path) not in (out / "manifest.json").read_text()
    selector = UtilitySelector(ENCODER, out)
    assert len((await selector.select(QUESTION, await make_hits([RIGHT]))).utilities) == 1


def test_the_commands_say_what_they_can_learn_from(tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    nothing = CliRunner().invoke(train_commands, ["selector", "--out", out])
    assert (nothing.exit_code, "--from-log" in nothing.output) == (2, True)
    unread = CliRunner().invoke(train_commands, ["signals", "--from-log", "--out", out])
    assert (unread.exit_code, "nobody says in a log" in unread.output) == (2, True)
