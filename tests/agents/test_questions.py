"""Follow-ups and rewrites told apart by rules."""

import pytest

from agents.questions import is_faithful_rewrite, joined_with_subject, leans_on_history
from agents.types import PastTurn

HISTORY = (PastTurn("Who wrote Dracula?", "Bram Stoker wrote Dracula in 1897."),)


@pytest.mark.parametrize(
    "said",
    [
        "When was he born?",
        "And in 2019?",
        "Why?",
        "What about part-timers?",
        "Is it free?",
        "How does that work?",
        "Make it shorter",
    ],
)
def test_questions_that_point_back_lean_on_history(said: str) -> None:
    assert leans_on_history(said)


@pytest.mark.parametrize(
    "said",
    [
        "How long is the notice period for employees?",
        "Who signed the treaty that ended the war?",
        "How old was Peyton Manning when he played in Super Bowl 50?",
        "word " * 50 + "it",
    ],
)
def test_questions_with_a_subject_of_their_own_do_not(said: str) -> None:
    assert not leans_on_history(said)


@pytest.mark.parametrize(
    ("rewrite", "faithful"),
    [
        ("When was Bram Stoker born?", True),
        ("When was he born?", False),  # nothing resolved
        ("Bram Stoker was born.", False),  # an answer
        ("When did Bram Stoker die?", False),  # another question
        ("When was Mary Shelley born?", False),  # invented
        ("When was Bram Stoker born?\nIn 1847.", False),  # asks and answers
        ("When was Bram Stoker born, " + "Dracula " * 30 + "?", False),  # too long
    ],
)
def test_a_rewrite_must_ask_the_same_with_words_from_the_history(rewrite: str, faithful: bool) -> None:
    assert is_faithful_rewrite(rewrite, "When was he born?", HISTORY) is faithful


def test_without_a_rewrite_the_last_question_that_stood_alone_lends_its_subject() -> None:
    chain = (*HISTORY, PastTurn("When was he born?", "In 1847."))
    assert joined_with_subject("Where did he die?", chain) == "Who wrote Dracula? Where did he die?"


def test_where_no_question_stood_alone_the_first_lends_its_subject() -> None:
    assert joined_with_subject("And why?", (PastTurn("Is it so?", "Yes."),)) == "Is it so? And why?"
