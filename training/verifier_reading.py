"""Fits the last sum of the citation check exactly: a few weights that gradient steps are too small to move far.

Knows the model's parts and the cases; no file and no schedule.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from retrieval.verifier_model import SupportModel
from training.verifier_cases import Case

# What a kind of claim weighs. What people wrote is worth most; copied sentences, and some from elsewhere, least.
_WORTH = {"answer": 3.0, "answer taken out": 3.0, "answer elsewhere": 2.0, "conclusion": 3.0, "planted answer": 3.0}
_WORTH |= {"sentence": 0.7, "sentence elsewhere": 0.7, "sentence taken out": 1.0, "two": 0.7}
_AT_ONCE = 32
_STEPS = 30
_RIDGE = 1.0

Array = npt.NDArray[np.float64]


def fit_reading(model: SupportModel, cases: Sequence[Case]) -> list[float]:
    """Set the weights of what is read beside the judgement, by Newton's method, and return them, bias last.

    Supported and unsupported claims weigh the same, so that 0.5 stays the threshold.
    """
    claims = [(claim, case.evidence) for case in cases for claim in case.claims]
    judged, read = _parts(model, [(claim.text, evidence) for claim, evidence in claims])
    truth = np.array([claim.supported for claim, _ in claims], dtype=float)
    weight = np.array([_WORTH.get(claim.made, 1.0) for claim, _ in claims])
    for kind in (0.0, 1.0):
        weight[truth == kind] *= len(claims) / 2 / weight[truth == kind].sum()
    begin = np.append(model.head.read.weight.detach().cpu().numpy()[0], float(model.head.read.bias))
    found = _logistic(np.column_stack([read, np.ones(len(read))]), truth, weight, judged, begin.astype(float))
    with torch.no_grad():
        model.head.read.weight.copy_(torch.from_numpy(found[None, :-1]))
        model.head.read.bias.fill_(float(found[-1]))
    return [round(float(value), 3) for value in found]


def _parts(model: SupportModel, pairs: Sequence[tuple[str, str]]) -> tuple[Array, Array]:
    judged, read = [], []
    with torch.inference_mode():
        for start in range(0, len(pairs), _AT_ONCE):
            some = model.parts(model.prepare(pairs[start : start + _AT_ONCE]))
            judged.append(some[0].cpu().numpy())
            read.append(some[1].cpu().numpy())
    return np.concatenate(judged).astype(float), np.concatenate(read).astype(float)


def _logistic(x: Array, truth: Array, weight: Array, offset: Array, begin: Array) -> Array:
    """Newton's method with a ridge, next to none on the bias; begun far from the end it would run away."""
    ridge: npt.NDArray[Any] = np.diag([*[_RIDGE] * (x.shape[1] - 1), 1e-3])
    beta = begin.copy()
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-(x @ beta + offset)))
        curvature = (x * (weight * chance * (1 - chance))[:, None]).T @ x + ridge
        beta += np.linalg.solve(curvature, x.T @ (weight * (truth - chance)) - ridge @ beta)
    return beta
