"""Selection: what helps is kept, what does not is dropped, and nothing is kept where nothing helps."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from retrieval.selector import CAP, EncoderSelector, KeepAll, SelectorWeights, features, kept_count
from retrieval.selector_fit import Example, fit
from retrieval.types import Hit
from tests.retrieval.builders import ENCODER, make_document, make_passages

QUESTION = "How much flour does the bread need?"
RIGHT = "The bread needs five hundred grams of flour."
BESIDE = ["Geese fly south in autumn.", "The canteen opens at noon.", "A vault keeps the code."]


async def make_hits(texts: Sequence[str], question: str = QUESTION) -> list[Hit]:
    passages = make_passages(make_document("a"), texts)
    query = (await ENCODER.encode_queries([question]))[0]
    vectors = await ENCODER.encode_passages(texts)
    return [
        Hit(passage, float(vector @ query), rank, float(vector @ query), 0.0)
        for rank, (passage, vector) in enumerate(zip(passages, vectors, strict=True), start=1)
    ]


async def test_the_passage_that_answers_is_kept_alone() -> None:
    selection = await EncoderSelector(ENCODER).select(QUESTION, await make_hits([*BESIDE, RIGHT]))
    assert [hit.passage.text for hit in selection.kept] == [RIGHT]
    assert len(selection.utilities) == 4
    assert all(0 < utility < 1 for utility in selection.utilities.values())
    assert max(selection.utilities, key=lambda key: selection.utilities[key]) == selection.kept[0].passage.id


async def test_nothing_is_kept_where_nothing_answers() -> None:
    selection = await EncoderSelector(ENCODER).select(QUESTION, await make_hits(BESIDE))
    assert selection.kept == ()
    assert len(selection.utilities) == 3


async def test_no_hits_are_no_selection() -> None:
    assert (await EncoderSelector(ENCODER).select(QUESTION, [])).kept == ()


async def test_the_threshold_of_the_settings_wins() -> None:
    hits = await make_hits([RIGHT, *BESIDE])
    assert (await EncoderSelector(ENCODER, 1.0).select(QUESTION, hits)).kept == ()
    assert len((await EncoderSelector(ENCODER, 0.0).select(QUESTION, hits[1:])).kept) >= 1
    assert EncoderSelector(ENCODER, 0.25).version != EncoderSelector(ENCODER).version


async def test_equally_good_passages_are_kept_up_to_the_cap() -> None:
    hits = await make_hits([RIGHT] * (CAP + 3))
    assert len((await EncoderSelector(ENCODER).select(QUESTION, hits)).kept) == CAP


async def test_hits_without_a_cosine_are_scored_as_if_they_had_one() -> None:
    hits = await make_hits([RIGHT, *BESIDE])
    bare = [replace(hit, dense=None) for hit in hits]
    whole, scored = [await EncoderSelector(ENCODER).select(QUESTION, some) for some in (hits, bare)]
    assert scored.utilities == pytest.approx(whole.utilities, abs=1e-5)


async def test_keeping_all_keeps_every_hit_as_it_comes() -> None:
    hits = await make_hits([*BESIDE, RIGHT])
    assert (await KeepAll().select(QUESTION, hits)).kept == tuple(hits)


async def test_coverage_is_the_share_of_the_questions_stems() -> None:
    hits = await make_hits(["bread and flour", "nothing"], "needing breads, flours")
    assert features("needing breads, flours", hits)[:, 1] == pytest.approx([2 / 3, 0])
    assert features("the of", hits)[:, 1] == pytest.approx([0, 0])


def test_scores_below_the_share_of_the_best_are_dropped() -> None:
    weights = SelectorWeights(1, 1, 0, abstain_below=0.4, drop=0.5)
    assert kept_count(np.array([0.8, 0.5, 0.41, 0.39]), weights, 5) == 3
    assert kept_count(np.array([0.8, 0.5, 0.41, 0.39]), weights, 2) == 2
    assert kept_count(np.array([0.39, 0.38]), weights, 5) == 0
    assert kept_count(np.array([]), weights, 5) == 0


def test_fitting_finds_the_line_between_right_and_wrong() -> None:
    random = np.random.default_rng(4)
    examples = []
    for number in range(200):
        gold = np.zeros(5, dtype=bool)
        gold[0] = number % 2 == 0
        rows = random.normal([0.3, 0.3], 0.05, (5, 2)) + gold[:, None] * 0.3
        examples.append(Example(rows, gold, "set"))
    weights = fit(examples)
    kept = [kept_count(np.sort(weights.score(e.rows))[::-1], weights, CAP) for e in examples]
    abstained = np.array([count == 0 for count in kept])
    answerable = np.array([e.gold.any() for e in examples])
    assert (abstained == ~answerable).mean() > 0.95
    assert np.mean([count == 1 for count, right in zip(kept, answerable, strict=True) if right]) > 0.9
