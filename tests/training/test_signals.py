"""`attune train signals`: our own talks, the cross-fit, the manifest; and rated conversations as an experiment."""

import asyncio
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.versions import MANIFEST, file_hash
from evaluation.errors import DataError
from personalization.signals import DISSATISFIED, SATISFIED, Line, Utterance, side_of
from personalization.signals_features import NAMES
from personalization.signals_head import SHIPPED, WEIGHTS
from personalization.signals_reader import SignalReader, open_head
from retrieval.encoder_hash import HashEncoder
from tests.evaluation.test_signals_suite import TALK, assistant, user, write
from training.licences import LicenceError
from training.signals import judge, train
from training.signals_examples import TALKS, Example, read_dialogues, read_talks
from training.signals_fit import FOLDS, Linear, Options, calibration, cross_fit, fit, folds, temperature

PRAISE = [user("Hi"), assistant("The roof is red [1]."), user("Great, thank you!", [5, 5])]
COMPLAINT = [user("Hi"), assistant("I cannot say."), user("No, that is wrong. I asked for the roof.", [1, 2])]
QUESTION = [user("Hi"), assistant("The roof is red [1]."), user("And who built the roof?", [3, 3])]
ENCODER = HashEncoder(16)


def dialogues(folder: Path, licence: str = "none", trainable: str = "yes") -> Path:
    write(folder, *[PRAISE, COMPLAINT, QUESTION] * 8)
    (folder / "ABOUT.md").write_text(f"Licence: {licence}\nTrainable: {trainable}\n")
    return folder


def test_our_talks_have_every_kind_and_many_neutral_messages() -> None:
    kinds = Counter(example.kind for example in read_talks())
    assert {*SATISFIED, *DISSATISFIED} < set(kinds) and min(kinds.values()) >= 7
    sides = Counter(side_of(example.kind) for example in read_talks())
    assert sides["neutral"] > sides["satisfied"] > 200 and sides["dissatisfied"] > 200
    assert len({example.family for example in read_talks()}) > 50


def test_a_talk_with_an_unknown_kind_is_refused_with_its_line(tmp_path: Path) -> None:
    line = {"id": "a", "family": "f", "turns": [{"role": "user", "content": "Hi", "kind": "cheerful"}]}
    (tmp_path / "talks.jsonl").write_text(json.dumps(line) + "\n")
    with pytest.raises(DataError, match=r"talks\.jsonl:1: .*'cheerful' is no kind"):
        read_talks(tmp_path / "talks.jsonl")


def test_a_family_is_never_on_both_sides_of_a_fold() -> None:
    families = [family for number in range(30) for family in [f"family-{number}"] * (1 + number % 5)]
    found = folds(families)
    assert all(len({found[n] for n, one in enumerate(families) if one == family}) == 1 for family in set(families))
    assert set(found.tolist()) == set(range(FOLDS))
    sizes = np.bincount(found)
    assert sizes.max() - sizes.min() <= 5


def test_a_family_that_alone_knows_something_is_not_helped_by_it() -> None:
    features = np.concatenate([np.eye(20).repeat(2, axis=0), np.zeros((40, len(NAMES) - 20))], axis=1)
    families = [str(number) for number in range(20) for _ in range(2)]
    targets = np.arange(40) // 2 % 2
    vectors = np.concatenate([features, np.ones((40, 1))], axis=1)
    seen = fit(vectors, targets, 2, Options()).logits(vectors).argmax(axis=1)
    unseen = cross_fit(vectors, targets, families, 2, Options()).argmax(axis=1)
    assert (seen == targets).all() and (unseen == targets).mean() < 0.7


def test_chances_that_are_too_sure_are_cooled_and_too_timid_ones_are_warmed() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random(4_000) < 0.8
    right = np.log(np.array([[0.2, 0.8]]).repeat(4_000, axis=0))
    assert temperature(right * 3, truth.astype(int)) == pytest.approx(3, rel=0.1)
    assert temperature(right / 3, truth.astype(int)) == pytest.approx(1 / 3, rel=0.1)
    assert calibration(np.full(4_000, 0.8), truth) < 0.02 < calibration(np.full(4_000, 0.99), truth)
    assert Linear(np.eye(2), np.ones(2)).cooled(2).logits(np.eye(2)) == pytest.approx((np.eye(2) + 1) / 2)


def test_figures_say_how_often_it_is_right_when_it_is_sure() -> None:
    sure, torn = [0.0, 9.0, 0.0], [0.0, 1.0, 1.0]
    logits = np.array([sure] * 20 + [torn] * 10)
    targets = np.array([1] * 19 + [2] + [1, 2] * 5)
    found = judge(logits, targets, ["praise", "ignored", "reply"]).figures["dissatisfied"]
    assert found["when_sure"] == {"precision": 0.95, "n": 20}


async def test_the_recipe_writes_a_head_that_reads_and_a_manifest_that_says_it_must_not_ship(tmp_path: Path) -> None:
    data, out = dialogues(tmp_path / "set"), tmp_path / "out"
    figures = await _train([data], out)
    assert figures["dissatisfied"]["auc"] == 1.0 and figures["n"] == 24
    manifest = json.loads((out / MANIFEST).read_text())
    assert (manifest["kind"], manifest["shippable"], manifest["data"][0]["examples"]) == ("signals", False, 24)
    assert manifest["weights_sha256"] == file_hash(out / WEIGHTS)
    head = open_head(out, ENCODER.version)
    assert (head.version, set(head.kinds)) == (manifest["version"], {"satisfied", "dissatisfied", "neutral"})
    asked = (Line(True, "Hi"), Line(False, "The roof is red [1]."))
    (signal,) = await SignalReader(ENCODER, head).read([Utterance("Great, thank you!", asked)])
    assert signal.side == "satisfied"
    again = tmp_path / "again"
    await _train([data], again)
    assert (again / WEIGHTS).read_bytes() == (out / WEIGHTS).read_bytes()


async def test_a_set_for_measuring_only_is_refused_and_an_open_one_may_ship(tmp_path: Path) -> None:
    with pytest.raises(LicenceError, match="for measuring only"):
        await _train([dialogues(tmp_path / "held", trainable="no")], tmp_path / "out")
    await _train([dialogues(tmp_path / "open", licence="MIT") / "conversations.jsonl"], tmp_path / "out")
    assert json.loads((tmp_path / "out" / MANIFEST).read_text())["shippable"] is True


def test_what_ships_was_made_of_the_talks_in_this_tree_and_of_nothing_else() -> None:
    manifest = json.loads((SHIPPED / MANIFEST).read_text())
    assert [(used["name"], used["sha256"]) for used in manifest["data"]] == [(TALKS.name, file_hash(TALKS))]
    assert manifest["shippable"] is True and manifest["weights_sha256"] == file_hash(SHIPPED / WEIGHTS)
    assert manifest["after"]["dissatisfied"]["auc"] > 0.9


def test_rated_conversations_are_examples_of_their_side(tmp_path: Path) -> None:
    found: list[Example] = read_dialogues([write(tmp_path, TALK)])
    assert [example.kind for example in found] == ["neutral", "dissatisfied", "satisfied"]
    assert len({example.family for example in found}) == 1


async def _train(data: list[Path], out: Path) -> dict[str, Any]:
    return await asyncio.to_thread(train, data, out, ENCODER, "attune train signals")
