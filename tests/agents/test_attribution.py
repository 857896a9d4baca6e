"""Which passages a sentence owes its words to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.attribution import attribute
from agents.citations import cited, without_markers

PASSAGES = (
    "Hut wardens may refuse guests after 22:00. The hut sleeps 46 people in 8 rooms.",
    "A night in the dormitory costs 38 francs; members of the club pay 26 francs.",
)
QUESTION = "How much is a night in the dormitory?"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("A night in the dormitory costs 38 francs.", "A night in the dormitory costs 38 francs [2]."),
        ("38 francs", "38 francs [2]"),
        ("It costs 38 francs. The hut sleeps 46 people.", "It costs 38 francs [2]. The hut sleeps 46 people [1]."),
        ("It costs 45 francs.", "It costs 45 francs."),
        ("The weather is lovely in spring.", "The weather is lovely in spring."),
        ("Members pay 26 francs and 46 people fit.", "Members pay 26 francs and 46 people fit [2][1]."),
        ("", ""),
    ],
    ids=["sentence", "fragment", "two sentences", "wrong number", "unsupported", "two passages", "empty"],
)
def test_a_sentence_is_given_the_passage_that_holds_its_words(answer: str, shown: str) -> None:
    assert attribute(answer, QUESTION, PASSAGES) == shown


def test_words_of_the_question_alone_support_nothing() -> None:
    assert attribute("A night in the dormitory is wonderful.", QUESTION, ["How much is a night in the dormitory?"]) == (
        "A night in the dormitory is wonderful."
    )


def test_without_passages_nothing_is_cited() -> None:
    assert attribute("It costs 38 francs.", QUESTION, []) == "It costs 38 francs."


@given(st.text(alphabet="Hut sleps46. \n!?Ann’s漢字", max_size=80))
def test_attribution_only_ever_adds_markers_that_resolve(answer: str) -> None:
    shown = attribute(answer, QUESTION, PASSAGES)
    assert set(cited(shown)) <= {1, 2}
    assert without_markers(shown) == answer
