"""What is known of a person: how an edit changes it, and what of it holds here. Knows neither SQL nor models."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from personalization.ports import ContextEdit, Guidance, Preference, Vectors
from personalization.transformations import rendering

HOLDS = 0.5  # vector @ here from which a preference holds
SURE = 0.4  # confidence from which a preference is used


@dataclass(frozen=True)
class Chosen:
    """What holds in one context; `used` are indices into the preferences that were known."""

    guidance: Guidance
    used: tuple[int, ...] = ()


def learn(known: Sequence[Preference], edits: Sequence[ContextEdit], new: ContextEdit) -> list[Preference]:
    """All preferences after `new`, given those before it and the person's `edits` without it, oldest first."""
    return list(known)


def guide(known: Sequence[Preference], here: Vectors) -> Chosen:
    """What holds for the context with the unit vector `here`, shape (dimension,): of each key the nearest one."""
    if not known:
        return Chosen(Guidance())
    vectors = np.stack([one.vector for one in known])
    everywhere = ~vectors.any(axis=1)
    scores = np.where(everywhere, np.inf, vectors @ here)
    best: dict[str, int] = {}
    for at in map(int, np.flatnonzero(scores >= HOLDS)):
        key = known[at].transformation.key
        if known[at].confidence >= SURE and (key not in best or scores[at] > scores[best[key]]):
            best[key] = at
    used = tuple(sorted(best.values()))
    if not used:
        return Chosen(Guidance())
    chosen = [known[at].transformation for at in used]
    return Chosen(Guidance("; ".join(one.description for one in chosen), render=rendering(chosen)), used)
