"""How well logits select: figures of sets kept, and the thresholds that make the best of them. Knows no model."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import numpy.typing as npt

from retrieval.selector_utility import Thresholds

LOST = 0.12  # share of the answerable questions that the thresholds may leave with nothing
_UNREAD = 0.01  # share of useful passages that the first cut may lose

Logits = npt.NDArray[np.float64]
Keep = Callable[[Logits], Sequence[int]]  # places of the passages that are kept
Figures = dict[str, float]


@dataclass(frozen=True)
class Judged:
    """The logits of one question's passages; `gold` says which of them help."""

    logits: Logits
    gold: npt.NDArray[np.bool_]
    source: str

    def emptied(self) -> "Judged":
        """The same question without what answers it."""
        return Judged(self.logits[~self.gold], self.gold[~self.gold], self.source)


def figures(judged: Sequence[Judged], keep: Keep) -> Figures:
    """Means over the sources, each counting alike.

    Where something helps: F1 of what is kept, share of questions left with a gold passage, passages kept; where the
    gold ones are taken out: share of rightly empty selections."""
    by_source = [_of_one(some, keep) for some in _by_source(judged)]
    names = ("f1", "gold_kept", "empty_accuracy", "kept")
    found = {name: [one[name] for one in by_source if name in one] for name in names}
    return {name: round(sum(values) / len(values), 4) for name, values in found.items() if values} | {"n": len(judged)}


def figures_by_source(judged: Sequence[Judged], keep: Keep) -> dict[str, Figures]:
    return {some[0].source: figures(some, keep) for some in _by_source(judged)}


def best_top_k(judged: Sequence[Judged]) -> tuple[int, Figures]:
    """The fixed k with the best F1; it never keeps nothing."""

    def top(k: int) -> Keep:
        return lambda logits: np.argsort(-logits, kind="stable")[:k].tolist()

    return max(((k, figures(judged, top(k))) for k in range(1, 6)), key=lambda pair: pair[1]["f1"])


def thresholds(judged: Sequence[Judged], cheap: Sequence[Judged]) -> Thresholds:
    """The most rightly empty selections minus wrongly empty ones, at most LOST of these; then the best F1.

    `cheap` are the cheap judge's logits of the same questions."""
    unread = _quantile([one.logits[one.gold] for one in cheap if one.gold.any()], _UNREAD)
    best = [(one.logits.max(), one.source) for one in judged if one.gold.any()]
    empty = [(rest.logits.max(), one.source) for one in judged if len((rest := one.emptied()).logits)]
    candidates = np.unique(np.round([value for value, _ in (*best, *empty)], 2))
    lost = np.array([_share_below(best, value) for value in candidates])
    right = np.array([_share_below(empty, value) for value in candidates])
    abstain = float(candidates[np.argmax(np.where(lost <= LOST, right - lost, -1.0))])

    def value(pair: tuple[float, float]) -> float:
        return figures(judged, Thresholds(abstain, pair[0], pair[1], unread).kept)["f1"]

    above, drop = max(product(abstain - np.arange(0, 3.1, 0.5), np.arange(0.5, 6.1, 0.5)), key=value)
    return Thresholds(round(abstain, 3), round(float(above), 3), round(float(drop), 3), round(unread, 3))


def _of_one(judged: Sequence[Judged], keep: Keep) -> Figures:
    f1: list[float] = []
    kept: list[float] = []
    found: list[float] = []
    empty: list[float] = []
    for one in judged:
        rest = one.emptied()
        if len(rest.logits):
            empty.append(not len(keep(rest.logits)))
        if one.gold.any():
            places = list(keep(one.logits))
            right = int(one.gold[places].sum()) if places else 0
            f1.append(2 * right / (len(places) + int(one.gold.sum())))
            found.append(right > 0)
            kept.append(len(places))
    values = {"f1": f1, "gold_kept": found, "empty_accuracy": empty, "kept": kept}
    return {name: sum(some) / len(some) for name, some in values.items() if some}


def _by_source(judged: Sequence[Judged]) -> Iterator[list[Judged]]:
    for source in sorted({one.source for one in judged}):
        yield [one for one in judged if one.source == source]


def _share_below(values: Sequence[tuple[float, str]], threshold: float) -> float:
    shares = []
    for source in {source for _, source in values}:
        below = [value < threshold for value, of in values if of == source]
        shares.append(sum(below) / len(below))
    return sum(shares) / len(shares)


def _quantile(parts: Sequence[Logits], share: float) -> float:
    return float(np.quantile(np.concatenate(parts), share))
