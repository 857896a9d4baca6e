import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evaluation.holdout import SHARE, components, held_back, trainable


def write(folder: Path, name: str, rows: Sequence[dict[str, Any]]) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))


def question(number: int, *texts: tuple[str, str], **more: Any) -> dict[str, Any]:
    passages = [{"id": f"{number}-{place}", "title": title, "text": text} for place, (title, text) in enumerate(texts)]
    return {"id": f"q{number}", "question": "?", "answers": ["a"], "passages": passages} | more


@pytest.fixture
def chained(tmp_path: Path) -> Path:
    """200 questions in chains of five, each sharing one passage with the next of its chain; articles as well."""
    rows = []
    for number in range(200):
        own = ("", f"Text of question {number}")
        shared = [("", f"Text {number // 5} between {place} and {place + 1}") for place in (number % 5 - 1, number % 5)]
        rows.append(question(number, own, *shared, (f"Article {number // 10}", f"Section {number}")))
    write(tmp_path / "chained", "questions.jsonl", rows)
    return tmp_path / "chained"


def texts_of(folder: Path, ids: frozenset[str]) -> set[str]:
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text().splitlines()]
    return {p["text"].lower() for row in rows if row["id"] in ids for p in row["passages"]}


def all_ids(folder: Path) -> frozenset[str]:
    rows = [json.loads(line) for line in (folder / "questions.jsonl").read_text().splitlines()]
    return frozenset(row["id"] for row in rows)


def test_no_passage_is_on_both_sides(chained: Path) -> None:
    held = held_back(chained)

    assert held and not texts_of(chained, held) & texts_of(chained, all_ids(chained) - held)


def test_about_a_third_is_held_back_and_every_time_the_same(chained: Path) -> None:
    held = held_back(chained)

    assert SHARE - 0.05 <= len(held) / 200 <= SHARE
    assert held == held_back(chained)


def test_questions_of_one_article_stay_together(chained: Path) -> None:
    numbers = {int(one[1:]) for one in held_back(chained)}

    assert all(set(range(ten, ten + 10)) <= numbers for ten in {number // 10 * 10 for number in numbers})


def test_what_is_joined_only_through_others_is_joined() -> None:
    assert components({"a": {"1"}, "b": {"1", "2"}, "c": {"2"}, "d": {"3"}, "e": set()}) == [
        frozenset("abc"),
        frozenset("d"),
        frozenset("e"),
    ]


def test_judged_texts_and_groups_join_questions_without_passages(tmp_path: Path) -> None:
    folder = tmp_path / "judged"
    write(folder, "corpus.jsonl", [{"_id": f"e{number}", "text": f"Text {number}"} for number in range(20)])
    write(folder, "queries.jsonl", [{"_id": f"q{number}", "text": "?"} for number in range(40)])
    (folder / "qrels.tsv").write_text("".join(f"q{number}\te{number // 2}\t1\n" for number in range(40)))

    numbers = {int(one[1:]) for one in held_back(folder)}

    assert numbers and all(number ^ 1 in numbers for number in numbers)


def test_the_split_of_a_set_itself_is_kept(tmp_path: Path) -> None:
    write(tmp_path / "split", "questions.jsonl", [question(n, split="train" if n % 3 else "test") for n in range(9)])

    assert held_back(tmp_path / "split") == {"q0", "q3", "q6"}


def test_training_on_two_sets_leaves_out_what_the_other_holds_back(chained: Path, tmp_path: Path) -> None:
    held = held_back(chained)
    taken = sorted(texts_of(chained, held))[0]
    write(tmp_path / "other", "questions.jsonl", [question(n, ("", taken.upper())) for n in range(3)] + [question(9)])

    ours, others = trainable([chained, tmp_path / "other"]).values()

    assert ours == all_ids(chained) - held
    assert not others & {"q0", "q1", "q2"}
