"""Whether what a language model concluded from an edit is worth saying: kept only if drafts written with it cost less.

Knows no transformation. For models that follow instructions; others are only confused by them.
"""

from dataclasses import dataclass
from statistics import fmean

from personalization.ports import Vectors

CLOSE = 0.375  # least cosine of contexts that are compared
_TRIED = 2  # drafts after which a description has to have paid


@dataclass(frozen=True)
class Trial:
    """One draft: where, what it was written with, and its normalised edit cost."""

    context: Vectors
    description: str | None
    cost: float


@dataclass(frozen=True)
class Conclusion:
    context: Vectors
    description: str


def wanted(conclusions: list[Conclusion], trials: list[Trial], here: Vectors) -> str | None:
    """The nearest description that is new or has paid: drafts in such contexts cost less with it than without any."""
    near = [one for one in trials if float(one.context @ here) >= CLOSE]
    without = [one.cost for one in near if one.description is None]
    closeness = {at: float(one.context @ here) for at, one in enumerate(conclusions)}
    for at in sorted(closeness, key=lambda place: (-closeness[place], -place)):
        if closeness[at] < CLOSE:
            break
        description = conclusions[at].description
        costs = [one.cost for one in near if one.description == description]
        if len(costs) < _TRIED or not without or fmean(costs) < fmean(without):
            return description
    return None
