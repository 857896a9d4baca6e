import json
from pathlib import Path

import pytest

from evaluation.errors import DataError
from tests.training.sets import shown
from training.examples import read_examples
from training.selector_utilities import with_utilities


def test_what_helped_the_generator_is_gold_and_what_failed_it_is_unjudged(tmp_path: Path) -> None:
    example = read_examples([shown(tmp_path / "shown")])[0]
    gold, other, *_ = (passage.id for passage in example.passages)
    rows = [
        {"example": example.id, "passage": gold, "utility": 0},
        {"example": example.id, "passage": other, "utility": 1},
    ]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (found,) = with_utilities([example], tmp_path / "labels.jsonl")
    assert [passage.label for passage in found.passages] == ["unknown", "gold", "distractor", "distractor"]


def test_a_line_that_is_no_label_is_named(tmp_path: Path) -> None:
    (tmp_path / "labels.jsonl").write_text('{"example": "a"}\n')
    with pytest.raises(DataError, match=r"labels.jsonl:1"):
        with_utilities([], tmp_path / "labels.jsonl")
