"""Transformations come back from JSON, in order, and a rendering rests."""

import pytest

from personalization.dimensions import DIMENSIONS
from personalization.rules import Rule
from personalization.transformations import Described, in_order, once, rendering, restore
from tests.personalization.texts import DRAFT, OTHER, THIRD

BULLETS = Rule("layout", {"separator": "\n", "prefix": "- ", "suffix": "", "first": True, "last": False})
HELLO = Rule("begin", {"literal": "Hello!\n\n", "over": False})
BEST = Rule("end", {"literal": "\n\nBest", "over": False})
BARE = Rule("ending", {"old": ".", "new": "", "of": "all"})


def test_each_family_is_restored() -> None:
    for one in (Described("Be kind"), HELLO):
        assert restore(one.parameters) == one
    for dimension in DIMENSIONS:
        for wish in filter(None, [dimension.suggest(DRAFT, OTHER)]):
            assert restore(wish.parameters).key == wish.key


@pytest.mark.parametrize("wrong", [{}, {"kind": "poem"}, {"kind": "described"}, {"kind": "rule", "shape": "begin"}])
def test_unknown_parameters_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="parameters"):
        restore(wrong)


def test_the_order_is_that_of_the_text_and_not_that_of_learning() -> None:
    use = Rule("replace", {"old": "utilise", "new": "use"})
    assert in_order([BEST, HELLO, BULLETS, use]) == [use, BULLETS, HELLO, BEST]


@pytest.mark.parametrize("text", [DRAFT, OTHER, THIRD, ""])
def test_a_rendering_is_idempotent_though_each_would_change_what_the_others_made(text: str) -> None:
    render = rendering([HELLO, BEST, BULLETS, BARE])
    assert render(render(text)) == render(text)
    assert render(text).startswith("Hello!")


def test_those_that_never_rest_are_left_out() -> None:
    black = Rule("replace", {"old": "white", "new": "black"})
    white = Rule("replace", {"old": "black", "new": "white"})
    render = rendering([black, white])
    assert once(in_order([black, white]), "white") in ("white", "black")
    assert render(render("white")) == render("white")
