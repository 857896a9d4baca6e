"""The one chance: what speaks for content never lowers it, what is not known moves nothing, votes set it right."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from personalization.satisfaction import (
    DECLARED,
    LEAST,
    VERSION,
    WEIGHTS,
    Evidence,
    calibrated,
    chance,
    log_odds,
    without_vote,
)

SOME = Evidence(copied=True, next_message=0.4, edit_cost=0.2)
# For each input, values in rising order.
RISING: dict[str, list[Any]] = {
    "vote": [-1, 0, 1],
    "compared": [-1, 0, 1],
    "edit_cost": [0, 0.1, 0.5, 1],
    "sources_helped": [0, 1, 2, 9],
    "sources_wrong": [0, 1, 2, 9],
    "next_message": [-9, -2, 0, 2, 9],
    "follow_ups": [-5, -0.5, 0, 0.5, 5],
    "rubric": [-1, -0.2, 0, 0.9, 1],
    **{
        name: [False, True] for name in ("copied", "citations_opened", "regenerated", "stopped", "abandoned", "reasked")
    },
}


@pytest.mark.parametrize("name", sorted(WEIGHTS))
@pytest.mark.parametrize("beside", [Evidence(), SOME], ids=["alone", "with others"])
def test_more_of_what_speaks_for_content_never_lowers_the_chance(name: str, beside: Evidence) -> None:
    found = [chance(replace(beside, **{name: value})) for value in RISING[name]]
    if WEIGHTS[name] < 0:
        found.reverse()
    assert found == sorted(found) and found[0] < found[-1]
    assert all(0 < one < 1 for one in found)


def test_every_input_has_a_weight_and_what_is_not_known_moves_nothing() -> None:
    assert set(WEIGHTS) == set(Evidence.__dataclass_fields__)
    assert chance(Evidence()) == chance(Evidence(sources_helped=0, copied=False, compared=0.0)) > 0.5
    assert SOME.known == {"copied": 1.0, "next_message": 0.4, "edit_cost": 0.2}


def test_a_vote_outweighs_what_was_done_and_no_single_input_is_endless() -> None:
    grumbling = Evidence(regenerated=True, next_message=-1.0)
    assert chance(grumbling) < 0.3
    assert chance(replace(grumbling, vote=1.0)) > 0.8
    assert chance(Evidence(next_message=-50.0)) == chance(Evidence(next_message=-4.0)) > 0.1


def test_votes_teach_how_far_the_rest_is_to_be_believed() -> None:
    chances = Random(0)

    def voted(n: int, believed: float) -> list[tuple[Evidence, bool]]:
        found = []
        for _ in range(n):
            evidence = Evidence(next_message=chances.uniform(-4, 4), copied=chances.random() < 0.3)
            up = chances.random() < chance(evidence, replace(DECLARED, slope=believed))
            found.append((replace(evidence, vote=1.0 if up else -1.0), up))
        return found

    learned = calibrated(voted(3000, 2.0))
    assert learned.slope == pytest.approx(2.0, abs=0.25) and abs(learned.offset) < 0.25
    assert learned.version == f"{VERSION}+3000"
    assert calibrated(voted(LEAST - 1, 2.0)) == DECLARED, "too few"
    assert calibrated([(Evidence(vote=1.0), True)] * 500) == DECLARED, "nobody ever voted otherwise"
    turned = calibrated(voted(500, -2.0))
    assert turned.slope == 0, "evidence that people contradict is worth nothing, and is not turned round"
    assert chance(Evidence(next_message=4.0), turned) == chance(Evidence(), turned)
    assert log_odds(without_vote(Evidence(vote=1.0))) == log_odds(Evidence()), "a vote does not foretell itself"
