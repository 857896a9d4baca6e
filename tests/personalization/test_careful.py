"""What is done to an answer damages none: it fails without harm, and says nothing else than the answer did."""

import logging
from dataclasses import dataclass

import pytest

from personalization.careful import Careful
from personalization.dimensions import restore
from personalization.rules import Rule
from personalization.transformations import Described, in_order, rendering
from tests.personalization.texts import DRAFT, OTHER


@dataclass(frozen=True)
class Broken(Described):
    """Of a release whose rules this one gets wrong."""

    def apply(self, text: str) -> str:
        raise IndexError(f"no sentence in {len(text)} letters")


def test_it_does_what_it_is_careful_with() -> None:
    hello, plain = Rule("begin", {"literal": "Hello!\n\n", "over": False}), Rule("replace", {"old": "also", "new": ""})
    careful = [Careful(hello), Careful(plain)]
    text = "They also swim [1]."
    assert rendering(careful)(text) == rendering([hello, plain])(text) == "Hello!\n\nThey swim [1]."
    assert rendering(careful)(rendering(careful)(text)) == rendering(careful)(text)
    assert [one.parameters for one in in_order(careful)] == [one.parameters for one in in_order([hello, plain])]


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (".", "!", "The fee is 45.50 euros [1]."),
        (" only", "", "It is open only in May [1]."),
        ("not", "", "Do not water at noon [1]."),
    ],
)
def test_a_text_that_would_claim_something_else_is_left_as_it_was(old: str, new: str, text: str) -> None:
    rule = Rule("replace", {"old": old, "new": new})
    assert rule.apply(text) != text
    assert Careful(rule).apply(text) == text


def test_words_that_were_learned_to_say_the_same_are_exchanged() -> None:
    text = "The club must report the defect [1]."
    assert Careful(Rule("replace", {"old": "defect", "new": "fault"})).apply(text) == text.replace("defect", "fault")
    assert Careful(Rule("replace", {"old": "defect", "new": "theft"})).apply(text) == text


def test_what_a_person_puts_around_every_text_is_theirs_whatever_it_says() -> None:
    for frame in (
        Rule("end", {"literal": "\n\nCall me on 0151 234567.", "over": False}),
        restore({"kind": "dimension", "dimension": "greeting", "text": "Dear Ada,", "gap": "\n\n"}),
    ):
        assert Careful(frame).apply(DRAFT) == frame.apply(DRAFT) != DRAFT


def test_one_that_fails_is_logged_and_the_others_are_done(caplog: pytest.LogCaptureFixture) -> None:
    hello = Rule("begin", {"literal": "Hello!\n\n", "over": False})
    with caplog.at_level(logging.ERROR):
        done = rendering([Careful(Broken("be brief")), Careful(hello)])(OTHER)
    assert done == hello.apply(OTHER)
    assert "'described' was not applied" in caplog.text
