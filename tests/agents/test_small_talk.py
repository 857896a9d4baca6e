"""What is small talk, and what only begins like it."""

import pytest

from agents.small_talk import reply_to_small_talk


@pytest.mark.parametrize(
    "said", ["hi", "Hello there!", "Thank you so much.", "Hi, who are you?", "What's your name?", "Bye 👋"]
)
def test_pleasantries_are_small_talk(said: str) -> None:
    assert reply_to_small_talk(said)


@pytest.mark.parametrize(
    "said",
    [
        "Hi, how long is the notice period?",
        "help with VPN",
        "What are your opening hours?",
        "Who are the founders?",
        "",
        "?",
    ],
)
def test_whatever_asks_for_something_else_is_not(said: str) -> None:
    assert reply_to_small_talk(said) is None


def test_a_question_about_the_assistant_goes_before_the_greeting() -> None:
    assert reply_to_small_talk("Hi! Who are you?") == reply_to_small_talk("What is your name?")
    assert reply_to_small_talk("Hi!") != reply_to_small_talk("What is your name?")
