"""The citation check is fitted, written and read again."""

from pathlib import Path

import pytest
import torch

from retrieval.verifier_evidence import SIGNS
from retrieval.verifier_files import base_folder, read_verifier, write_verifier
from retrieval.verifier_model import SupportModel
from training.verifier import ALPHA, Batches, Student, loss
from training.verifier_cases import Case, Claim
from training.verifier_reading import fit_reading

PAIRS = [("Ada built the hut.", "Ada built the hut in 1913."), ("Bruno built the hut.", "It rains in Arven.")]
CASES = [
    Case("Ada built the hut in 1913.", (Claim("Ada built it.", True, "a"), Claim("Bruno built it.", False, "b")), "g"),
    Case("It rains in Arven.", (Claim("It rains.", True, "a"), Claim("It never rains.", False, "b")), "h"),
] * 12


@pytest.fixture(scope="module")
def student() -> Student:
    torch.manual_seed(0)
    return Student(SupportModel(base_folder()), rank=2)


def test_a_batch_is_the_same_whenever_it_is_asked_for_and_both_kinds_weigh_the_same(student: Student) -> None:
    batches = Batches(CASES, student.model, seed=1)
    assert batches(3).pairs == batches(3).pairs
    assert batches(3).pairs != batches(4).pairs
    assert batches(0).weight[batches(0).supported > 0].sum() == pytest.approx(float(batches(0).weight.sum()) / 2)


def test_the_loss_reaches_the_head_and_the_upper_layers_alone(student: Student) -> None:
    loss(student.model, Batches(CASES, student.model, seed=1)(0)).backward()
    moved = {name for name, one in student.parameters().items() if one.grad is not None and one.grad.abs().sum() > 0}
    assert "head.narrow.weight" in moved
    assert {int(name.split(".")[3]) for name in moved if name.startswith("encoder.")} == {3, 4, 5}
    student.model.encoder.zero_grad()
    student.model.head.zero_grad()


def test_what_is_written_is_read_again_with_the_adapter_merged(student: Student, tmp_path: Path) -> None:
    with torch.no_grad():
        for adapter in student.adapters.values():
            adapter.b.normal_(0, 0.05, generator=torch.Generator().manual_seed(1))
    before = student.model.support(PAIRS)
    write_verifier(tmp_path, student.parameters(), ALPHA / 2)
    read, version = read_verifier(tmp_path)
    assert read.support(PAIRS) == pytest.approx(before, abs=0.01)  # bf16 on disk
    assert version == f"verifier-{tmp_path.name}"
    assert before[0] > before[1]


def test_the_last_sum_is_fitted_so_that_its_claims_are_told_apart_better() -> None:
    torch.manual_seed(0)
    model = SupportModel(base_folder())
    pairs = [(claim.text, case.evidence) for case in CASES[:2] for claim in case.claims]
    truth = [claim.supported for case in CASES[:2] for claim in case.claims]

    def error() -> float:
        return sum(abs(one - float(said)) for one, said in zip(model.support(pairs), truth, strict=True))

    before = error()
    read = fit_reading(model, CASES)
    assert len(read) == len(SIGNS) + 4
    assert error() < before
