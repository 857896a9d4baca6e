"""The recipe before the gate: fitted to right judgements it is promoted, to judgements at random it is refused."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from evaluation.gate_promotion import Asked, promote
from retrieval.encoder_hash import HashEncoder
from tests.evaluation.translated import RANK, write_set
from tests.training.sets import about
from tests.training.test_retriever import TextLoader
from training.retriever import Options, Parts, train
from training.retriever_lessons import Sources


def promoted(folder: Path, home: Path, *, poisoned: bool) -> dict[str, Any]:
    """Train on one set, play on another of the same tongue."""
    taught = write_set(folder / "taught", 300, seed=1, poisoned=poisoned, split="train")
    about(taught)
    options = Options(steps=40, rank=RANK, learning_rate=2e-2)
    train(
        Sources(data=(taught,)), folder / "out", options, Parts(HashEncoder(), TextLoader()), "attune train retriever"
    )
    measured = write_set(folder / "measured")
    return asyncio.run(promote(Settings(home=home), Asked(str(folder / "out"), [measured])))


def test_random_judgements_are_refused_and_right_ones_are_promoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")
    monkeypatch.setenv("ATTUNE_LLM", "scripted")
    refused = promoted(tmp_path / "poisoned", tmp_path / "home", poisoned=True)
    assert not refused["accepted"]
    assert any("The ndcg@10 is 0." in reason for reason in refused["reasons"])
    accepted = promoted(tmp_path / "right", tmp_path / "home", poisoned=False)
    assert accepted["accepted"], accepted["reasons"]
    assert accepted["report"]["champion"] == "what ships", "the refused one has not become the champion"
    assert accepted["in_use"]["champion"] == accepted["version"]
