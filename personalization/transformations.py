"""Transformations as values: made again from their parameters, put in order, done one after the other.

Knows both families by name and neither from the inside.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from personalization.ports import Transformation

_SETTLING = 3  # times that a text may change again before a transformation is left out


@dataclass(frozen=True)
class Described:
    """What a language model concluded, or a person said in words that no transformation can honour."""

    text: str

    @property
    def key(self) -> str:
        return "described"

    @property
    def description(self) -> str:
        return self.text

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"kind": "described", "text": self.text}

    def apply(self, text: str) -> str:
        """The text itself: only a model that follows instructions can honour it."""
        return text


def restore(parameters: Mapping[str, Any]) -> Transformation:
    """The transformation that has these parameters. Raises ValueError."""
    match parameters:
        case {"kind": "described", "text": str(text)}:
            return Described(text)
        case {"kind": "rule"}:
            from personalization import rules

            return rules.restore(parameters)
        case {"kind": "dimension"}:
            from personalization import dimensions

            restored: Transformation = dimensions.restore(parameters)
            return restored
    raise ValueError(f"no transformation has the parameters {dict(parameters)}: kind is described, rule or dimension")


def in_order(transformations: Sequence[Transformation]) -> list[Transformation]:
    """The order in which they are done: what shapes sentences before what shapes lines before what frames the text."""
    return sorted(transformations, key=lambda one: (_phase(one), one.key))


def _phase(transformation: Transformation) -> float:
    """Dimensions say their order among themselves; their layout and frames come where those of rules do."""
    phase = getattr(transformation, "phase", None)
    return float(phase) if phase is not None else _dimension_phases().get(transformation.key, 0.0)


@cache
def _dimension_phases() -> dict[str, float]:
    from personalization.dimensions import DIMENSIONS
    from personalization.rules import SHAPES

    phase, phases = SHAPES["length"].phase - 1.0, dict[str, float]()
    begins = {"hedging": SHAPES["replace"].phase, "lists": SHAPES["layout"].phase, "headings": SHAPES["begin"].phase}
    for dimension in DIMENSIONS:
        phase = begins.get(dimension.name, phase) - (0.9 if dimension.name in begins else -0.01)
        phases[f"dimension:{dimension.name}"] = phase
    return phases


def rendering(transformations: Sequence[Transformation]) -> Callable[[str], str]:
    """All of them one after the other, in order; idempotent, for those that would not come to rest are left out."""
    ordered = in_order(transformations)

    def render(text: str) -> str:
        settled = _settled(ordered, text)
        if settled is not None:
            return settled
        resting: list[Transformation] = []
        for one in ordered:
            if _settled([*resting, one], text) is not None:
                resting.append(one)
        return _settled(resting, text) or text

    return render


Apply = Callable[[Transformation, str], str]


def _apply(transformation: Transformation, text: str) -> str:
    return transformation.apply(text)


def once(ordered: Sequence[Transformation], text: str, apply: Apply = _apply) -> str:
    """Each of them done once, inside the frames that the text may have already."""
    for transformation in reversed(ordered):
        if (undo := getattr(transformation, "undo", None)) is not None:
            text = undo(text)
    for transformation in ordered:
        text = apply(transformation, text)
    return text


def _settled(ordered: Sequence[Transformation], text: str) -> str | None:
    for _ in range(_SETTLING):
        changed = once(ordered, text)
        if changed == text:
            return text
        text = changed
    return text if once(ordered, text) == text else None
