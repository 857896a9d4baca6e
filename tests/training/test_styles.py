"""Styles: programs that write cited sentences the way a person asked for."""

import random

import pytest

from agents.citations import cited
from training.styles import STYLES, TOGETHER, worded
from training.styles_wishes import WISHES
from training.styles_words import contracted, cut_short, expanded, lowered, simple

LINES = (
    "The firm does not obtain additional rooms, but it's large and bright [1].",
    "It was founded in 1912 [2].",
    "Numerous people cannot reside there [1].",
)


def write(name: str, lines: tuple[str, ...] = LINES) -> str | None:
    return STYLES[name](lines, random.Random(0))


@pytest.mark.parametrize("name", list(STYLES))
def test_every_style_keeps_the_citation_of_what_it_says_and_has_wishes(name: str) -> None:
    text = write(name)
    assert text is not None
    assert cited(text)[0] == 1
    assert len(WISHES[name]) >= 3
    assert text != " ".join(LINES) or name in {"detail", "three sentences"}


@pytest.mark.parametrize("name", ["steps", "two sentences", "lines", "summary first"])
def test_a_style_that_needs_several_sentences_does_not_fit_one(name: str) -> None:
    assert write(name, LINES[:1]) is None


def test_the_shapes_are_what_they_are_called() -> None:
    assert write("bullets") == "\n".join(f"- {line}" for line in LINES)
    assert write("steps") == "\n".join(f"{number}. {line}" for number, line in enumerate(LINES, 1))
    assert write("one sentence") == LINES[0]
    bold = write("bold") or ""
    assert bold.startswith("**The firm does not obtain additional rooms, but it's large and bright** [1].")


def test_words_change_and_names_stay() -> None:
    assert contracted("Ada is not here. It is late.") == "Ada isn't here. It's late."
    assert expanded("Ada isn't here. It's late.") == "Ada is not here. It is late."
    assert simple("They purchased numerous Numerous Ltd shares.").startswith("They bought many")
    assert lowered("The end") == "the end"
    assert lowered("Ada ends") == "Ada ends"


def test_a_long_sentence_is_cut_where_both_parts_can_stand_and_both_are_cited() -> None:
    cut = cut_short("The tower was built by Ada, and it was sold in the same year [2].")
    assert cut == ["The tower was built by Ada [2].", "It was sold in the same year [2]."]
    assert cut_short("Salt and pepper [1].") == ["Salt and pepper [1]."]


def test_wishes_can_be_combined() -> None:
    for names in TOGETHER:
        wish = worded(random.Random(1), *names)
        assert any(part.rstrip(".") in wish for part in WISHES[names[0]])
        assert any(part.rstrip(".") in wish for part in WISHES[names[1]])
