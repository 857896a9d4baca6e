"""Differences give both texts exactly, and a person can read them."""

from itertools import pairwise

from hypothesis import example, given, settings

from personalization.diff import Span, difference
from tests.personalization.answers import anything


def joined(spans: list[Span], *changes: str) -> str:
    return "".join(span.text for span in spans if span.change in ("same", *changes))


@settings(max_examples=400, deadline=None)
@given(anything, anything)
@example("", "\x00")
def test_the_spans_give_both_texts_exactly(before: str, after: str) -> None:
    spans = difference(before, after)
    assert joined(spans, "removed") == before
    assert joined(spans, "added") == after
    assert all(span.text for span in spans)
    assert all(one.change != other.change for one, other in pairwise(spans))


def test_equal_texts_are_one_span() -> None:
    assert difference("It sank.", "It sank.") == [Span("same", "It sank.")]
    assert difference("", "") == []


def test_whole_words_are_replaced() -> None:
    assert difference("It sank in 1912.", "It sank in 1913.") == [
        Span("same", "It sank in"),
        Span("removed", " 1912"),
        Span("added", " 1913"),
        Span("same", "."),
    ]


def test_a_lone_small_word_between_changes_is_changed_with_them() -> None:
    spans = difference("Ships of wood burn.", "Trains of steel burn.")
    assert [span.text for span in spans] == ["Ships of wood", "Trains of steel", " burn."]


def test_a_change_of_layout_is_not_mixed_into_a_change_of_words() -> None:
    spans = difference("It sank. The boat was big.", "It sank.\n\n- The ship was big.")
    assert Span("added", "\n\n-") in spans
    assert Span("removed", " boat") in spans


def test_a_citation_is_changed_whole() -> None:
    assert [span.text for span in difference("It sank [1].", "It sank [2].")] == ["It sank", " [1]", " [2]", "."]


def test_only_blanks_may_change() -> None:
    assert difference("a b", "a  b") == [
        Span("same", "a"),
        Span("removed", " "),
        Span("added", "  "),
        Span("same", "b"),
    ]


def test_what_was_added_or_left_out_is_whole_sentences_where_it_can_be() -> None:
    assert [s.text for s in difference("It is red.", "It is red. It is big.")] == ["It is red.", " It is big."]
    assert [s.text for s in difference("It is red. It is big. So.", "It is red. So.")] == [
        "It is red.",
        " It is big.",
        " So.",
    ]
