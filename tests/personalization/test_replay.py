"""Gains on past edits, and how sure they make one."""

import numpy as np

from personalization.edit_cost import edit_cost
from personalization.replay import Replay, lower_bound
from personalization.rules import Rule
from tests.personalization.texts import DRAFT, edit

USE = Rule("replace", {"old": "utilise", "new": "use"})
EMPLOY = Rule("replace", {"old": "utilise", "new": "employ"})
HELLO = Rule("begin", {"literal": "Hello,\n\n", "over": False})


def test_a_gain_is_what_would_not_have_been_left_to_edit() -> None:
    past = edit("a", DRAFT, HELLO.apply(USE.apply(DRAFT)))
    replay = Replay()
    assert replay.cost(past) == edit_cost(past.written, past.edited).raw == 4
    assert replay.gain(past, USE) == 1
    assert replay.gain(past, HELLO, [USE]) == 3
    assert replay.cost(past, [HELLO, USE]) == 0


def test_a_member_of_the_company_is_judged_by_what_is_lost_without_it() -> None:
    past = edit("a", DRAFT, USE.apply(DRAFT))
    assert Replay().gain(past, USE, [USE, HELLO]) == 1
    assert Replay().gain(past, HELLO, [USE, HELLO]) == -3


def test_a_rival_of_the_same_key_steps_back() -> None:
    past = edit("a", DRAFT, USE.apply(DRAFT))
    assert Replay().gain(past, EMPLOY, [USE]) == -1


def test_one_success_is_enough_to_act_and_one_failure_after_it_is_too_much() -> None:
    assert lower_bound([]) == 0
    assert lower_bound([True]) > 0.4
    assert lower_bound([True, False]) < 0.25
    assert lower_bound([False]) < 0.01


def test_more_evidence_makes_surer_and_later_evidence_counts_more() -> None:
    bounds = [lower_bound([True] * count) for count in range(1, 12)]
    assert bounds == sorted(bounds)
    assert bounds[-1] < 1
    assert lower_bound([False, True, True]) > lower_bound([True, True, False])
    assert np.isclose(lower_bound([True] * 200), lower_bound([True] * 400))
