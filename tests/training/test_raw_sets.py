import json
from pathlib import Path

from tests.training.sets import shown, write
from training.examples import Example
from training.raw_sets import is_raw, read_raw


def texts(example: Example, label: str) -> list[str]:
    return [passage.text for passage in example.passages if passage.label == label]


def test_a_reports_table_and_paragraphs_are_told_apart(tmp_path: Path) -> None:
    asked = {"uid": "q", "question": "What were sales?", "answer_from": "table-text", "rel_paragraphs": ["2"]}
    context = {
        "table": {"uid": "t", "table": [["", "2019"], ["Sales", "$ 3"]]},
        "paragraphs": [{"order": 1, "text": "Of offices."}, {"order": 2, "text": "Of sales."}],
        "questions": [asked],
    }
    (tmp_path / "tatqa_dataset_dev.json").write_text(json.dumps([context]))
    (example,) = read_raw(tmp_path)
    assert texts(example, "gold") == ["2019 Sales | $ 3", "Of sales."]
    assert texts(example, "distractor") == ["Of offices."]


def test_all_sections_of_an_abstract_help_and_those_of_others_do_not(tmp_path: Path) -> None:
    rows = {
        "1": {"QUESTION": "Does tea help sleep?", "CONTEXTS": ["Tea was given.", "Sleep was longer."]},
        "2": {"QUESTION": "Does coffee harm sleep?", "CONTEXTS": ["Coffee was given before sleep."]},
    }
    (tmp_path / "train.json").write_text(json.dumps(rows))
    first, _ = read_raw(tmp_path)
    assert texts(first, "gold") == ["Tea was given.", "Sleep was longer."]
    assert texts(first, "distractor") == ["Coffee was given before sleep."]


def test_answers_to_like_questions_are_distractors(tmp_path: Path) -> None:
    rows = [{"qid": str(n), "question": f"How do I mount disk {n}?", "answer": f"Mount disk {n} so."} for n in range(3)]
    write(tmp_path, "annotations_x_with_citation.jsonl", rows)
    first, *_ = read_raw(tmp_path)
    assert texts(first, "gold") == ["Mount disk 0 so."]
    assert len(texts(first, "distractor")) == 2


def test_a_set_in_a_common_form_is_not_raw(tmp_path: Path) -> None:
    assert not is_raw(shown(tmp_path / "shown"))
