"""What holds for every operator: what it edits is then satisfied, and only what violates is touched."""

import inspect
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation import prelude_operators_words as wording
from evaluation.errors import DataError
from evaluation.prelude_operators import CANONICAL, OPERATORS, OTHER, Operator, make_operator
from evaluation.prelude_text import patch

GIVEN: dict[str, Any] = {"phrase": "Imagine this:", "question": "Did you know?", "title": "the tide", "tags": ["news"]}


def operator(name: str, **parameters: Any) -> Operator:
    needed = inspect.signature(OPERATORS[name]).parameters.values()
    filled = {
        one.name: GIVEN[one.name] for one in needed if one.default is inspect.Parameter.empty and one.name != "text"
    }
    return make_operator(name, filled | parameters)


TABLE_WORDS = sorted({key for table in wording.TABLES.values() for key in table})
WORDS = st.one_of(
    st.sampled_from(
        ["the", "tide", "follows", "and", "it", "because", "a", "day,", "so", "boats;", "which", "quickly"]
    ),
    st.sampled_from([*TABLE_WORDS, *wording.HEDGES, *wording.ADJECTIVES, *wording.CONNECTIVES, *wording.EMPHATIC]),
    st.sampled_from(
        ["(if any)", "e.g.", "3", "12,000", "$5", "5%", "March 3, 2024", "3 March 2024", "9 am", "8:30 p.m.", "5 miles"]
    ),
    st.sampled_from(
        [
            "Dear Ann,",
            "Hi!",
            "Best regards,",
            "boats, nets and ropes",
            "sea — air",
            "[1]",
            "2.5",
            "🎉",
            "twenty",
            "Q:",
            "1.",
            "-",
            '"so"',
            "I",
        ]
    ),
)
SENTENCES = st.builds(
    lambda words, stop: " ".join(words).capitalize() + stop,
    st.lists(WORDS, min_size=1, max_size=25),
    st.sampled_from([".", "!", "?", "...", "", ". [1]", ". 🎉", '."', ";"]),
)
LINES = st.builds(
    lambda marker, sentences: marker + " ".join(sentences),
    st.sampled_from(["", "", "", "- ", "1. ", "* ", "# ", "[ ] ", "Q: ", "A: ", "Sources: "]),
    st.lists(SENTENCES, min_size=1, max_size=5),
)
# A figure alone between two sentences ("So. 3. 3.") is a list's number for one reading and a sentence for the other.
_LONE_FIGURE = re.compile(r"[.!?;\"\]]\s+\W*\d+\.")
TEXTS = st.one_of(st.builds("\n".join, st.lists(LINES, max_size=4)), st.text(max_size=80)).filter(
    lambda text: not _LONE_FIGURE.search(text)
)


ALL = [operator(name) for name in sorted(OPERATORS)]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=TEXTS)
def test_what_an_operator_edits_is_then_satisfied(text: str) -> None:
    for demand in ALL:
        edited = patch(text, demand.apply(text))
        assert (demand.name, demand.violations(edited)) == (demand.name, ())


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(text=TEXTS)
def test_only_what_violates_is_touched(text: str) -> None:
    for demand in ALL:
        edits, violations = demand.apply(text), demand.violations(text)
        assert [(edit.start, edit.end) for edit in edits] == [(span.start, span.end) for span in violations]
        assert all(text[edit.start : edit.end] != edit.text for edit in edits), demand.name
        outside = text
        for edit in sorted(edits, key=lambda edit: edit.start, reverse=True):
            outside = outside[: edit.start] + outside[edit.end :]
        assert _in_order(outside, patch(text, edits)), demand.name


def _in_order(part: str, whole: str) -> bool:
    letters = iter(whole)
    return all(letter in letters for letter in part)


def test_there_are_enough_operators_and_most_have_no_canonical_counterpart() -> None:
    assert len(OPERATORS) >= 40
    assert len(OTHER) * 2 >= len(OPERATORS)
    assert not CANONICAL.keys() & OTHER.keys()


@pytest.mark.parametrize("table", sorted(wording.TABLES))
def test_no_replacement_contains_what_is_replaced(table: str) -> None:
    meanings = wording.TABLES[table]
    for meaning in meanings.values():
        assert list(wording.replaced(meaning, table)) == [], meaning


EXPECTED = {
    "british_spelling": ("My favorite color.", "My favourite colour."),
    "iso_dates": ("On March 3, 2024 or 4 May 2025.", "On 2024-03-03 or 2025-05-04."),
    "clock_24h": ("From 9 am to 8:30 pm.", "From 09:00 to 20:30."),
    "no_adjectives": ("Very big boats. A really new net.", "Boats. A net."),
    "no_parentheses": ("A boat (red) sank.", "A boat sank."),
    "one_sentence_per_line": ("It sank. We swam.", "It sank.\nWe swam."),
    "short_lines": ("one two three four five six", "one two three four five\nsix"),
    "bullets": ("It sank. We swam.", "- It sank.\n- We swam."),
    "numbered": ("- It sank.\n- We swam.", "1. It sank.\n2. We swam."),
    "tldr_first": ("It sank. We swam.", "TL;DR: It sank.\nWe swam."),
    "pros_and_cons": ("It sails. It leaks.", "Pros: It sails.\nCons: It leaks."),
    "headline": ("The boat sank here at noon.", "THE BOAT SANK HERE AT\nThe boat sank here at noon."),
    "figures_first": ("It sank. It cost 5 euros.", "It cost 5 euros. It sank. "),
    "second_person": ("I lost my net. He swam.", "You lost your net. You swam."),
    "question_answer": ("It sank.", "Q: What is it about?\nA: It sank."),
    "exclamation": ("It sank. Why?", "It sank! Why?"),
    "emoji_per_sentence": ("It sank. We swam.", "It sank. ✨ We swam. ✨"),
    "spelled_numbers": ("On May 3 at 9 am 3 boats sank.", "On May 3 at 9 am three boats sank."),
    "citations_last": ("It sank [2]. We swam. [1]", "It sank. We swam.\nSources: [2] [1]"),
    "signposts": ("It sank. We swam.", "First, it sank. Then, we swam."),
    "story_opening": ("it sank.", "Imagine this: it sank."),
    "cliffhanger": ("It sank. We swam!", "It sank. We swam..."),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_an_operator_makes_the_smallest_edits(name: str) -> None:
    before, after = EXPECTED[name]
    demand = operator(name)
    assert patch(before, demand.apply(before)) == after


def test_another_greeting_and_another_formula_are_replaced() -> None:
    letter = "Dear [Name],\nWe swam.\nBest regards,\nAnn"
    edits = [
        *operator("greeting", phrase="Hey there,").apply(letter),
        *operator("sign_off", phrase="Cheers,").apply(letter),
    ]
    assert patch(letter, edits) == "Hey there,\nWe swam.\nCheers,\nAnn"


def test_long_sentences_are_cut_where_they_breathe() -> None:
    demand = operator("max_words_a_sentence", count=6)
    text = "The boat sank in the bay, but all of us swam to the shore."
    assert patch(text, demand.apply(text)) == "The boat sank in the bay. But all of us swam to. The shore."


def test_what_closes_a_text_outlasts_its_shortening() -> None:
    demand = operator("max_words", count=6, keep_last=1)
    text = "It sank at noon. We swam. We slept. Thank you!"
    assert patch(text, demand.apply(text)) == "It sank at noon. Thank you!"


@pytest.mark.parametrize(
    ("name", "parameters", "complaint"),
    [
        ("rhyme", {}, "operator 'rhyme' is unknown"),
        ("max_words", {"limit": 3}, "unexpected keyword argument 'limit'"),
        ("max_words", {"count": 0}, "count must be at least 1"),
        ("greeting", {"phrase": "🎉"}, "phrase needs a word"),
        ("greeting", {"phrase": "a\nb"}, "must be a line of text"),
        ("question_opening", {"question": "Why."}, "must end with a question mark"),
        ("hashtags", {"tags": []}, "tags is empty"),
    ],
)
def test_wrong_parameters_are_told(name: str, parameters: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DataError, match=re.escape(complaint)):
        make_operator(name, parameters)
