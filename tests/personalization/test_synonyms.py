"""Words that say the same, in the same form; opposites; and what is neither."""

import pytest

from personalization.synonyms import relation


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("repairs", "fixes"), ("closed", "shut"), ("rose", "climbed"), ("children", "kids"), ("hand in", "submit"),
        ("called off", "cancelled"), ("buildings", "constructions"), ("hiring", "renting"),
    ],
)  # fmt: skip
def test_other_words_in_the_same_form_may_say_the_same(one: str, other: str) -> None:
    assert relation(one, other) == relation(other, one) == "same"


@pytest.mark.parametrize(
    ("one", "other"),
    [("rises", "fell"), ("north", "south"), ("safe", "unsafe"), ("sufficient", "insufficient"), ("day", "night")],
)
def test_opposites_are_known_in_every_form(one: str, other: str) -> None:
    assert relation(one, other) == relation(other, one) == "opposite"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("repaired", "fix"), ("heron", "stork"), ("minutes", "seconds"), ("all", "entire"), ("twice", "double"),
        ("nurse", "doctor"), ("qwx", "qwy"),
    ],
)  # fmt: skip
def test_another_time_a_brother_and_a_measure_are_not_the_same(one: str, other: str) -> None:
    assert relation(one, other) is None
