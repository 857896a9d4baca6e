"""Utility as a passage's part in an answer's likelihood, by leaving random passages out. Knows no other method.

SCARLet (arXiv 2504.00573 and its code): 64 random masks, each passage kept with chance one half, ridge regression of
the answer's log-probability on the masks, and three clusters of the coefficients.
"""

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from training.annotation import Asked, Metered, text_of
from training.annotation_gain import reference
from training.annotation_prompts import evidence_prompt

Numbers = npt.NDArray[np.float64]
_RIDGE = 1.0


class Attribution:
    """1 for the passages of the upper cluster, 0 for those of the lower; those between are not judged, nor is a
    question whose upper cluster is as large as its lower."""

    method = "attribution"

    def __init__(self, masks: int = 64, seed: int = 0) -> None:
        self._masks, self._seed = masks, seed

    async def utilities(self, asked: Asked, model: Metered) -> Sequence[float | None]:
        answer = await reference(asked, model)
        if not answer or len(asked.passages) < 3:
            return [None] * len(asked.passages)
        texts = [text_of(passage) for passage in asked.passages]
        masks = self._drawn(asked.id, len(texts))
        gained = []
        for mask in masks:
            kept = [text for text, stays in zip(texts, mask, strict=True) if stays]
            gained.append((await model.score(evidence_prompt(asked.question, kept), answer)).total)
        clusters = three_clusters(ridge(masks, np.array(gained)))
        upper, lower = int((clusters == 2).sum()), int((clusters == 0).sum())
        if upper >= lower:
            return [None] * len(texts)
        return [{0: 0.0, 1: None, 2: 1.0}[int(cluster)] for cluster in clusters]

    def _drawn(self, identity: str, count: int) -> Numbers:
        rng = random.Random(f"{self._seed}/{identity}")
        return np.array([[float(rng.random() < 0.5) for _ in range(count)] for _ in range(self._masks)])


def ridge(masks: Numbers, values: Numbers) -> Numbers:
    """Coefficients of each column of `masks`, shape (n, k), for `values`, with a free intercept; unweighted."""
    centred, wanted = masks - masks.mean(axis=0), values - values.mean()
    found: Numbers = np.linalg.solve(centred.T @ centred + _RIDGE * np.eye(masks.shape[1]), centred.T @ wanted)
    return found


def three_clusters(values: Numbers) -> npt.NDArray[np.int64]:
    """0, 1 or 2 for each value, bigger for bigger ones: the cut into three runs of least squared error, which in one
    dimension can be looked for among all. Fewer than three different values are all 1: nothing tells them apart."""
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    found = np.ones(len(values), dtype=np.int64)
    if len(np.unique(values)) < 3:
        return found

    def error(first: int, last: int) -> float:
        run = ordered[first:last]
        return float(((run - run.mean()) ** 2).sum())

    size = len(values)
    cuts = [(a, b) for a in range(1, size - 1) for b in range(a + 1, size)]
    low, high = min(cuts, key=lambda cut: error(0, cut[0]) + error(cut[0], cut[1]) + error(cut[1], size))
    found[order[:low]], found[order[high:]] = 0, 2
    return found
