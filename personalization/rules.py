"""Rewriting rules: a shape with its parameters is a Transformation. Knows neither edits nor contexts.

What a shape does is in rules_words.py (inside sentences) and rules_layout.py (sentences, lines, the whole text).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from personalization.prose import Hidden, settle
from personalization.rules_frames import FRAMES, core
from personalization.rules_layout import LAYOUTS
from personalization.rules_words import WORDS

Given = Mapping[str, Any]


@dataclass(frozen=True)
class Shape:
    """`change` takes a text and the parameters; `about` and `says` make key and description of the parameters.

    `phase` orders the shapes of one text; a `raw` one sees quotations and code too, for it only adds around them."""

    phase: int
    change: Callable[[str, Given], str]
    about: Callable[[Given], str]
    says: Callable[[Given], str]
    raw: bool = False


_BEFORE_LAYOUT = 48
SHAPES: dict[str, Shape] = {name: Shape(*made) for name, made in {**LAYOUTS, **WORDS, **FRAMES}.items()}


@dataclass(frozen=True)
class Rule:
    """Transformation of the family `rule`. Two rules are equal if their parameters are."""

    shape: str
    given: Given = field(hash=False)

    @property
    def phase(self) -> int:
        return _BEFORE_LAYOUT if self.given.get("inside") else SHAPES[self.shape].phase

    @property
    def key(self) -> str:
        about = SHAPES[self.shape].about(self.given)
        return f"rule:{self.shape}:{about}" if about else f"rule:{self.shape}"

    @property
    def description(self) -> str:
        return SHAPES[self.shape].says(self.given)

    @property
    def parameters(self) -> Mapping[str, Any]:
        return {"kind": "rule", "shape": self.shape, **self.given}

    def apply(self, text: str) -> str:
        """Idempotent, and refused where a citation would be lost: see prose.settle."""
        shape = SHAPES[self.shape]

        def change(given: str) -> str:
            if shape.raw:
                return shape.change(given, self.given)
            hidden = _hidden(given)
            return hidden.reveal(shape.change(hidden.text, self.given))

        return settle(text, change)

    def undo(self, text: str) -> str:
        """`text` without the frame that this rule put around it; other shapes find their own traces."""
        if self.shape not in ("begin", "end") or not str(self.given["literal"]).strip() or self.given.get("inside"):
            return text
        inner = core(text, self.given, self.shape)
        return text if inner is None else inner


@lru_cache(1024)
def _hidden(text: str) -> Hidden:
    """Replay asks for the same text again and again."""
    return Hidden.of(text)


def restore(parameters: Given) -> Rule:
    """The rule with these parameters. Raises ValueError."""
    given = {name: value for name, value in parameters.items() if name not in ("kind", "shape")}
    rule = Rule(str(parameters.get("shape")), given)
    try:
        rule.apply("A text. Another one.")
        described = rule.description
    except (LookupError, TypeError, AttributeError, re.error) as error:
        raise ValueError(f"no rule has the parameters {dict(parameters)}: {error!r} is missing or wrong") from None
    assert described, "every shape describes itself"
    return rule
