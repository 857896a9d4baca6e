"""Answer figures against values computed by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.answers import (
    Answered,
    accuracy,
    f1,
    figures,
    intervals,
    normalise,
    own_words,
    token_f1,
    without_markers,
)


def answered(text: str, *answers: str, shown: tuple[str, ...] = (), abstained: bool = False) -> Answered:
    return Answered("q", True, answers, text, abstained, shown)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The Rock!", "rock"),
        ("  An  apple, a\tday ", "apple day"),
        ("U.S.A.", "usa"),
        ("“Curly” — quotes…", "curly quotes"),
        ("$5.1 billion", "51 billion"),
        ("ﬁrst", "first"),
        ("theatre", "theatre"),
        ("The", ""),
    ],
)
def test_normalisation(text: str, expected: str) -> None:
    assert normalise(text) == expected


@pytest.mark.parametrize(
    ("text", "gold", "expected"),
    [
        ("He played American football [1].", "American football", 1),
        ("He played american FOOTBALL.", "American Football!", 1),
        ("I know nothing about it", "no", 0),
        ("American soccer, then football", "American football", 0),
        ("", "yes", 0),
        ("anything", "the", 0),
    ],
    ids=["contained", "normalised", "whole words only", "contiguous", "empty text", "gold of articles only"],
)
def test_accuracy(text: str, gold: str, expected: float) -> None:
    assert accuracy(answered(text, gold)) == expected


def test_any_of_several_gold_answers_is_right() -> None:
    assert accuracy(answered("It was Tottenham.", "Spurs", "Tottenham")) == 1


def test_only_the_first_sixty_words_count() -> None:
    assert accuracy(answered("word " * 59 + "Rush", "Rush")) == 1
    assert accuracy(answered("word " * 60 + "Rush", "Rush")) == 0


def test_markers_take_no_place_among_the_first_words() -> None:
    assert accuracy(answered("word [1] " * 59 + "Rush", "Rush")) == 1


def test_an_abstention_is_never_accurate() -> None:
    assert accuracy(answered("No answer was found.", "no", abstained=True)) == 0
    assert f1(answered("No answer was found.", "no", abstained=True)) == 0


PASSAGE = "The band Rush released Counterparts in October 1993 through Anthem Records."


def test_a_quotation_of_a_passage_is_not_the_models_own_text() -> None:
    text = 'The text says "released Counterparts in October 1993 through Anthem" [1].'
    assert accuracy(answered(text, "October 1993")) == 1
    assert accuracy(answered(text, "October 1993", shown=(PASSAGE,))) == 0


def test_a_quoted_line_of_a_passage_is_not_the_models_own_text() -> None:
    text = f"See:\n> {PASSAGE}\nThe band is Rush."
    assert own_words(text, (PASSAGE,)).split() == ["See:", "The", "band", "is", "Rush."]


def test_a_quoted_name_stays() -> None:
    assert accuracy(answered('The album is "Counterparts".', "Counterparts", shown=(PASSAGE,))) == 1


def test_quotation_marks_around_words_of_no_passage_stay() -> None:
    text = 'They wrote "a fine record of the year 1993 at last".'
    assert own_words(text, (PASSAGE,)) == text


def test_markers_are_removed_with_the_space_before_them() -> None:
    assert without_markers("One [1], two [2, 3] and [x] array[0].") == "One, two and [x] array."


def test_token_f1_is_the_harmonic_mean_of_precision_and_recall() -> None:
    # tokens: was, rock, band, rush (precision 2/4) against rock, rush, trio (recall 2/3)
    assert token_f1("It was the rock band Rush".removeprefix("It "), "rock Rush trio") == pytest.approx(4 / 7)
    assert token_f1("", "gold") == 0
    assert token_f1("gold gold", "gold") == pytest.approx(2 / 3)


def test_f1_takes_the_closest_gold_answer_and_no_markers() -> None:
    assert f1(answered("Rush [1]", "a rock band", "Rush")) == 1


@given(st.text(max_size=60), st.text(max_size=60))
def test_f1_is_symmetric_and_within_bounds(one: str, other: str) -> None:
    assert 0 <= token_f1(one, other) <= 1
    assert token_f1(one, other) == token_f1(other, one)
    assert token_f1(one, one) == 1


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


RUN = (
    Answered("right", True, ("Rush",), "Rush [1]", False, cited=frozenset({"a", "b"}), gold=frozenset({"a", "c"})),
    Answered("wrong", True, ("Spurs",), "Arsenal", False, cited=frozenset(), gold=frozenset({"d"})),
    Answered("refused", True, ("1909",), "The documents do not say.", True, gold=frozenset({"e"})),
    Answered("well refused", False, (), "The documents do not say.", True, gold=frozenset()),
    Answered("made up", False, (), "It was 1909 [1]", False, cited=frozenset({"f"}), gold=frozenset()),
)


def test_all_figures_of_a_run_equal_those_computed_by_hand() -> None:
    assert figures(RUN) == pytest.approx(
        {
            "accuracy": 1 / 3,
            "f1": 1 / 3,
            "citation_precision": 1 / 3,
            "citation_recall": 1 / 4,
            "abstain_precision": 1 / 2,
            "abstain_recall": 1 / 2,
            "answered_rate": 2 / 3,
            "false_answer_rate": 1 / 2,
        }
    )


def test_intervals_hold_their_figures() -> None:
    found = figures(RUN)
    for name, interval in intervals(RUN).items():
        value = found[name]
        assert interval is not None and value is not None
        assert interval[0] <= value <= interval[1]


def test_figures_that_a_set_cannot_give_do_not_exist() -> None:
    nameless = (Answered("q", True, (), "Something [1]", False, cited=frozenset({"a"}), gold=None),)
    found = figures(nameless)
    assert found["answered_rate"] == 1
    absent = {"accuracy", "f1", "citation_precision", "citation_recall", "abstain_precision", "abstain_recall"}
    assert {name for name, value in found.items() if value is None} == absent | {"false_answer_rate"}


def test_citations_of_a_set_that_names_no_gold_passage_are_not_judged() -> None:
    mixed = (
        Answered("unknown", True, (), "x [1]", False, cited=frozenset({"a"}), gold=None),
        Answered("none", False, (), "y [1]", False, cited=frozenset({"b"}), gold=frozenset()),
    )
    assert figures(mixed)["citation_precision"] is None
    assert figures(mixed)["citation_recall"] is None
