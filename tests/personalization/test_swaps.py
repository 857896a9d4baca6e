"""Which exchanges of words are asked about, and who decides."""

from collections.abc import Sequence

import numpy as np
import pytest

from personalization.facts import split, swaps
from personalization.ports import Vectors
from personalization.swaps import Swap, agreement, certain, is_another


class Scripted:
    """An encoder for which a sentence with a word of `far` is about something else."""

    def __init__(self, *far: str) -> None:
        self.far = far

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        return np.array([[0, 1] if any(word in text for word in self.far) else [1, 0] for text in texts], np.float32)


DRAFT = "The landlord must repair the boiler within 14 days [1]. Report the defect."
EDITED = "The landlord must fix the heater within 30 days [1]. Report the fault."


def test_only_what_the_lists_know_is_asked_each_word_in_its_own_sentence() -> None:
    asked = swaps("Report the defect at once. He hired a boat.", "Report the fault at once. He hired a ship.")
    assert asked == [Swap("defect", "fault", "Report the defect at once.", "Report the fault at once.")]


async def test_what_is_agreed_is_style_and_the_rest_of_the_edit_is_not() -> None:
    agreed = await agreement(Scripted(), swaps(DRAFT, EDITED))
    found = split(DRAFT, EDITED, agreed=agreed)
    assert found.style_only.endswith("Report the fault.")
    assert "30" not in found.style_only and "heater" not in found.style_only


async def test_a_word_that_means_something_else_where_it_stands_is_a_fact() -> None:
    draft, edited = "The shop closes at six.", "The shop shuts at six."
    for encoder, style in ((Scripted(), edited), (Scripted("shuts"), draft)):
        agreed = await agreement(encoder, swaps(draft, edited))
        assert split(draft, edited, agreed=agreed).style_only == style


async def test_names_measures_and_long_rows_are_never_asked() -> None:
    assert swaps("We met Bill there.", "We met Invoice there.") == []
    assert swaps("It takes three minutes.", "It takes three seconds.") == []
    assert swaps("It may close.", "It must shut.") == [
        Swap("close", "shut", "It may close.", "It may shut."),
    ]


@pytest.mark.parametrize(
    ("removed", "added"),
    [("14 days", "30 days"), ("red", "not red"), ("to Oslo", "to Bergen"), ("rises", "falls"), ("one [1]", "one [2]")],
)
def test_figures_names_negations_and_opposites_are_certainly_another_claim(removed: str, added: str) -> None:
    assert is_another(removed, added)
    assert not is_another("the boiler", "the heater")


async def test_an_unknown_word_is_another_claim_for_sure_only_where_the_sentence_is_about_something_else() -> None:
    swap = Swap("boiler", "furnace", "The boiler is off.", "The furnace is off.")
    assert await certain(Scripted(), [swap]) == [False]
    assert await certain(Scripted("furnace"), [swap]) == [True]
    assert await certain(Scripted(), [Swap("14", "30", "14 days.", "30 days.")]) == [True]
