"""Markers: every form models write, and streams that show what the whole text would."""

import itertools
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agents.citations import MarkerFilter, check_markers, cited, without_markers


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Paris [1].", "Paris [1]."),
        ("Paris [1, 3].", "Paris [1][3]."),
        ("Paris [1][2].", "Paris [1][2]."),
        ("Paris [1-3].", "Paris [1][2][3]."),
        ("Paris [2–9].", "Paris [2][3]."),
        ("Paris [1-999999999].", "Paris [1][2][3]."),
        ("Paris 【1】.", "Paris [1]."),
        ("Paris 【2†L1-L4】.", "Paris [2]."),
        ("Paris [^1].", "Paris [1]."),
        ("Paris [[1]].", "Paris [1]."),
        ("Paris [Passage 2].", "Paris [2]."),
        ("Paris [source 1 and 3].", "Paris [1][3]."),
        ("Paris [1, 9].", "Paris [1]."),
        ("Paris [7].", "Paris."),
        ("Paris [0].", "Paris."),
        ("Paris [[7]].", "Paris."),
        ("[7] Paris", " Paris"),
        ("see [the map]", "see [the map]"),
        ("[2019] UKSC 41", "(2019) UKSC 41"),
        ("cut in two [1", "cut in two"),
        ("an open [bracket", "an open [bracket"),
    ],
)
def test_a_marker_is_shown_in_one_form_or_not_at_all(written: str, shown: str) -> None:
    assert check_markers(written, kept=3) == shown


def test_cited_names_each_marker_once_in_order_of_appearance() -> None:
    assert cited("b [2]. a [1][2].") == (2, 1)


def test_an_answer_of_another_turn_loses_its_markers() -> None:
    assert without_markers("Paris [1] is big [2, 3].") == "Paris is big."


# Letters that make markers likely, so that a few hundred examples meet every branch.
MARKERISH = st.text(alphabet="[]【】^ 0123457,-–†aAnd\nPassage#", max_size=60)


@given(text=MARKERISH, cuts=st.lists(st.integers(0, 60)), kept=st.integers(0, 4))
@example(text="[[[1]]]", cuts=[1, 2, 3, 4, 5, 6], kept=1)
@example(text="a  [9] b", cuts=[2, 3], kept=1)
@example(text="[" + "1" * 60 + "]", cuts=[30, 50, 55], kept=1)
def test_a_stream_shows_what_the_whole_text_shows_however_it_is_cut(text: str, cuts: list[int], kept: int) -> None:
    bounds = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    chunks = [text[start:end] for start, end in itertools.pairwise(bounds)]
    shown = MarkerFilter(kept)
    assert "".join(map(shown.feed, chunks)) + shown.finish() == check_markers(text, kept)


@given(text=MARKERISH, cuts=st.lists(st.integers(1, 60)), kept=st.integers(0, 4))
@example(text="[[7]1]", cuts=[1, 2, 3, 4, 5], kept=0)
@example(text="[1 [7]]", cuts=[1, 2, 3, 4, 5], kept=0)
def test_no_unresolved_marker_is_ever_shown(text: str, cuts: list[int], kept: int) -> None:
    shown, seen, start = MarkerFilter(kept), "", 0
    for cut in [*sorted(cuts), len(text)]:
        seen += shown.feed(text[start:cut]) if cut < len(text) else shown.feed(text[start:]) + shown.finish()
        start = max(start, min(cut, len(text)))
        unresolved = [n for n in re.findall(r"\[([0-9]{1,3})\]", seen) if not 1 <= int(n) <= kept]
        assert not unresolved


@given(text=MARKERISH)
def test_a_stream_holds_back_a_bounded_end(text: str) -> None:
    shown = MarkerFilter(kept=3)
    shown.feed(text * 3)
    assert len(shown.finish()) <= 60
