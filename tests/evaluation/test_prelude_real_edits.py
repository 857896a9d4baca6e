"""Real edits as trials: nothing later is seen, and a description that foretells is told from others'."""

import json
from pathlib import Path

import pytest

from evaluation.errors import DataError, EvaluationError
from evaluation.prelude_real_edits import RealEdit, read_edits, targets, trials
from evaluation.prelude_real_suite import Scored, distances, evaluate, figures, p_value, score
from generation.scripted import ScriptedModel
from personalization.ports import Guidance


class Diary:
    """A learner whose instruction lists what it has learned, word by word."""

    def __init__(self) -> None:
        self.seen: list[str] = []

    async def guide(self, context: str) -> Guidance:
        return Guidance(" ".join(self.seen) or None)

    async def learn(self, context: str, draft: str, edited: str, used: Guidance) -> None:
        self.seen.append(edited)


def edit(user: str, number: int, wanted: str, draft: str | None = None) -> RealEdit:
    return RealEdit(id=f"{user}{number}", user=user, draft=draft or f"draft {user}{number}", edited=wanted)


EDITS = [edit("ann", at, f"ahoy{at}") for at in range(4)] + [edit("ben", at, f"bravo{at}") for at in range(3)]


async def test_only_strictly_earlier_edits_are_seen() -> None:
    found = await trials(EDITS, targets(EDITS), Diary)
    assert {trial.edit.id: trial.guidances[trial.edit.user].instruction for trial in found} == {
        "ann1": "ahoy0",
        "ann2": "ahoy0 ahoy1",
        "ann3": "ahoy0 ahoy1 ahoy2",
        "ben1": "bravo0",
        "ben2": "bravo0 bravo1",
    }
    last = next(trial for trial in found if trial.edit.id == "ann3")
    assert last.guidances["ben"].instruction == "bravo0 bravo1"


async def test_writers_of_one_draft_compete_as_they_were_before_it() -> None:
    shared = [*EDITS[:2], edit("ann", 9, "ahoy9", "common"), *EDITS[4:5], edit("ben", 9, "bravo9", "common"), EDITS[5]]
    found = await trials(shared, targets(shared), Diary)
    common = [trial for trial in found if trial.edit.draft == "common"]
    assert [trial.edit.user for trial in common] == ["ann", "ben"]
    for trial in common:
        assert {user: given.instruction for user, given in trial.guidances.items()} == {
            "ann": "ahoy0 ahoy1",
            "ben": "bravo0",
        }


def test_what_was_rejected_stays_as_it_was_and_what_leaves_no_text_is_no_target() -> None:
    rejected = RealEdit(id="1", user="a", draft="old", edited="new", decision="reject")
    assert (rejected.shown, rejected.wanted) == ("new", "old")
    deleted = RealEdit(id="2", user="a", draft="old", edited="", decision="accept")
    assert targets([rejected, deleted, rejected.model_copy(update={"id": "3"})])[0].id == "3"


async def test_a_description_that_foretells_gains_over_shuffled_and_none() -> None:
    edits = [edit(user, at, f"{user} says yes", f"draft {at}") for at in range(8) for user in ("ann", "ben", "cem")]
    scored = await score(await trials(edits, targets(edits), Diary), ScriptedModel())
    report = figures(scored)
    assert report["gain_over_shuffled"] > 0.5
    assert report["gain_over_none"] > 0.5
    assert report["p_value"] < 0.001
    assert (report["identified"], report["chance"]) == (1, pytest.approx(1 / 3))
    assert (report["n"], report["writers"]) == (21, 3)


async def test_what_a_learner_does_to_a_text_itself_is_measured_by_the_distance_that_is_left() -> None:
    class Shouting(Diary):
        async def guide(self, context: str) -> Guidance:
            said = (await super().guide(context)).instruction or ""
            return Guidance(render=lambda text: text + " ANN" if "ANN" in said else text)

    edits = [edit(user, at, f"draft {at} {user.upper()}", f"draft {at}") for at in range(8) for user in ("ann", "ben")]
    report = figures(distances(await trials(edits, targets(edits), Shouting)))
    assert report["gain_over_none"] > 0.1 and report["p_value"] < 0.01


def test_without_any_difference_nothing_is_significant() -> None:
    same = [Scored("ann", ("", str(at), ""), -2.0, {"ann": -1.0, "ben": -1.0}) for at in range(20)]
    assert p_value(same) == 1
    assert figures(same)["identified"] == figures(same)["chance"] == 0.5


def test_whoever_judged_the_same_draft_several_times_is_dealt_out_each_time() -> None:
    rows = [Scored("ann", ("", "one", ""), -2.0, {"ann": -1.0, "ben": -1.5}) for _ in range(8)]
    assert p_value(rows) < 0.05


def test_chance_differences_are_not_significant() -> None:
    signs = [1, -1] * 10
    rows = [
        Scored("ann", ("", str(at), ""), -2.0, {"ann": -1.0 + 0.1 * sign, "ben": -1.0}) for at, sign in enumerate(signs)
    ]
    assert 0.2 < p_value(rows) < 0.8


async def test_the_suite_reads_scores_and_reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"LLM": "scripted", "ENCODER": "hash", "CACHE": str(tmp_path / "cache")}.items():
        monkeypatch.setenv(f"ATTUNE_{name}", value)
    rows = [{"id": one.id, "user": one.user, "draft": one.draft, "edited": one.edited} for one in EDITS]
    (tmp_path / "edits.jsonl").write_text("\n".join(map(json.dumps, rows)))
    report = await evaluate(tmp_path, "cipher-1")
    assert (report["n"], report["learner"], report["too_long"]) == (5, "cipher-1", 0)
    assert {"gain_over_shuffled", "gain_over_none", "p_value"} <= set(report)
    assert (await evaluate(tmp_path, "none"))["gain_over_none"] == 0
    with pytest.raises(EvaluationError, match="'oracle' cannot learn from real edits"):
        await evaluate(tmp_path, "oracle")


def test_wrong_edits_are_told(tmp_path: Path) -> None:
    (tmp_path / "edits.jsonl").write_text('{"id": "1", "user": "a", "draft": "b", "edited": "c"}\n')
    with pytest.raises(DataError, match="at least two people"):
        read_edits(tmp_path)
    (tmp_path / "edits.jsonl").write_text('{"id": "1"}\n')
    with pytest.raises(DataError, match=r"edits.jsonl:1: user: Field required"):
        read_edits(tmp_path)
