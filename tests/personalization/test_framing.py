"""Greetings, closings and announcements are known, and what only looks like one is not."""

import pytest
from hypothesis import given, settings

from personalization.framing import closing, framed, greeting, is_framing, opener
from tests.personalization.answers import anything

BODY = "The fee is 3 euros [1]."


@settings(max_examples=300, deadline=None)
@given(anything)
def test_the_three_parts_are_the_text(text: str) -> None:
    parts = framed(text)
    assert parts.around(parts.body) == text


@pytest.mark.parametrize(
    "start",
    (
        "Hello,\n\n",
        "Hi Tom! ",
        "Dear Dr. Weber,\n\n",
        "Good morning, Ann,\n",
        "Sehr geehrte Frau Weber,\n\n",
        "Hallo zusammen,\n",
        "Dear warden,\n\n",
        "Dear members of the club,\n",
    ),
)
def test_greetings(start: str) -> None:
    assert greeting(start + BODY) == start


@pytest.mark.parametrize(
    "start", ("Dear readers paid 3 euros. ", "Hello World was printed twice. ", "History is. ", "")
)
def test_no_greetings(start: str) -> None:
    assert greeting(start + BODY) == ""


@pytest.mark.parametrize(
    "end",
    (
        "\n\nBest regards,\nMaria",
        " I hope this helps!",
        " Let me know if you have any questions. Cheers!",
        "\n\nThanks,\nDr. Weber",
        "\nViele Grüße\nAnn",
        " Please do not hesitate to contact me. 🙂",
    ),
)
def test_closings(end: str) -> None:
    assert closing(BODY + end) == end


@pytest.mark.parametrize(
    "end", (" Thanks to Maria, 40 people came.", " The best ship sank.", " Please pay at once.", " No.")
)
def test_no_closings(end: str) -> None:
    assert closing(BODY + end) == ""


def test_framing_claims_nothing() -> None:
    assert all(
        map(is_framing, ("Sure!", "Here is a short summary:", "Great question!", "Once upon a time,", "Danke dir!"))
    )
    assert not any(map(is_framing, ("It is not the answer.", "The answer is 3.", "Thanks to the ship.", "Yes.", "")))


def test_openers_are_cut_off_and_clauses_are_not() -> None:
    assert opener("In short: it sank.") == "In short:"
    assert opener("It is important to note that it sank.") == "It is important to note that"
    assert opener("In 1912, it sank.") == opener("The fee: 3 euros.") == opener("It sank.") == ""
