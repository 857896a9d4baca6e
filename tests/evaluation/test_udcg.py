"""What a list of passages is worth to a generator, worked out by hand and on answers with a known cause."""

import math
import random

import pytest

from evaluation.correlations import correlation
from evaluation.udcg import Read, abstention, learn, udcg
from generation.scripted import ScriptedModel
from tests.retrieval.test_selector import make_hits


def test_the_released_form_is_that_of_its_authors() -> None:
    # sigmoid((0.9 + 0.6 / -3 + 0) / 3)
    found = udcg([Read(True, 0.1), Read(False, 0.4), Read(False, 1.0)])
    assert found == pytest.approx(1 / (1 + math.exp(-(0.9 - 0.2) / 3)))


def test_a_passage_that_distracts_lowers_the_worth_and_one_that_is_seen_through_does_not() -> None:
    good = Read(True, 0.0)
    assert udcg([good, Read(False, 0.0)]) < udcg([good, Read(False, 1.0)]) < udcg([good])


def test_the_order_of_a_list_does_not_matter_to_the_released_form() -> None:
    assert udcg([Read(True, 0.2), Read(False, 0.5)]) == udcg([Read(False, 0.5), Read(True, 0.2)])


def test_an_empty_list_neither_helps_nor_distracts() -> None:
    assert udcg([]) == 0.5


async def test_the_chance_to_decline_is_that_of_its_first_words() -> None:
    (hit,) = await make_hits(["The documents say that geese do fly."])
    found = await abstention(ScriptedModel(), "Do geese not fly?", hit)
    # The scripted model gives a word of its prompt 0.9: "The", "documents", "do" and "not" all stand there.
    assert found == pytest.approx(0.9**4)


def lists(count: int) -> list[list[Read]]:
    rng = random.Random(0)
    return [[Read(rng.random() < 0.5, rng.random()) for _ in range(4)] for _ in range(count)]


def test_the_learned_form_finds_which_rank_decides() -> None:
    some = lists(400)
    accurate = [float(one[0].relevant and one[0].abstention < 0.5) for one in some]  # only the first passage counts
    weights = learn(some[:300], accurate[:300], depth=4)
    assert weights.alphas[0] > 3 * max(map(abs, weights.alphas[1:]))
    learned = correlation([weights(one) for one in some[300:]], accurate[300:])
    released = correlation([udcg(one) for one in some[300:]], accurate[300:])
    assert learned is not None
    assert released is not None
    assert learned.value > released.value + 0.1


def test_answers_without_a_list_are_refused() -> None:
    with pytest.raises(ValueError, match="as many answers as lists"):
        learn([[Read(True, 0.0)]], [], depth=1)
