"""Which of several preferences a text honours: a form that did not fit it is not said to be there."""

from personalization.careful import Careful
from personalization.dimensions import restore
from personalization.honouring import can_be_done, honoured
from personalization.ports import Transformation
from personalization.rules import Rule
from personalization.transformations import rendering

HELLO = Rule("begin", {"literal": "Hello!\n\n", "over": False})
TITLE = restore({"kind": "dimension", "dimension": "headings", "use": True, "text": "## In short"})
BULLETS = restore({"kind": "dimension", "dimension": "lists", "sign": "-"})
EXCLAIMED = Rule("replace", {"old": ".", "new": "!"})
PLAIN = restore({"kind": "dimension", "dimension": "contractions", "use": False})
TEXT = "The fee is 45 euros [1]. It isn't paid back [2]."


def seen(wishes: list[Transformation], text: str) -> list[bool]:
    careful = [Careful(wish) for wish in wishes]
    return honoured(careful, text, rendering(careful)(text))


def test_what_was_done_together_is_all_there() -> None:
    assert seen([HELLO, BULLETS, PLAIN], TEXT) == [True, True, True]


def test_a_heading_that_another_one_keeps_away_is_not_there() -> None:
    assert seen([TITLE, PLAIN], TEXT) == [True, True]
    assert seen([TITLE, PLAIN], f"# Fees\n\n{TEXT}") == [False, True]


def test_what_would_have_changed_a_claim_and_was_left_is_not_there() -> None:
    priced = "The fee is 45.50 euros [1]."
    assert seen([EXCLAIMED, HELLO], priced) == [False, True]


def test_what_a_text_had_already_is_honoured() -> None:
    text = "Hello!\n\nThe fee is not paid back [2]."
    assert seen([HELLO, PLAIN], text) == [True, True]


def test_a_frame_that_fits_no_text_can_be_done_to_none() -> None:
    assert can_be_done(HELLO) and can_be_done(PLAIN)
    assert not can_be_done(restore({"kind": "dimension", "dimension": "greeting", "text": "As in [3]:", "gap": " "}))
