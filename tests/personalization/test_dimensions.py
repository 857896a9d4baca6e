"""Every dimension: harmless wherever it is applied, the same twice, and known again from its parameters."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from personalization.dimension import Wish
from personalization.dimensions import DIMENSIONS, measure, restore, suggest
from personalization.prose import markers, protected_parts
from tests.personalization.answers import answers, anything

FREE: dict[str, tuple[object, ...]] = {
    "text": ("", "Dear Dr. Weber,", "Ahoy!", "Thanks, Tom", "## Summary", "Hope this helps!"),
    "sign": ("", "🚢"),
    "count": (1, 2, 20),
}


def all_settings(values: dict[str, Any]) -> list[dict[str, object]]:
    found: list[dict[str, object]] = [{}]
    for name, allowed in values.items():
        choices = FREE[name] if isinstance(allowed, type) else allowed
        found = [{**one, name: choice} for one in found for choice in choices]
    return found


WISHES = [dimension.want(**one) for dimension in DIMENSIONS for one in all_settings(dict(dimension.values))]
DROPPING = {"length", "examples", "greeting", "closing", "announcements"}  # with a sentence goes what it quotes
wishes = st.sampled_from(WISHES)


@settings(max_examples=250, deadline=None)
@given(wishes, anything)
def test_done_twice_is_done_once(wish: Wish, text: str) -> None:
    once = wish.apply(text)
    assert wish.apply(once) == once


@settings(max_examples=250, deadline=None)
@given(wishes, anything)
def test_no_citation_is_lost_or_invented(wish: Wish, text: str) -> None:
    assert set(markers(wish.apply(text))) == set(markers(text))


@settings(max_examples=250, deadline=None)
@given(st.sampled_from([wish for wish in WISHES if wish.dimension.name not in DROPPING]), answers)
def test_code_addresses_and_quotations_are_left_alone(wish: Wish, text: str) -> None:
    assert protected_parts(wish.apply(text)) == protected_parts(text)


@settings(max_examples=150, deadline=None)
@given(wishes, answers)
def test_a_text_is_never_emptied(wish: Wish, text: str) -> None:
    assert bool(wish.apply(text).strip()) == bool(text.strip())


@settings(max_examples=150, deadline=None)
@given(answers, answers)
def test_whatever_an_edit_suggests_can_be_written_down_and_made_again(draft: str, edited: str) -> None:
    for wish in suggest(draft, edited):
        again = restore(json.loads(json.dumps(dict(wish.parameters))))
        assert again == wish
        assert again.apply(draft) == wish.apply(draft)


@settings(deadline=None)
@given(answers)
def test_an_accepted_draft_suggests_nothing(text: str) -> None:
    assert suggest(text, text) == []


@settings(deadline=None)
@given(anything)
def test_every_dimension_measures_every_text(text: str) -> None:
    assert set(measure(text)) == {dimension.name for dimension in DIMENSIONS}
