"""The simulated loop: who clicks on what, and a retriever trained from it in a real index, with the hashing encoder."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import app
from evaluation.datasets import SearchQuery
from evaluation.errors import DataError
from retrieval.types import Hit, Passage
from tests.training.sets import WORDS, write
from training.loop import ARMS, read_asked
from training.loop_people import Crowd, Habits, at_their_word

ASKED = SearchQuery(_id="q1", text="Where?")
HITS = [Hit(Passage(f"p{rank}", "d", rank, f"text {rank}", "Guide"), 1 / rank, rank) for rank in range(1, 9)]
TEXTS = [f"t{rank}" for rank in range(1, 9)]


def opened(habits: Habits, visits: int = 400) -> dict[str, float]:
    """How often each text was opened where the fourth one helps."""
    crowd = Crowd(habits, {"q1": {"t4"}}, seed=0)
    log = [turn for number in range(visits) for turn in crowd.visits(number, ASKED, HITS, TEXTS)]
    ranks = [int(event["exposure_id"].rsplit("-", 1)[1]) for turn in log for event in turn["feedback"]]
    return {f"t{rank}": ranks.count(rank) / visits for rank in range(1, 9)}


def test_people_open_what_they_look_at_and_look_at_what_stands_first() -> None:
    biased, unbiased = opened(Habits()), opened(Habits(bias=0.0))
    assert biased["t4"] == pytest.approx(0.9 / 4, abs=0.06)
    assert biased["t8"] < biased["t1"] == pytest.approx(0.1, abs=0.05)
    assert unbiased["t4"] == pytest.approx(0.9, abs=0.06)
    assert unbiased["t8"] == pytest.approx(0.1, abs=0.06)


def test_spammers_open_everything_but_what_helps() -> None:
    spam = opened(Habits(spammers=1.0))
    assert spam["t4"] == 0.0
    assert spam["t8"] == pytest.approx(0.5, abs=0.08)


def test_colluders_ask_everything_and_open_the_same_one_wrong_text() -> None:
    crowd = Crowd(Habits(colluders=0.05), {"q1": {"t8"}}, seed=0)
    log = [turn for number in range(3) for turn in crowd.visits(number, ASKED, HITS, TEXTS)]
    pushing = [turn for turn in log if turn["person_id"].startswith("colluder")]
    assert len(pushing) == 2 * 3
    opened = {event["exposure_id"].rsplit("-", 1)[1] for turn in pushing for event in turn["feedback"]}
    assert opened == {"7"}


def test_taste_drifts_once_to_what_stands_first_of_the_rest() -> None:
    crowd = Crowd(Habits(drift=1.0), {"q1": {"t1"}}, seed=0)
    for _ in range(2):
        crowd.drift(ASKED, TEXTS)
    assert crowd.helps["q1"] == {"t2"}


def test_clicks_taken_at_their_word_are_verdicts() -> None:
    (turn,) = Crowd(Habits(bias=0.0), {"q1": {"t4"}}, seed=0).visits(0, ASKED, HITS, TEXTS)
    assert {event["kind"] for event in at_their_word(turn)["feedback"]} == {"helped"}
    assert {event["kind"] for event in turn["feedback"]} == {"citation_opened"}


def small_set(folder: Path) -> Path:
    rows = [{"_id": f"t{n}", "title": f"The {WORDS[n]} office", "text": f"Desk {n} has forms."} for n in range(12)]
    write(folder, "corpus.jsonl", rows)
    asked = [{"_id": f"q{n}", "text": f"{WORDS[n]} {WORDS[(n + 1) % 12]} zork{n}", "split": "train"} for n in range(12)]
    never = [{"_id": f"r{n}", "text": f"the {WORDS[n]} forms", "split": "test"} for n in range(12)]
    write(folder, "queries.jsonl", asked + never)
    (folder / "qrels_train.tsv").write_text("".join(f"q{n}\tt{n}\t1\n" for n in range(12)))
    (folder / "qrels.tsv").write_text("".join(f"r{n}\tt{n}\t1\n" for n in range(12)))
    return folder


def test_the_command_goes_round_and_tells_where_it_began_and_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")
    asked = ["eval", "loop", "--data", str(small_set(tmp_path)), "--rounds", "3", "--arm", "unbiased", "--json"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert found["unbiased"]["turns"] == 36
    assert found["unbiased"]["again_dense"] > found["start"]["again_dense"]  # what is asked again is found better
    assert found["unbiased"]["start"] == found["start"]


def test_an_arm_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    asked = ["eval", "loop", "--data", str(small_set(tmp_path)), "--arm", "rwa"]
    told = CliRunner(env={"COLUMNS": "300"}).invoke(app, asked).stderr
    assert "'rwa'" in told
    assert "unbiased" in told


def test_a_set_without_queries_to_ask_is_refused(tmp_path: Path) -> None:
    folder = small_set(tmp_path)
    (folder / "qrels_train.tsv").write_text("r0\tt0\t1\n")
    with pytest.raises(DataError, match="0 queries to ask and 12 to measure on"):
        read_asked(folder, None)
    assert "corrected" in ARMS


def test_of_a_set_with_one_kind_of_queries_those_held_back_are_never_asked(tmp_path: Path) -> None:
    folder = small_set(tmp_path)
    (folder / "qrels_train.tsv").unlink()
    rows = [{"_id": f"r{n}", "text": f"the {WORDS[n]} forms"} for n in range(12)]
    write(folder, "queries.jsonl", rows)
    asked = read_asked(folder, None)
    again, never = {one.id for one in asked.again}, {one.id for one in asked.never.queries}
    assert again and never
    assert again.isdisjoint(never)
    assert again | never == {row["_id"] for row in rows}


def test_whether_answers_follow_is_measured_on_the_questions_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")
    monkeypatch.setenv("ATTUNE_LLM", "scripted")
    folder = small_set(tmp_path)
    rows = [
        {
            "id": f"q{n}",
            "question": f"{WORDS[n]} {WORDS[(n + 1) % 12]} zork{n}",
            "answers": [f"Desk {n}"],
            "split": "train",
        }
        for n in range(12)
    ]
    write(folder, "questions.jsonl", rows)
    asked = ["eval", "loop", "--data", str(folder), "--rounds", "2", "--arm", "unbiased", "--answers", "4", "--json"]
    result = CliRunner().invoke(app, asked)
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)["answers"]
    assert found["questions"] == 4
    assert found.keys() == {"questions", "start", "unbiased"}
    assert found["unbiased"]["p_values"].keys() == {"start"}
    assert found["start"]["p_values"] == {}
