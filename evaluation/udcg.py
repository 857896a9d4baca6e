"""UDCG: what a list of passages is worth to the generator that reads it. Knows not how the list was made.

After "Redefining retrieval evaluation in the era of LLMs" and its released code: a relevant passage counts by how
surely the generator answers from it, an irrelevant one against the list by how surely it answers all the same. There is
no discount by rank: a model reads all it is shown.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from agents.abstention import STATED
from agents.prompts import answer_prompt, is_trained, trained_prompt
from generation.port import LanguageModel
from retrieval.types import Hit

GAMMA = 1 / 3  # what an irrelevant passage weighs beside a relevant one
# As far as no answer begins alike: "The" alone does not yet decline.
_DECLINING = " ".join(STATED.split()[:4])
_RIDGE = 1.0
_NEWTON_STEPS = 50

Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Read:
    """One passage of a list: whether it is relevant, and the chance that the generator, shown it alone, declines."""

    relevant: bool
    abstention: float  # in [0, 1]

    @property
    def utility(self) -> float:
        """In [-1, 1]: an irrelevant passage distracts by the chance that the generator answers from it."""
        return (1 - self.abstention) * (1 if self.relevant else -1)


async def abstention(model: LanguageModel, question: str, hit: Hit) -> float:
    """The chance that `model` begins to decline when it is shown this passage alone, under the product's own prompt.

    One pass and no writing. Raises GenerationError."""
    prompt = trained_prompt if is_trained(model.version) else answer_prompt
    scored = await model.score(prompt(question, [hit], (), None), _DECLINING)
    return math.exp(scored.total)


def udcg(passages: Sequence[Read]) -> float:
    """The released form, in (0, 1): sigmoid of the mean over the list of the utilities, irrelevant ones times GAMMA.

    An empty list gives 0.5: it neither helps nor distracts."""
    if not passages:
        return 0.5
    weighed = [one.utility * (1 if one.relevant else GAMMA) for one in passages]
    return _sigmoid(sum(weighed) / len(weighed))


@dataclass(frozen=True)
class LearnedUdcg:
    """The learned form: a weight for a relevant and for an irrelevant passage at each rank, for one generator."""

    alphas: tuple[float, ...]
    betas: tuple[float, ...]

    def __call__(self, passages: Sequence[Read]) -> float:
        """In (0, 1); ranks beyond those that were learned count nothing."""
        return _sigmoid(float(_features(passages, len(self.alphas)) @ np.array([*self.alphas, *self.betas])))


def learn(lists: Sequence[Sequence[Read]], accurate: Sequence[float], depth: int) -> LearnedUdcg:
    """Fit 2 * depth weights to how right the answers were, each in [0, 1] (ridge logistic regression by Newton).

    Judge with lists that were not learned from."""
    if len(lists) != len(accurate) or not lists:
        raise ValueError(f"as many answers as lists are needed, not {len(accurate)} for {len(lists)}")
    features = np.stack([_features(passages, depth) for passages in lists])
    right, weights = np.asarray(accurate, dtype=float), np.zeros(2 * depth)
    for _ in range(_NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(features @ weights, -30, 30)))
        slope = features.T @ (chance - right) + _RIDGE * weights
        bend = features.T @ (features * (chance * (1 - chance))[:, None]) + _RIDGE * np.eye(2 * depth)
        step = np.linalg.solve(bend, slope)
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return LearnedUdcg(tuple(map(float, weights[:depth])), tuple(map(float, weights[depth:])))


def _features(passages: Sequence[Read], depth: int) -> Numbers:
    """The utilities of relevant passages by rank, then of irrelevant ones."""
    found = np.zeros(2 * depth)
    for rank, one in enumerate(passages[:depth]):
        found[rank + (0 if one.relevant else depth)] = one.utility
    return found


def _sigmoid(value: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(500.0, value))))
