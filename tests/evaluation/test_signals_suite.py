"""`attune eval signals`: whose rating counts for which message, and the figures by hand."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from app import cli
from evaluation.errors import DataError, EvaluationError
from evaluation.signals_baselines import keyword, majority
from evaluation.signals_dialogues import Rated, read_rated
from evaluation.signals_suite import Judged, area, compare, evaluate
from personalization.signals import Utterance
from tests.personalization.heads import VERSION, write_by_hand

Turn = dict[str, Any]


def user(text: str, ratings: list[int] | None = None) -> Turn:
    return {"role": "user", "content": text, "satisfaction": ratings}


def assistant(text: str, ratings: list[int] | None = None) -> Turn:
    return {"role": "assistant", "content": text, "satisfaction": ratings}


def write(folder: Path, *conversations: list[Turn]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [json.dumps({"id": str(number), "turns": turns}) for number, turns in enumerate(conversations)]
    (folder / "conversations.jsonl").write_text("\n".join(rows) + "\n")
    return folder


def rated(text: str, rating: float, conversation: str = "0") -> Rated:
    return Rated(Utterance(text), rating, conversation)


TALK = [
    user("When does it open?", [3, 3, 3]),
    assistant("It was built in 1902."),
    user("I asked when it opens.", [2, 3, 3]),
    assistant("At nine."),
    user("Thanks!", [3, 4, 3]),
]


def test_the_mean_of_the_raters_decides_and_three_is_neither(tmp_path: Path) -> None:
    found = read_rated(write(tmp_path, TALK))
    assert [one.side for one in found] == ["neutral", "dissatisfied", "satisfied"]
    assert found[1].utterance.answer == "It was built in 1902." and found[0].utterance.before == ()


def test_a_rating_of_an_answer_counts_for_the_message_that_follows(tmp_path: Path) -> None:
    talk = [user("Who?"), assistant("I cannot say.", [1]), user("And where?"), assistant("There.", [5])]
    (only,) = read_rated(write(tmp_path, talk))
    assert (only.utterance.text, only.side) == ("And where?", "dissatisfied")
    both = [user("Who?"), assistant("Ann.", [1]), user("Thanks", [5]), user("a lot")]
    assert [one.rating for one in read_rated(write(tmp_path, both))] == [5]


def test_a_file_without_any_rating_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no message of a person is rated"):
        read_rated(write(tmp_path, [user("Hi"), assistant("Hello")]))


def test_the_area_counts_ties_half_and_repeated_ones_as_often_as_they_are() -> None:
    truth, scores = np.array([True, True, False, False]), np.array([0.9, 0.5, 0.5, 0.1])
    assert area(truth, scores) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert area(truth, scores, np.array([1, 0, 1, 1])) == 1.0
    assert area(np.array([True, True]), np.array([0.1, 0.2])) is None


def test_figures_are_of_each_side_against_all_others() -> None:
    said = [rated("a", 2), rated("b", 2, "1"), rated("c", 3, "1"), rated("d", 4, "2")]
    flags = {
        "dissatisfied": np.array([True, False, True, False]),
        "satisfied": np.array([False, True, False, True]),
    }
    report = compare(said, Judged(flags, np.array([0.9, 0.4, 0.6, 0.1])))  # type: ignore[arg-type]  # keys are Sides
    assert report["dissatisfied"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert report["satisfied"] == {"precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3)}
    assert report["auc"] == pytest.approx(3 / 4) and report["n"] == 4 and report["conversations"] == 3
    assert set(report["baselines"]) == {"majority", "keyword"} and report["baselines"]["majority"]["auc"] == 0.5


def test_key_words_find_plain_complaints_and_praises_and_nothing_else() -> None:
    said, scores = keyword([rated("No, that's wrong.", 2), rated("Thanks, great!", 4), rated("At five.", 3)])
    assert said["dissatisfied"].tolist() == [True, False, False] and said["satisfied"].tolist() == [False, True, False]
    assert scores[0] > scores[2] > scores[1]


def test_the_majority_is_each_side_by_itself() -> None:
    said, _ = majority([rated("a", 4), rated("b", 5), rated("c", 2)])
    assert said["satisfied"].all() and not said["dissatisfied"].any()


def test_the_command_prints_the_agreed_keys(tmp_path: Path) -> None:
    data, head = write(tmp_path / "set", TALK), write_by_hand(tmp_path / "head")
    run = CliRunner(env={"ATTUNE_ENCODER": "hash"})
    ran = run.invoke(cli.app, ["eval", "signals", "--data", str(data), "--model", str(head), "--json"])
    assert ran.exit_code == 0, ran.output
    report = json.loads(ran.stdout)
    assert {"satisfied", "dissatisfied", "auc", "n", "baselines"} <= set(report)
    assert set(report["dissatisfied"]) == set(report["baselines"]["keyword"]["satisfied"])
    assert (report["auc"], report["n"], report["versions"]["signals"]) == (1.0, 3, VERSION)


async def test_several_sets_are_told_apart_and_a_head_of_another_encoder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")
    one, two = write(tmp_path / "one", TALK), write(tmp_path / "two", TALK, TALK)
    report = await evaluate([one, two / "conversations.jsonl"], write_by_hand(tmp_path / "head"))
    assert report["n"] == 9 and set(report["sets"]) == {"one", "two/conversations.jsonl"}
    with pytest.raises(EvaluationError, match="fitted to the encoder other-1"):
        await evaluate([one], write_by_hand(tmp_path / "head", encoder="other-1"))


async def test_follow_up_likelihood_is_a_baseline_where_it_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scripted model finds words likely that were said: who was told of interest likelier says so."""
    for name, value in {"ENCODER": "hash", "LLM": "scripted"}.items():
        monkeypatch.setenv(f"ATTUNE_{name}", value)
    praised = (
        "Yes, that is what I meant. This is just what I was looking for. That is right. I learned a lot from that."
    )
    blamed = (
        "That is not what I was asking. That has nothing to do with my question. That is wrong. That tells me nothing."
    )
    talks = [[user("Who?"), assistant(text), user("Hm.", [rating])] for text, rating in ((praised, 5), (blamed, 1))]
    data, head = write(tmp_path / "set", *talks, TALK), write_by_hand(tmp_path / "head")
    report = await evaluate([data], head, limit=4, flr=True)
    assert report["n"] == 4 and set(report["baselines"]) == {"majority", "keyword", "flr"}
    assert report["baselines"]["flr"]["auc"] > 0.5 and "flr" in report["differences"]
