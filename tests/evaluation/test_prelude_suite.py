"""The environment end to end with a model that obeys: figures, resuming, lockstep, what the command refuses."""

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation.errors import DataError, EvaluationError
from evaluation.prelude_contexts import in_order, made_contexts, read_contexts
from evaluation.prelude_environment import Plan, RememberingEncoder, Tools
from evaluation.prelude_learners import LEARNERS, chosen
from evaluation.prelude_model_user import ModelUser
from evaluation.prelude_styles import own_styles, read_styles, styles_for
from evaluation.prelude_suite import Options, evaluate, journalled, make_user, measure
from evaluation.prelude_user import SimulatedUser
from generation.scripted import ScriptedModel
from retrieval.encoder_hash import HashEncoder
from tests.evaluation.obedient import Killed, ObedientModel

CONTEXTS = {task: {source: texts[:6] for source, texts in made_contexts()[task].items()} for task in made_contexts()}
STYLES = own_styles()


def plan(rounds: int = 6, seeds: int = 1, learners: tuple[str, ...] = tuple(LEARNERS)) -> Plan:
    return Plan(CONTEXTS, STYLES, learners, rounds, seeds)


async def in_folder(folder: Path, wanted: Plan, model: ObedientModel) -> dict[str, Any]:
    async with journalled(model, folder) as journal:
        return await measure(wanted, Tools(journal, RememberingEncoder(HashEncoder()), SimulatedUser()), folder)


async def test_the_oracle_costs_nothing_with_a_model_that_obeys_and_learning_nothing_costs_all(tmp_path: Path) -> None:
    report = await in_folder(tmp_path, plan(), ObedientModel(STYLES))
    assert list(report["tasks"]) == ["summary", "email", "cited_answer"]
    for learners in report["tasks"].values():
        assert set(learners) == set(LEARNERS)
        assert learners["oracle"]["cumulative_cost"] == 0 < learners["none"]["cumulative_cost"]
        assert (learners["oracle"]["regret"], learners["none"]["regret"]) == (0, 1)
        assert (learners["oracle"]["accuracy"], learners["none"]["accuracy"]) == (1, None)
        assert learners["oracle"]["accepted"] == 1
        assert learners["icl-edit"]["tokens"] > learners["none"]["tokens"] > 0
    assert (tmp_path / "costs.png").read_bytes().startswith(b"\x89PNG")


async def test_costs_are_of_the_first_and_the_last_twenty_rounds(tmp_path: Path) -> None:
    report = await in_folder(tmp_path, plan(rounds=25, learners=("none",)), ObedientModel(STYLES))
    rows = [json.loads(line) for line in (tmp_path / "rounds.jsonl").read_text().splitlines()]
    costs = [row["cost"] for row in rows if row["task"] == "email"]
    figures = report["tasks"]["email"]["none"]
    assert figures["cumulative_cost"] == sum(costs)
    assert (figures["cost_first_20"], figures["cost_last_20"]) == (sum(costs[:20]), sum(costs[5:]))


async def test_an_interrupted_run_ends_as_if_it_had_not_been_and_asks_nothing_twice(tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    undisturbed = ObedientModel(STYLES)
    await in_folder(whole, plan(seeds=2), undisturbed)
    with pytest.raises(Killed):
        await in_folder(broken, plan(seeds=2), ObedientModel(STYLES, dies_after=undisturbed.calls // 2))
    journal = broken / "results.jsonl"
    journal.write_bytes(journal.read_bytes()[:-7])  # what a kill in the middle of a line leaves
    resumed = ObedientModel(STYLES)
    await in_folder(broken, plan(seeds=2), resumed)
    for name in ("rounds.jsonl", "report.json", "costs.png"):
        assert (broken / name).read_bytes() == (whole / name).read_bytes()
    assert 0 < resumed.calls <= undisturbed.calls - undisturbed.calls // 2 + 1


async def test_equal_requests_are_asked_once_and_metered_for_each_learner(tmp_path: Path) -> None:
    model = ObedientModel(STYLES)
    report = await in_folder(tmp_path, plan(rounds=1), model)
    # In the first round only the oracle's prompt differs from the others'; then two ciphers infer from the same edit
    # as continual does.
    assert model.calls == 3 * 3
    summary = report["tasks"]["summary"]
    assert summary["cipher-1"]["tokens"] == summary["cipher-5"]["tokens"] > summary["none"]["tokens"]


def test_contexts_differ_and_every_source_has_as_many_turns() -> None:
    for sources in made_contexts().values():
        assert len(sources) >= 4
        assert all(len(set(texts)) == len(texts) >= 50 for texts in sources.values())
        order = in_order(sources, 40, seed=1)
        turns = [source for source, _ in order]
        assert max(map(turns.count, sources)) - min(map(turns.count, sources)) <= 1
        assert len({text for _, text in order}) == 40
        assert order == in_order(sources, 40, seed=1) != in_order(sources, 40, seed=2)


def test_contexts_and_styles_can_come_from_outside(tmp_path: Path) -> None:
    rows = [{"task": "email", "source": "club", "text": f"Notes {number}"} for number in range(3)]
    (tmp_path / "contexts.jsonl").write_text("\n".join(map(json.dumps, rows)))
    contexts = read_contexts(tmp_path)
    assert contexts == {"email": {"club": ["Notes 0", "Notes 1", "Notes 2"]}}
    with pytest.raises(DataError, match="no style for source 'club' of task 'email'"):
        styles_for(contexts, own_styles())
    operators = [{"name": "greeting", "phrase": "Dear all,"}, {"name": "bullets"}]
    row = {"task": "email", "source": "club", "description": "bullet points", "operators": operators}
    (tmp_path / "styles.json").write_text(json.dumps({"styles": [row]}))
    style = styles_for(contexts, read_styles(tmp_path / "styles.json"))["email"]["club"]
    assert [operator.name for operator in style.operators] == ["greeting", "bullets"]


@pytest.mark.parametrize(
    ("written", "complaint"),
    [
        ('{"styles": []}', "styles: List should have at least 1 item"),
        ('{"styles": [{"task": "email", "source": "a", "description": "b", "operators": [{"count": 1}]}]}', "no name"),
        ('{"styles": [{"task": "poem", "source": "a", "description": "b", "operators": [{}]}]}', "styles.0.task"),
    ],
)
def test_a_wrong_file_of_styles_is_told(tmp_path: Path, written: str, complaint: str) -> None:
    (tmp_path / "styles.json").write_text(written)
    with pytest.raises(DataError, match=complaint):
        read_styles(tmp_path / "styles.json")


def test_wrong_contexts_are_told_with_their_line(tmp_path: Path) -> None:
    (tmp_path / "contexts.jsonl").write_text('{"task": "email", "source": "a", "text": "b"}\n{"task": "email"}\n')
    with pytest.raises(DataError, match=r"contexts.jsonl:2: source: Field required"):
        read_contexts(tmp_path)
    with pytest.raises(DataError, match="holds one JSON object a line"):
        read_contexts(tmp_path / "missing")


def test_one_learner_is_measured_against_both_references() -> None:
    assert chosen("cipher-5") == ("none", "oracle", "cipher-5")
    assert chosen("none,attune") == ("none", "oracle", "attune")
    assert chosen("all") == tuple(LEARNERS)
    with pytest.raises(EvaluationError, match="--learner 'clairvoyant' is unknown"):
        chosen("clairvoyant")


async def test_a_person_played_by_a_model_accepts_on_yes_and_revises_on_no() -> None:
    model = ScriptedModel()
    user = ModelUser(model)
    style = STYLES["email"]["events"]
    model.enqueue("Yes, they would.")
    assert await user.edit("Come!", style) == "Come!"
    model.enqueue("No.")
    model.enqueue("COME!")
    assert await user.edit("Come!", style) == "COME!"
    assert style.description in model.prompts[-1][-1].content
    with pytest.raises(EvaluationError, match="--user 'nobody' is unknown"):
        make_user("nobody", model)


async def test_the_command_runs_in_a_folder_of_its_own_and_resumes_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"LLM": "scripted", "ENCODER": "hash", "CACHE": str(tmp_path)}.items():
        monkeypatch.setenv(f"ATTUNE_{name}", value)
    first = await evaluate(Options("cipher-1", rounds=2, seeds=1))
    again = await evaluate(Options("cipher-1", rounds=2, seeds=1))
    assert first["tasks"] == again["tasks"]
    assert first["folder"] == again["folder"]
    assert tmp_path in Path(first["folder"]).parents
    assert (first["answers"]["computed"] > 0, again["answers"]["computed"]) == (True, 0)
