"""`attune eval selection` with selectors whose choices are known."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from evaluation.datasets import read_answers
from evaluation.errors import EvaluationError
from evaluation.reports import Report
from evaluation.selection_suite import MOST, evaluate, measure
from retrieval.encoder_hash import HashEncoder
from retrieval.ports import Selector
from retrieval.selector import KeepAll
from retrieval.types import Hit, Selection
from tests.evaluation.conftest import Write


class Keep:
    """Keeps the passages that hold a word."""

    version = "keep"

    def __init__(self, word: str) -> None:
        self._word = word
        self.read: list[int] = []

    async def select(self, question: str, hits: Sequence[Hit]) -> Selection:
        self.read.append(len(hits))
        return Selection(tuple(hit for hit in hits if self._word in hit.passage.text), {})


def passage(identity: str, text: str, label: str) -> dict[str, str]:
    return {"id": identity, "text": text, "label": label}


@pytest.fixture
def folder(write_rows: Write) -> Path:
    rows = [
        {
            "id": f"q{number}",
            "question": f"What does the tide number {number} follow?",
            "answers": ["the moon"],
            "passages": [
                passage(f"{number}g", f"The tide number {number} follows the moon.", "gold"),
                passage(f"{number}h", f"High water of tide number {number} comes when the moon is full.", "gold"),
                passage(f"{number}m", f"Tide number {number} follows the sun.", "misinfo"),
                passage(f"{number}d", f"Bread number {number} rises with yeast.", "distractor"),
            ],
        }
        for number in range(3)
    ]
    none = {"id": "none", "question": "Who baked it?", "answerable": False}
    none["passages"] = [passage("nd", "The moon is bright.", "distractor")]
    return write_rows("questions.jsonl", *rows, none).parent


async def measured(folder: Path, selector: Selector) -> Report:
    return await measure(read_answers(folder), selector, HashEncoder())


async def test_what_is_kept_is_compared_with_the_gold_set(folder: Path) -> None:
    report = await measured(folder, Keep("follows"))
    # One of two gold passages, and the misinformation beside it.
    figures = {key: report[key] for key in ("f1", "precision", "recall", "kept", "misinfo_kept")}
    assert figures == {"f1": 0.5, "precision": 0.5, "recall": 0.5, "kept": 2, "misinfo_kept": 1}
    assert (report["n"], report["n_empty"]) == (3, 4)


async def test_keeping_nothing_is_right_only_where_nothing_is_gold(folder: Path) -> None:
    moon, nothing, every = [await measured(folder, one) for one in (Keep("moon"), Keep("zebra"), KeepAll())]
    # Without its gold passages no question has a moon left, but the one that never had any does.
    assert (moon["f1"], moon["empty_accuracy"]) == (1, 0.75)
    assert (nothing["f1"], nothing["empty_accuracy"]) == (0, 1)
    assert (every["recall"], every["empty_accuracy"]) == (1, 0)


async def test_the_baseline_has_its_best_k_and_never_keeps_nothing(folder: Path) -> None:
    report = await measured(folder, Keep("moon"))
    top = report["baselines"]["top_k"]
    assert top["k"] in {str(k) for k in range(1, MOST + 1)}
    assert top["kept"] == int(top["k"])
    assert top["empty_accuracy"] == 0
    assert report["differences"]["top_k"]["f1"]["value"] == pytest.approx(report["f1"] - top["f1"])


async def test_time_is_taken_on_twenty_passages(write_rows: Write) -> None:
    texts = [passage(str(number), f"Text {number}.", "gold") for number in range(60)]
    path = write_rows("questions.jsonl", {"id": "q", "question": "Which text?", "answers": ["a"], "passages": texts})
    selector = Keep("Text")
    report = await measure(read_answers(path.parent), selector, HashEncoder())
    assert selector.read[-3:] == [20, 20, 20]
    assert report["ms_per_20_passages"] > 0


@pytest.mark.usefixtures("no_models")
async def test_unknown_labels_are_left_out(folder: Path, write_rows: Write) -> None:
    assert (await evaluate([folder], selector="none"))["recall"] == 1
    row: dict[str, Any] = {"id": "u", "question": "?", "passages": [passage("p", "Text.", "unknown")]}
    with pytest.raises(EvaluationError, match="no question carries passages labelled gold"):
        await evaluate([write_rows("unknown/questions.jsonl", row).parent])
