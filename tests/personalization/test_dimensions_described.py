"""Dimensions that are only described, parameters that are refused, and texts that are hostile."""

import time

import pytest

from personalization import dimensions
from personalization.facts import split
from tests.personalization.test_dimensions_learned import OTHER, D, wanted

DESCRIBED = (
    (
        "person",
        "Citizens can appeal and must pay.",
        "You can appeal and you pay.",
        {"person": "second person"},
    ),
    ("tense", "The king dies. His son follows.", "The king died. His son followed.", {"tense": "past"}),
    ("definitions", "It uses TLS.", "It uses TLS, which means that it is secret.", {"use": True}),
    ("citations", "It sank. It was big.", "It sank [1]. It was big [2].", {"amount": "many"}),
    ("language", "The ship sank and it was big.", "Das Schiff sank und es war groß.", {"language": "German"}),
    ("questions", "It sank.", "What happened? It sank.", {"use": True}),
    ("length", "It sank.", f"It sank. {D}", {"bound": "at least", "count": 15, "of": "words"}),
)


@pytest.mark.parametrize(("name", "draft", "edited", "says"), DESCRIBED, ids=[one[0] for one in DESCRIBED])
def test_what_a_format_cannot_give_is_described_and_leaves_texts_alone(
    name: str, draft: str, edited: str, says: dict[str, object]
) -> None:
    assert wanted(draft, edited)[name] == says
    wish = dimensions.restore({"kind": "dimension", "dimension": name, **says})
    assert not wish.honoured
    assert wish.apply(OTHER) == OTHER
    assert wish.description.endswith(".")


def test_a_change_of_fact_says_nothing_of_style() -> None:
    assert wanted(D, D.replace("1912", "1913").replace("Canada", "Iceland")) == {}


def test_a_sentence_is_left_out_only_if_its_citation_stays() -> None:
    one = dimensions.restore(
        {"kind": "dimension", "dimension": "length", "bound": "at most", "count": 1, "of": "sentences"}
    )
    assert one.apply("A b [1]. C d. E f [1].") == "A b [1]."
    assert one.apply("A b [1]. C d [2].") == "A b [1]. C d [2]."


@pytest.mark.parametrize(
    "parameters",
    (
        {},
        {"kind": "rule", "dimension": "lists", "sign": "-"},
        {"kind": "dimension", "dimension": "humour"},
        {"kind": "dimension", "dimension": "lists"},
        {"kind": "dimension", "dimension": "lists", "sign": "§"},
        {"kind": "dimension", "dimension": "lists", "sign": "-", "more": 1},
        {"kind": "dimension", "dimension": "length", "bound": "at most", "count": "2", "of": "words"},
        {"kind": "dimension", "dimension": "length", "bound": "at most", "count": True, "of": "words"},
        {"kind": "dimension", "dimension": "contractions", "use": 1},
    ),
    ids=str,
)
def test_parameters_that_are_no_dimensions_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="dimension"):
        dimensions.restore(parameters)


def test_there_are_about_twenty_dimensions_of_different_names() -> None:
    names = [one.name for one in dimensions.DIMENSIONS]
    assert len(names) == len(set(names)) >= 20
    assert [one.phase for one in dimensions.DIMENSIONS] == sorted(one.phase for one in dimensions.DIMENSIONS)


@pytest.mark.parametrize(
    "sign", ("\n", " ", ".", "! ", '"', "a", "- ", "[1]", "🙂", "```\n", "a. ", "a-", "\n- a", ", perhaps")
)
def test_no_text_takes_long_whatever_is_in_it(sign: str) -> None:
    """Work grows with the length of a text: 20,000 signs take seconds; with its square they would take minutes."""
    hostile = sign * (20_000 // len(sign))
    begun = time.process_time()
    dimensions.suggest(f"The ship sank. {hostile}", f"{hostile} It sank.")
    split(f"The ship sank. {hostile}", f"{hostile} It sank.")
    assert time.process_time() - begun < 10
