"""Fitting to what people preferred: real DPO and KTO of a tiny model, held-back rows, and who may be learned from."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from app.consent import ALONE
from app.forgetting_rows import reads_log
from generation.local import LocalModel
from tests.generation.tiny import save_tiny_model
from tests.training.sets import shown
from training import generator, preference_recipe
from training.preference_fit import PreferenceOptions
from training.preference_rows import Method, read_rows
from training.recipe import RecipeError

LIKED, DISLIKED = "The capital of France is Paris.", "{json: true} naïve façade 🙂"


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("base"))


@pytest.fixture(scope="module")
def start(base: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("start")
    options = generator.Options(base, steps=1, first_layer=1, rank=2, alpha=4.0)
    generator.train([shown(folder / "mine", 90)], folder / "out", options, "attune train generator")
    return folder / "out"


def asked(number: int) -> list[dict[str, str]]:
    return [{"role": "user", "content": f"Question number {number}: what do you say?"}]


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "assistant", "content": text}]


def pairs(count: int, person: str = "ada") -> Iterable[Mapping[str, Any]]:
    for number in range(count):
        row = {"prompt": asked(number), "chosen": said(LIKED), "rejected": said(DISLIKED)}
        yield row | {"turn_id": f"{person}-{number}", "person_id": person, "versions": {}}


def votes(count: int, wanted: Iterable[bool] = (True, False)) -> Iterable[Mapping[str, Any]]:
    sides = list(wanted)
    for number in range(count):
        label = sides[number % len(sides)]
        row = {"prompt": asked(number), "completion": said(LIKED if label else DISLIKED), "label": label}
        yield row | {"turn_id": f"ada-{number}", "person_id": "ada"}


def written(folder: Path, rows: Iterable[Mapping[str, Any]]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def options(base: Path, start: Path, **more: Any) -> PreferenceOptions:
    return PreferenceOptions(base, start, **({"steps": 6, "learning_rate": 0.02} | more))


async def test_dpo_raises_the_margin_and_not_at_the_cost_of_what_was_chosen(
    base: Path, start: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, out = written(tmp_path, pairs(24)), tmp_path / "out"
    found = await _trained(path, "dpo", out, options(base, start))
    assert capsys.readouterr().out == ""  # --json is for figures alone
    assert found["after"]["margin"] > found["before"]["margin"]
    assert found["after"]["chosen_gain"] > 0
    assert found["after"]["margin_p_value"] < 0.5
    assert 0 <= found["after"]["edit_cost"] <= found["before"]["edit_cost"]  # what people would still have to change
    manifest = json.loads((out / "manifest.json").read_text())
    assert not manifest["shippable"]
    assert reads_log(manifest)  # whatever the file was called: a person in it who is forgotten is marked on the model
    assert manifest["settings"]["fit"]["steps"] == 6
    assert manifest["use"] == json.loads((start / "manifest.json").read_text())["use"]
    model = await LocalModel.open(base, "cpu", adapted=out)  # in the form that the engine reads
    await model.close()


async def test_what_one_person_alone_taught_stays_in_whatever_is_fitted_on_from_there(
    base: Path, start: Path, tmp_path: Path
) -> None:
    agreed = [{**row, "consent": True} for row in pairs(24)]
    rows = [{**row, "alone": True} for row in agreed]
    mine, everyones = tmp_path / "mine", tmp_path / "everyones"
    await _trained(written(tmp_path, rows), "dpo", mine, options(base, start, steps=1))
    await _trained(written(tmp_path, agreed), "dpo", everyones, options(base, mine, steps=1))
    for out in (mine, everyones):
        assert json.loads((out / "manifest.json").read_text())["settings"][ALONE]


async def test_kto_makes_wanted_answers_likelier_than_unwanted_ones(base: Path, start: Path, tmp_path: Path) -> None:
    path = written(tmp_path, votes(24))
    found = await _trained(path, "kto", tmp_path / "out", options(base, start))
    assert found["after"]["wanted_gain"] > found["after"]["unwanted_gain"]


async def test_rows_of_several_people_are_taken_only_if_they_all_agreed(
    base: Path, start: Path, tmp_path: Path
) -> None:
    path = written(tmp_path, [*pairs(12), *pairs(12, "ben")])
    with pytest.raises(RecipeError, match=r"2 people.*--everyone"):
        await _trained(path, "dpo", tmp_path / "out", options(base, start))
    assert not (tmp_path / "out").exists()


def test_what_others_use_is_fitted_only_to_those_who_agreed(tmp_path: Path) -> None:
    willing = [{**row, "consent": True} for row in pairs(30)]
    unasked = [*pairs(12, "ben"), *({**row, "consent": False} for row in pairs(12, "cleo"))]
    shared = read_rows(written(tmp_path, [*unasked, *willing]), "dpo", everyone=True)
    assert {row["person_id"] for row in (*shared.fitted, *shared.held_back)} == {"ada"}
    assert (shared.left_out, shared.agreed) == (24, True)
    own = read_rows(written(tmp_path, [{**row, "consent": False} for row in pairs(30)]), "dpo")
    assert (len(own.fitted) + len(own.held_back), own.left_out, own.agreed) == (30, 0, False)
    with pytest.raises(RecipeError, match="24 are of people who did not agree"):
        read_rows(written(tmp_path, unasked), "dpo", everyone=True)


def test_the_same_turn_stays_on_its_side_when_rows_are_added(tmp_path: Path) -> None:
    few, many = (read_rows(written(tmp_path, pairs(count)), "dpo") for count in (30, 60))
    assert {row["turn_id"] for row in few.held_back} <= {row["turn_id"] for row in many.held_back}
    assert not {row["turn_id"] for row in many.held_back} & {row["turn_id"] for row in many.fitted}
    assert set(many.for_trl()[0]) == {"prompt", "chosen", "rejected"}  # no id of a person reaches the trainer


@pytest.mark.parametrize(
    ("rows", "method", "told"),
    [
        (pairs(1), "dpo", "more are needed.*Rewrite more answers"),
        (votes(30, (True,)), "kto", "only wanted answers: kto needs both"),
        (votes(30), "dpo", "lacks chosen, rejected: export it with --format dpo"),
    ],
    ids=["too few", "one side", "another export"],
)
def test_rows_that_teach_nothing_are_refused_with_the_remedy(
    tmp_path: Path, rows: Iterable[Mapping[str, Any]], method: Method, told: str
) -> None:
    with pytest.raises(RecipeError, match=told):
        read_rows(written(tmp_path, rows), method)


async def _trained(path: Path, method: Method, out: Path, chosen: PreferenceOptions) -> dict[str, Any]:
    import asyncio

    return await asyncio.to_thread(preference_recipe.train, path, method, out, chosen, "attune train preferences")
