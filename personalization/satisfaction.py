"""One chance that a person was content with an answer, from all that they did and said. Pure; knows no log.

A logistic combination: each piece of evidence moves the log-odds by its weight, and what is not known moves nothing.
The weights are declared, not learned: nothing here was fitted to anybody's satisfaction, as no data that may be fitted
to has votes, clicks and messages of the same answers. `Calibration` is what can be learned: from the votes of an
installation, how far the rest of the evidence is to be believed there.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np

VERSION = "declared-1"
CALIBRATED = f"{VERSION}+"  # what versions begin with that votes have taught


@dataclass(frozen=True)
class Evidence:
    """What is known of one answer. Counts and shares are not negative; None: nothing is known."""

    vote: float | None = None  # 1 up, -1 down
    compared: float | None = None  # 1 preferred to another answer, -1 not, 0 as good
    edit_cost: float | None = None  # share of the words that the person changed, 0 to 1
    sources_helped: int = 0
    sources_wrong: int = 0
    copied: bool = False
    citations_opened: bool = False
    regenerated: bool = False
    stopped: bool = False
    abandoned: bool = False
    reasked: bool = False
    next_message: float | None = None  # log-odds of satisfied against dissatisfied, by the head
    follow_ups: float | None = None  # FLR, nats per token
    rubric: float | None = None  # from -1 to 1

    @property
    def known(self) -> dict[str, float]:
        """By name, what is there and says something."""
        return {name: float(value) for name, value in asdict(self).items() if value}


# Log-odds per unit; the sign says whether more of it speaks for or against. An explicit vote is nearly the answer
# itself. A copy is wanted text; an opened citation is interest or doubt. A message is believed half as much as its
# head says: its chances are too sure on people's own talks (docs/decisions/017). FLR is weak evidence (023).
WEIGHTS: Mapping[str, float] = {
    "vote": 3.5,
    "compared": 1.5,
    "edit_cost": -3.0,
    "sources_helped": 0.6,
    "sources_wrong": -0.8,
    "copied": 1.2,
    "citations_opened": 0.2,
    "regenerated": -1.5,
    "stopped": -0.8,
    "abandoned": -0.6,
    "reasked": -1.5,
    "next_message": 0.5,
    "follow_ups": 0.3,
    "rubric": 1.5,
}
_PRIOR = 0.8  # log-odds without any evidence: most answers are taken without a word
_BOUNDS: Mapping[str, float] = {"next_message": 4.0, "follow_ups": 2.0, "sources_helped": 3.0, "sources_wrong": 3.0}


@dataclass(frozen=True)
class Calibration:
    """chance = sigmoid(slope * log-odds + offset). `n` votes taught it; 0: it changes nothing."""

    slope: float = 1.0
    offset: float = 0.0
    n: int = 0

    @property
    def version(self) -> str:
        return f"{CALIBRATED}{self.n}" if self.n else VERSION


DECLARED = Calibration()


def is_calibrated(version: str) -> bool:
    """Whether chances of this version were held against the votes of the installation that they are of."""
    return version.startswith(CALIBRATED)


def log_odds(evidence: Evidence) -> float:
    """Of content against not, by the declared weights."""
    total = _PRIOR
    for name, value in evidence.known.items():
        bound = _BOUNDS.get(name, 1.0)
        total += WEIGHTS[name] * max(-bound, min(bound, value))
    return total


def chance(evidence: Evidence, calibration: Calibration = DECLARED) -> float:
    """That the person was content, from 0 to 1."""
    return _sigmoid(calibration.slope * log_odds(evidence) + calibration.offset)


def without_vote(evidence: Evidence) -> Evidence:
    """What would be known if nobody had voted: a vote must not foretell itself."""
    return replace(evidence, vote=None)


LEAST = 100  # votes that teach a calibration


def calibrated(voted: Sequence[tuple[Evidence, bool]]) -> Calibration:
    """Platt's two numbers (Platt 1999, with his smoothed targets), fitted to votes from all the other evidence; what is
    declared below `LEAST` votes, or where nobody ever voted otherwise. The slope is never below 0: evidence that an
    installation's people contradict is worth nothing there, and never turned round."""
    ups = sum(up for _, up in voted)
    if len(voted) < LEAST or ups in {0, len(voted)}:
        return DECLARED
    odds = np.array([log_odds(without_vote(evidence)) for evidence, _ in voted])
    high, low = (ups + 1) / (ups + 2), 1 / (len(voted) - ups + 2)
    target = np.array([high if up else low for _, up in voted])
    theta, design = np.array([1.0, 0.0]), np.stack([odds, np.ones_like(odds)], 1)
    for _ in range(50):  # Newton; convex, so it ends where it ends
        found = 1 / (1 + np.exp(-np.clip(design @ theta, -30, 30)))
        gradient = design.T @ (found - target) + 1e-3 * (theta - [1.0, 0.0])
        curvature = (design * (found * (1 - found))[:, None]).T @ design + 1e-3 * np.eye(2)
        theta = theta - np.linalg.solve(curvature, gradient)
    if theta[0] < 0:
        return Calibration(0.0, math.log(target.mean() / (1 - target.mean())), len(voted))
    return Calibration(float(theta[0]), float(theta[1]), len(voted))


def _sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, x))))
