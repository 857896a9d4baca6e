"""Sentences said otherwise, and changed."""

import random

import pytest

from training.verifier_rewriting import (
    compressed,
    in_other_words,
    joined,
    naming,
    negated,
    other_number,
    reversed_words,
    swapped,
)


def rng(seed: int = 0) -> random.Random:
    return random.Random(seed)


@pytest.mark.parametrize(
    ("sentence", "other"),
    [
        ("The hut is open in winter.", "The hut is not open in winter."),
        ("Guests must not smoke.", "Guests must smoke."),
        ("Guests smoke.", None),
    ],
)
def test_a_negation_is_put_in_or_taken_out(sentence: str, other: str | None) -> None:
    assert negated(sentence) == other


def test_one_word_is_turned_into_its_opposite() -> None:
    assert reversed_words("The price increased last year.", rng()) in {
        "The price decreased last year.",
        "The price increased first year.",
    }
    assert reversed_words("Guests smoke.", rng()) is None


def test_a_name_is_swapped_for_a_name_and_a_year_for_a_year() -> None:
    made = {
        swapped("The club of Ada Lovelace met in 1833.", ["Charles Babbage"], ["1840", "7"], rng(s)) for s in range(30)
    }
    assert "The club of Charles Babbage met in 1833." in made
    assert not any(one and " 7." in one for one in made)
    assert swapped("guests smoke", ["Ada"], ["7"], rng()) is None


def test_another_number_is_another_and_as_long() -> None:
    assert all(
        other_number("$1,250", rng(s)) != "$1,250" and len(other_number("$1,250", rng(s))) == 6 for s in range(20)
    )


def test_compressing_keeps_at_least_five_words_of_the_sentence() -> None:
    sentence = "In 1833, the club (founded by Ada), which met weekly, rented a hall in the town, and it paid for it."
    made = {compressed(sentence, rng(s)) for s in range(40)}
    assert len(made) > 5
    assert all(len(one.split()) >= 5 and one[0].isupper() for one in made)
    assert any("(founded by Ada)" not in one and "rented a hall" in one for one in made)


def test_words_are_replaced_by_the_table_alone() -> None:
    assert in_other_words("The film was released in order to win.", rng(), 1.0) == "The movie was issued to win."
    assert in_other_words("The film was released.", rng(), 0.0) == "The film was released."


def test_two_sentences_become_one_and_a_pronoun_its_name() -> None:
    both = joined("The hut is open.", "The price is fair.", rng())
    assert both.startswith("The hut is open")
    assert both.endswith("the price is fair.")
    assert naming("She met Babbage.", "Ada Lovelace") == "Ada Lovelace met Babbage."
    assert naming("It's cold.", "Ada Lovelace") == "It's cold."
