"""The recipe before the gate: right judgements are promoted, judgements at random and of a brigade are refused."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from app.settings import Settings
from evaluation.gate_promotion import Asked, promote
from retrieval.encoder_hash import HashEncoder
from tests.evaluation.translated import RANK, write_set
from tests.training.logs import tongues, written
from tests.training.sets import about
from tests.training.test_retriever import TextLoader
from training.retriever import Options, Parts, train
from training.retriever_lessons import Sources


def brigaded(folder: Path, home: Path, *, brigade: int) -> dict[str, Any]:
    """Train on the log of four honest people and so many accounts that say the opposite, each of much more."""
    rows = [row for number in range(4) for row in tongues(f"person {number}", 50, seed=number)]
    rows += [
        row for number in range(brigade) for row in tongues(f"account {number}", 100, seed=20 + number, wrong=True)
    ]
    log = written(folder / "turns.jsonl", rows)
    options = Options(steps=40, rank=RANK, learning_rate=2e-2)
    train(Sources(log=log), folder / "out", options, Parts(HashEncoder(), TextLoader()), "attune train retriever")
    return asyncio.run(promote(Settings(home=home), Asked(str(folder / "out"), [write_set(folder / "measured")])))


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


@pytest.mark.slow
def test_one_account_does_not_turn_the_search_round_and_a_brigade_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")
    monkeypatch.setenv("ATTUNE_LLM", "scripted")
    accepted = brigaded(tmp_path / "one", tmp_path / "home", brigade=1)
    assert accepted["accepted"], accepted["reasons"]
    refused = brigaded(tmp_path / "many", tmp_path / "home", brigade=9)
    assert not refused["accepted"]
    assert refused["report"]["champion"] == accepted["version"]
