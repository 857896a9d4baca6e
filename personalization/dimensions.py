"""The canonical dimensions of style, all together; each knows how it is measured and applied, none knows the person."""

from collections.abc import Mapping
from typing import Any

from personalization.dimension import KIND, Dimension, Wish
from personalization.dimensions_frame import ANNOUNCEMENT, CLOSING, GREETING, HEADING
from personalization.dimensions_layout import CASING, EMPHASIS, LISTS, PARAGRAPHS
from personalization.dimensions_length import CONNECTIVE, HEDGING, LENGTH, SENTENCE_LENGTH
from personalization.dimensions_manner import (
    CITATIONS,
    DEFINITIONS,
    EXAMPLES,
    LANGUAGE,
    PERSON,
    QUESTIONS,
    READING,
    TENSE,
)
from personalization.dimensions_wording import CONTRACTION, EMOJIS, EXCLAMATION, SPELLING, WORDING

# In the order in which they are best applied: what drops sentences, what changes words, what breaks lines, the frame.
DIMENSIONS: tuple[Dimension, ...] = (
    *(ANNOUNCEMENT, EXAMPLES, LENGTH),
    *(HEDGING, CONNECTIVE, SENTENCE_LENGTH, CONTRACTION, SPELLING, WORDING, EXCLAMATION, EMPHASIS, CASING, EMOJIS),
    *(LANGUAGE, PERSON, TENSE, READING, DEFINITIONS, QUESTIONS, CITATIONS),
    *(LISTS, PARAGRAPHS, HEADING, GREETING, CLOSING),
)
_BY_NAME = {dimension.name: dimension for dimension in DIMENSIONS}


def suggest(draft: str, edited: str) -> list[Wish]:
    """What an edit says about each dimension, in the order in which wishes are applied."""
    wishes = (dimension.suggest(draft, edited) for dimension in DIMENSIONS)
    return [wish for wish in wishes if wish is not None]


def measure(text: str) -> dict[str, float]:
    """Every dimension's measure of one text, by name."""
    return {dimension.name: dimension.measure(text) for dimension in DIMENSIONS}


def restore(parameters: Mapping[str, Any]) -> Wish:
    """The wish with these parameters. Raises ValueError where they are no dimension's."""
    settings = {name: value for name, value in parameters.items() if name not in ("kind", "dimension")}
    if parameters.get("kind") != KIND or parameters.get("dimension") not in _BY_NAME:
        raise ValueError(
            f"{dict(parameters)!r} is no dimension; kind is {KIND!r} and dimension one of {sorted(_BY_NAME)}"
        )
    return _BY_NAME[parameters["dimension"]].want(**settings)
