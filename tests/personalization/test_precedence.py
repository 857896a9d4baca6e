"""What a person says comes before what their edits showed, in whichever family it was learned."""

import numpy as np
import pytest

from personalization.memory import guide
from personalization.ports import Preference
from personalization.rules import Rule
from personalization.stated import read
from tests.personalization.texts import LETTERS

USE = Rule("replace", {"old": "utilise", "new": "use"})
BYE = Rule("end", {"literal": "\n\nBest, Ada", "over": False})
BULLETS = Rule("layout", {"separator": "\n", "prefix": "- ", "suffix": "", "first": True, "last": False})


@pytest.mark.parametrize(
    ("learned", "said"),
    [
        (BULLETS, "no bullet points, please"),
        (Rule("end", {"literal": " 🌱", "over": False}), "no emoji"),
        (Rule("replace", {"old": "do not", "new": "don't"}), "no contractions"),
        (Rule("begin", {"literal": "Hi Tom,\n\n", "over": False}), "no greeting"),
    ],
)
def test_what_a_person_says_comes_before_what_undoes_it(learned: Rule, said: str) -> None:
    everywhere = np.zeros_like(LETTERS)
    known = [Preference(learned, LETTERS, ("a",), (), 0.9)]
    (wish,) = read(said)
    assert guide(known, LETTERS).used == (0,)
    assert guide([*known, Preference(wish, everywhere, (), (), 1.0)], LETTERS).used == (1,)
    assert guide(known, LETTERS, [wish]).used == ()


def test_what_does_not_undo_what_a_person_says_is_done_beside_it() -> None:
    (brief,) = read("at most two sentences")
    known = [Preference(one, LETTERS, ("a",), (), 0.9) for one in (BULLETS, BYE, USE)]
    known.append(Preference(brief, np.zeros_like(LETTERS), (), (), 1.0))
    assert guide(known, LETTERS).used == (0, 1, 2, 3)
