"""What students learn from: labels as judged, distractors that look alike, and nothing of what is held back."""

from pathlib import Path

import pytest

from evaluation.holdout import held_back
from tests.training.sets import judged, shown, write
from training.examples import MINED, Example, read_examples


def golds(example: Example) -> list[str]:
    return [passage.text for passage in example.passages if passage.label == "gold"]


@pytest.fixture
def both(tmp_path: Path) -> list[Path]:
    return [shown(tmp_path / "shown"), judged(tmp_path / "judged")]


def test_held_back_questions_are_read_only_when_they_are_asked_for(both: list[Path]) -> None:
    trained, held = read_examples(both), read_examples(both, held_out=True)
    wanted = {f"{folder.name}/{one}" for folder in both for one in held_back(folder)}
    assert wanted
    assert {example.id for example in held} == wanted
    assert not {example.id for example in trained} & wanted
    assert {example.source for example in trained} == {"shown", "judged"}


def test_no_text_of_a_held_back_question_is_learned_from(both: list[Path]) -> None:
    trained, held = read_examples(both), read_examples(both, held_out=True)
    answering = {text for example in held for text in golds(example)}
    assert not {p.text for example in trained for p in example.passages} & answering
    assert not {example.component for example in trained} & {example.component for example in held}


def test_the_part_of_a_long_text_that_answers_is_gold_and_short(both: list[Path]) -> None:
    for example in read_examples(both[1:]):
        (gold,) = golds(example)
        assert example.answers[0] in gold
        assert len(gold.split()) < 200


def test_a_question_without_distractors_gets_the_texts_that_look_most_alike(both: list[Path]) -> None:
    for example in read_examples(both[1:]):
        added = [passage for passage in example.passages if passage.label == "distractor"]
        assert len(added) == MINED
        assert all("tower" in passage.text or "Tower" in passage.title for passage in added)
        assert not any(example.answers[0] in passage.text.split() for passage in added)


def test_passages_that_come_with_a_question_keep_their_labels(both: list[Path]) -> None:
    for example in read_examples(both[:1]):
        assert [passage.label for passage in example.passages] == ["gold", "distractor", "distractor", "distractor"]


def test_a_passage_of_a_lower_grade_is_neither_gold_nor_wrong(tmp_path: Path) -> None:
    passages = [{"id": name, "title": name, "text": f"text of {name}", "label": "gold"} for name in ("main", "side")]
    rows = [{"id": "q", "question": "?", "answers": ["x"], "passages": passages}]
    write(tmp_path / "graded", "questions.jsonl", rows)
    write(tmp_path / "graded", "corpus.jsonl", [{"_id": p["id"], "text": p["text"]} for p in passages])
    (tmp_path / "graded" / "qrels.tsv").write_text("q\tmain\t2\nq\tside\t1\n")
    (example,) = read_examples([tmp_path / "graded"])
    assert {passage.id: passage.label for passage in example.passages} == {"main": "gold", "side": "unknown"}


def test_a_set_of_queries_without_questions_can_be_read(tmp_path: Path) -> None:
    write(
        tmp_path / "beir", "corpus.jsonl", [{"_id": f"d{n}", "text": f"Rule {n} is about topic {n}"} for n in range(9)]
    )
    write(tmp_path / "beir", "queries.jsonl", [{"_id": f"q{n}", "text": f"What about topic {n}"} for n in range(9)])
    (tmp_path / "beir" / "qrels.tsv").write_text("".join(f"q{n}\td{n}\t1\n" for n in range(9)))
    assert all(len(golds(example)) == 1 for example in read_examples([tmp_path / "beir"]))
