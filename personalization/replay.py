"""What a set of transformations would have saved on past edits, and how sure that makes one. Knows no context.

Gain is counted in tokens of edit cost (personalization/edit_cost.py): cost(written -> edited) - cost(done(written) ->
edited).
"""

import math
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from personalization.edit_cost import tokens
from personalization.ports import ContextEdit, Transformation
from personalization.transformations import in_order, once

DECAY = 0.8  # weight of a piece of evidence for each later one
_ONE_SIDED_80 = 0.8416  # quantile of the normal distribution


class Replay:
    """Counts costs, each once. One serves one call: it remembers every text it has seen."""

    def __init__(self) -> None:
        self._tokens: dict[str, list[str]] = {}
        self._costs: dict[tuple[str, str], int] = {}
        self._done: dict[tuple[str, tuple[int, ...]], str] = {}
        self._applied: dict[tuple[int, str], str] = {}
        self._known: list[Transformation] = []  # keeps identities from being used twice

    def done(self, text: str, transformations: Sequence[Transformation]) -> str:
        """All of them done to a text, in order."""
        ordered = in_order(transformations)
        request = (text, tuple(map(id, ordered)))
        if request not in self._done:
            self._known += ordered
            self._done[request] = once(ordered, text, self._apply)
        return self._done[request]

    def _apply(self, transformation: Transformation, text: str) -> str:
        request = (id(transformation), text)
        if request not in self._applied:
            self._applied[request] = transformation.apply(text)
        return self._applied[request]

    def effort(self, edit: ContextEdit, before: Sequence[Transformation], after: Sequence[Transformation]) -> int:
        """How many tokens differ between what two sets make of an edit's draft."""
        return self._distance(self.done(edit.written, before), self.done(edit.written, after))

    def cost(self, edit: ContextEdit, transformations: Sequence[Transformation] = ()) -> int:
        """What would have been left to edit."""
        return self._distance(self.done(edit.written, transformations), edit.edited)

    def gain(self, edit: ContextEdit, transformation: Transformation, company: Sequence[Transformation] = ()) -> int:
        """What one more transformation saves in company; those of its own key step back for it."""
        others = [one for one in company if one != transformation]
        rivals = [one for one in others if one.key != transformation.key]
        without = others if transformation not in company else rivals
        return self.cost(edit, without) - self.cost(edit, [*rivals, transformation])

    def _distance(self, one: str, other: str) -> int:
        if (one, other) not in self._costs:
            self._costs[one, other] = Levenshtein.distance(self._split(one), self._split(other))
        return self._costs[one, other]

    def _split(self, text: str) -> list[str]:
        if text not in self._tokens:
            self._tokens[text] = tokens(text)
        return self._tokens[text]


def lower_bound(outcomes: Sequence[bool]) -> float:
    """The lower end of Wilson's one-sided 80 % interval of the probability of success; a later outcome weighs more.

    `outcomes` oldest first. One success: 0.59; one success and then a failure: less than 0.25."""
    weights = [DECAY**age for age in range(len(outcomes) - 1, -1, -1)]
    count = sum(weights)
    if not count:
        return 0.0
    share = sum(weight for weight, success in zip(weights, outcomes, strict=True) if success) / count
    square = _ONE_SIDED_80**2
    middle = share + square / (2 * count)
    spread = _ONE_SIDED_80 * math.sqrt(share * (1 - share) / count + square / (4 * count**2))
    return (middle - spread) / (1 + square / count)
