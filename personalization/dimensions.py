"""The canonical dimensions of style, all together; each knows how it is measured and applied, none knows the person."""

from collections.abc import Mapping
from typing import Any

from personalization.dimension import KIND, Dimension, Wish
from personalization.dimensions_wording import CONTRACTION

# In the order in which they are best applied, one after the other: wording first, then layout, then the frame.
DIMENSIONS: tuple[Dimension, ...] = (CONTRACTION,)
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
