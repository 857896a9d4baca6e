"""Fits the linear head of signals: multinomial logistic regression, cross-fitted by family to be judged and calibrated.

Knows numbers and kinds, not messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from personalization.signals import Side, side_of
from personalization.signals_features import NAMES

Matrix = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FOLDS = 10
_STEPS = 200  # of L-BFGS at most; the loss is convex
SIDES: tuple[Side, ...] = ("satisfied", "dissatisfied", "neutral")


@dataclass(frozen=True)
class Options:
    """What was chosen on the families that a fit did not see; see docs/decisions/017."""

    decay: float = 0.05  # of the squared weights, features at unit scale
    vector_weight: float = 0.5  # of the encoder's vector beside the named features


@dataclass(frozen=True)
class Linear:
    """logits = weight x + bias, on features as they come."""

    weight: Matrix
    bias: Matrix

    def logits(self, features: Matrix) -> Matrix:
        found: Matrix = features @ self.weight.T + self.bias
        return found

    def cooled(self, temperature: float) -> "Linear":
        return Linear(self.weight / temperature, self.bias / temperature)


def fit(features: Matrix, targets: npt.NDArray[np.intp], classes: int, options: Options) -> Linear:
    """The minimum, which is one: the result depends on no seed."""
    centre, scale = _scale(features, options)
    x = torch.from_numpy((features - centre) * scale)
    y = torch.from_numpy(targets)
    weight = torch.zeros(classes, x.shape[1], dtype=torch.float64, requires_grad=True)
    bias = torch.zeros(classes, dtype=torch.float64, requires_grad=True)
    steps = torch.optim.LBFGS([weight, bias], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        steps.zero_grad()
        found = torch.nn.functional.cross_entropy(x @ weight.T + bias, y) + options.decay * weight.square().sum() / 2
        found.backward()
        return found

    steps.step(loss)
    learned = weight.detach().numpy() * scale
    return Linear(learned, bias.detach().numpy() - learned @ centre)


def cross_fit(
    features: Matrix, targets: npt.NDArray[np.intp], families: Sequence[str], classes: int, options: Options
) -> Matrix:
    """Logits of each message by a fit that saw nothing of its family."""
    fold = folds(families)
    logits = np.zeros((len(targets), classes))
    for number in range(FOLDS):
        out = fold == number
        if out.any():
            logits[out] = fit(features[~out], targets[~out], classes, options).logits(features[out])
    return logits


def folds(families: Sequence[str]) -> npt.NDArray[np.intp]:
    """A fold for each message, whole families together, the largest first into the emptiest."""
    names, sizes = np.unique(list(families), return_counts=True)
    filled = np.zeros(FOLDS, dtype=np.intp)
    of_family: dict[str, int] = {}
    for place in np.argsort(-sizes, kind="stable"):
        emptiest = int(filled.argmin())
        of_family[str(names[place])] = emptiest
        filled[emptiest] += sizes[place]
    return np.array([of_family[family] for family in families])


def temperature(logits: Matrix, targets: npt.NDArray[np.intp]) -> float:
    """What the logits are to be divided by so that chances are right (Guo et al. 2017), on a grid of 5 %."""
    grid = [1.05**step for step in range(-30, 31)]
    return min(grid, key=lambda one: -_log_chances(logits / one)[np.arange(len(targets)), targets].mean())


def sides(logits: Matrix, kinds: Sequence[str]) -> dict[Side, Matrix]:
    """The chance of each side."""
    chances = np.exp(_log_chances(logits))
    return {side: chances[:, [side_of(kind) == side for kind in kinds]].sum(axis=1) for side in SIDES}


def calibration(chances: Matrix, truth: Flags, bins: int = 10) -> float:
    """Expected calibration error over bins of equal width."""
    places = np.minimum((chances * bins).astype(int), bins - 1)
    gaps = [abs(chances[places == one].sum() - truth[places == one].sum()) for one in range(bins)]
    return float(sum(gaps) / len(truth))


def _scale(features: Matrix, options: Options) -> tuple[Matrix, Matrix]:
    """Named features at unit variance, rare ones not blown up; the vector's parts by its length, which is one."""
    centre, spread = features.mean(axis=0), features.std(axis=0)
    scale = 1 / np.maximum(spread, 0.1)
    scale[len(NAMES) :] = options.vector_weight * np.sqrt(features.shape[1] - len(NAMES))
    return centre, scale


def _log_chances(logits: Matrix) -> Matrix:
    shifted = logits - logits.max(axis=1, keepdims=True)
    found: Matrix = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return found
