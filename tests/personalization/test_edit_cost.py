"""The cost of an edit: a distance over words, signs and line breaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.edit_cost import edit_cost, tokens

TEXTS = st.text(st.sampled_from("ab c.\n"), max_size=30)


@pytest.mark.parametrize(
    ("draft", "edited", "raw", "normalised"),
    [
        ("It sank.", "It sank.", 0, 0),
        ("", "", 0, 0),
        ("", "It sank.", 3, 1),
        ("It sank.", "It swam.", 1, 1 / 3),
        ("It sank. We swam.", "It sank.\nWe swam.", 1, 1 / 7),
        ("It doesn't float.", "It does not float.", 2, 2 / 5),
        ("We swam.", "- We swam!", 2, 2 / 4),
        ("a b", "a  b ", 0, 0),
    ],
)
def test_costs_count_insertions_deletions_and_substitutions(
    draft: str, edited: str, raw: int, normalised: float
) -> None:
    found = edit_cost(draft, edited)
    assert found.raw == raw
    assert found.normalised == pytest.approx(normalised)


@given(TEXTS, TEXTS, TEXTS)
def test_it_is_a_distance(one: str, two: str, three: str) -> None:
    assert edit_cost(one, two) == edit_cost(two, one)
    assert (edit_cost(one, two).raw == 0) == (tokens(one) == tokens(two))
    assert edit_cost(one, three).raw <= edit_cost(one, two).raw + edit_cost(two, three).raw
    assert 0 <= edit_cost(one, two).normalised <= 1
