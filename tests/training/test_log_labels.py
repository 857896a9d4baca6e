"""A log as lessons: what was said goes before what was done, and what was done counts by where it stood."""

import json
import random
from pathlib import Path
from typing import Any

from training.log_labels import NO_PART, impressions, worths

HELPS, PASSAGES = 3, 6
MARKED = {"start": 0, "end": 4, "text": "Desk", "sources": ["1-2"]}


def turn(number: int, question: str, opened: tuple[int, ...] = (), **more: Any) -> dict[str, Any]:
    exposures = [
        {"exposure_id": f"{number}-{place}", "title": "Guide", "text": f"Passage {place}.", "rank": place}
        for place in range(1, PASSAGES + 1)
    ]
    events = [{"exposure_id": f"{number}-{place}", "kind": "citation_opened"} for place in opened]
    made = {"turn_id": str(number), "person_id": f"person {number}", "question": question, "consent": True}
    return made | {"created_at": "2026-05-01T10:00:00+00:00", "exposures": exposures, "feedback": events} | more


def clicked(count: int = 160, seed: int = 0) -> list[dict[str, Any]]:
    """Ten questions, asked by one person after another, each with one passage that helps, seen the less the further
    down it is."""
    rng = random.Random(seed)
    log = []
    for number in range(count):
        helps = 1 + number % 10 % PASSAGES
        opened = tuple(
            place
            for place in range(1, PASSAGES + 1)
            if rng.random() < 1 / place and rng.random() < (0.9 if place == helps else 0.1)
        )
        log.append(turn(number, f"Question {number % 10}?", opened, person_id=f"person {number // 10}"))
    return log


def export(folder: Path, log: list[dict[str, Any]]) -> Path:
    path = folder / "turns.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in log))
    return path


def worth(found: dict[tuple[str, str], dict[str, float]], question: str, place: int) -> dict[str, float]:
    """By person, of everybody who asked."""
    return {person: some[f"Guide\nPassage {place}."] for (person, asked), some in found.items() if asked == question}


def test_clicks_teach_what_helps_wherever_it_stood(tmp_path: Path) -> None:
    found = worths(export(tmp_path, clicked()))
    assert max(worth(found, "Question 1?", 2).values()) > 0.7
    assert max(worth(found, "Question 2?", HELPS).values()) > 0.7
    assert set(worth(found, "Question 2?", 1).values()) == {0.0}  # seen most of all, and left


def test_what_was_said_goes_before_what_was_done_and_outlasts_being_asked_again(tmp_path: Path) -> None:
    log = clicked()
    said = {"exposure_id": f"2-{HELPS}", "kind": "not_relevant"}
    log[2]["feedback"].append(said)
    found = worths(export(tmp_path, log))
    person = log[2]["person_id"]
    assert found[person, "Question 2?"][f"Guide\nPassage {HELPS}."] == 0.0
    others = {who: value for who, value in worth(found, "Question 2?", HELPS).items() if who != person}
    assert max(others.values()) > 0.7 and 0.0 not in others.values()  # another's opinion is another's


def test_a_verdict_goes_before_a_later_mark_and_one_that_is_taken_back_lets_it_speak(tmp_path: Path) -> None:
    log = [turn(number, "Why?", person_id="ada") for number in range(3)]
    log[0]["feedback"] = [{"exposure_id": "0-2", "kind": "not_relevant"}]
    log[1]["feedback"] = [{"kind": "span_good", "value": MARKED, "exposure_id": None}]
    place = ("ada", "Why?"), "Guide\nPassage 2."
    assert worths(export(tmp_path, log[:2]))[place[0]][place[1]] == 0.0
    log[2]["feedback"] = [{"exposure_id": "2-2", "kind": "withdrawn"}]
    assert worths(export(tmp_path, log))[place[0]][place[1]] == 1.0


def test_whoever_cannot_open_sources_has_not_left_them(tmp_path: Path) -> None:
    asked = [turn(1000 + number, f"Matter {number % 10}?", person_id="a program") for number in range(40)]
    found = worths(export(tmp_path, [*clicked(), *asked]))
    assert set(found["a program", "Matter 1?"].values()) == {NO_PART}


def test_what_an_answer_cites_need_not_be_opened_to_have_helped(tmp_path: Path) -> None:
    log = clicked()
    assert 0.0 in worth(worths(export(tmp_path, log)), "Question 2?", 1).values()
    log[2]["exposures"][0]["cited"] = True
    assert set(worth(worths(export(tmp_path, log)), "Question 2?", 1).values()) == {NO_PART}


def test_one_persons_clicks_are_no_evidence_for_others(tmp_path: Path) -> None:
    loud = [turn(1000 + number, "Question 1?", (1,), person_id="loud") for number in range(20)]
    log = [row for row in clicked() if row["question"] != "Question 1?"]
    found = worths(export(tmp_path, [*log, turn(999, "Question 1?"), *loud]))
    assert found["loud", "Question 1?"]["Guide\nPassage 1."] > 0.5
    assert found["person 999", "Question 1?"]["Guide\nPassage 1."] == NO_PART


BRIGADE = ("mal", "moe", "max")


def opened(log: list[dict[str, Any]], question: str, place: int) -> set[str]:
    asked = [row for row in log if row["question"] == question]
    return {row["person_id"] for row in asked for one in row["feedback"] if one["exposure_id"].endswith(f"-{place}")}


def moved(log: list[dict[str, Any]], found: dict[tuple[str, str], dict[str, float]], question: str) -> set[str]:
    """Who learns from passage 6 without having opened it."""
    return {one for one, value in worth(found, question, 6).items() if value > 0} - opened(log, question, 6)


def test_accounts_that_push_passages_together_teach_nobody_else(tmp_path: Path) -> None:
    attack = [
        turn(1000 + 10 * number + at, f"Question {number}?", (6,), person_id=one)
        for number in (0, 1, 2, 3, 4)
        for at, one in enumerate(BRIGADE)
    ]
    log = [*clicked(), *attack]
    found = worths(export(tmp_path, log))
    assert found["mal", "Question 1?"]["Guide\nPassage 6."] > 0.5, "it counts in what is their own"
    assert [moved(log, found, f"Question {number}?") for number in range(5)] == [set()] * 5


def test_accounts_that_were_in_accord_before_move_no_more_rows_than_they_are(tmp_path: Path) -> None:
    right = {number: 6 if number == 1 else 1 + number % PASSAGES for number in range(10)}
    disguised = [
        turn(1000 + 10 * at + number, f"Question {number}?", (place,), person_id=one)
        for at, one in enumerate(BRIGADE)
        for number, place in right.items()
    ]
    log = [*clicked(), *disguised]
    found = worths(export(tmp_path, log))
    assert len(worth(found, "Question 1?", 6)) == 19
    assert 1 <= len(moved(log, found, "Question 1?")) <= len(opened(log, "Question 1?", 6)) <= 4


def test_whoever_leaves_a_passage_does_not_turn_anothers_click_against_it(tmp_path: Path) -> None:
    left = [turn(1001 + number, "Rare?", (), person_id="loud") for number in range(3)]
    found = worths(export(tmp_path, [*clicked(), turn(1000, "Rare?", (1,), person_id="ada"), *left]))
    assert found["loud", "Rare?"]["Guide\nPassage 1."] == 0.0
    assert found["ada", "Rare?"]["Guide\nPassage 1."] == NO_PART


def test_an_operators_word_goes_before_what_anybody_said_whoever_asked(tmp_path: Path) -> None:
    log = [turn(0, "Why?"), turn(1, "why? "), turn(2, "How?")]
    for number in range(3):
        log[number]["feedback"] = [{"exposure_id": f"{number}-2", "kind": "helped"}]
    log[0]["exposures"][1]["labels"] = [{"method": "operator", "utility": 0.0}]
    found = worths(export(tmp_path, log))
    said = {person: some["Guide\nPassage 2."] for (person, _), some in found.items()}
    assert said == {"person 0": 0.0, "person 1": 0.0, "person 2": 1.0}


def test_a_models_label_teaches_only_what_nobody_said_and_nobodys_clicks_tell(tmp_path: Path) -> None:
    log = [turn(0, "Why?"), turn(1, "How?")]
    log[0]["feedback"] = [{"exposure_id": "0-2", "kind": "not_relevant"}]
    for place, utility in ((2, 1.0), (3, 0.9), (4, 0.0), (5, 0.3)):
        log[0]["exposures"][place - 1]["labels"] = [{"method": "listwise", "utility": utility}]
    log[1]["exposures"][0]["labels"] = [
        {"method": "operator", "utility": 1.0, "created_at": "2026-05-02"},
        {"method": "operator", "utility": 0.0, "created_at": "2026-05-01"},
    ]
    found = worths(export(tmp_path, log))
    said = [found["person 0", "Why?"][f"Guide\nPassage {place}."] for place in range(1, 6)]
    assert said == [NO_PART, 0.0, 0.9, 0.0, NO_PART]
    assert found["person 1", "How?"]["Guide\nPassage 1."] == 1.0, "the last word counts, in whatever order it comes"


def test_few_clicks_teach_nothing_and_verdicts_still_do(tmp_path: Path) -> None:
    log = [turn(0, "Why?", (1,)), turn(1, "How?")]
    log[1]["feedback"] = [{"exposure_id": "1-2", "kind": "helped"}]
    found = worths(export(tmp_path, log))
    assert set(found["person 0", "Why?"].values()) == {NO_PART}
    assert found["person 1", "How?"]["Guide\nPassage 2."] == 1.0


def test_the_place_is_the_one_on_the_page_where_what_the_answer_read_comes_first() -> None:
    shown = turn(0, "Why?")
    shown["exposures"][4]["marker"] = 1
    places = {one.passage: one.place for one in impressions([shown])}
    assert places["Guide\nPassage 5."] == 1
    assert places["Guide\nPassage 1."] == 2


def test_a_passage_that_may_not_be_read_any_more_keeps_its_place_and_teaches_nothing(tmp_path: Path) -> None:
    shown = turn(0, "Why?", (1, 2))
    shown["exposures"][0] |= {"title": "", "text": ""}
    assert [one.place for one in impressions([shown])] == [2, 3, 4, 5, 6]
    assert "" not in worths(export(tmp_path, [shown]))["person 0", "Why?"]


def test_old_clicks_count_less(tmp_path: Path) -> None:
    log = clicked()
    for row in log:
        row["created_at"] = "2024-05-01T10:00:00+00:00"
    assert {one.days_ago for one in impressions([*log, turn(999, "New?")])} == {0.0, 730.0}
    found = worths(export(tmp_path, [*log, turn(999, "New?")]))
    assert set(worth(found, "Question 1?", 2).values()) == {NO_PART}
