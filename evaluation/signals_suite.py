"""`attune eval signals`: are satisfied and dissatisfied messages told from all others, beside majority and key words.

A side is one of two classes against all other rated messages; `auc` is dissatisfied's. Intervals resample whole
conversations: the messages of one are rated by the same people, and go well or badly together.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.errors import EvaluationError
from evaluation.progress import progress
from evaluation.reports import Report, combine
from evaluation.signals_baselines import Flags, Scores, keyword, majority
from evaluation.signals_dialogues import Rated, read_rated
from evaluation.statistics import RESAMPLES, Ratio, paired_difference
from evaluation.workplace import encoder_of, temporary_settings
from personalization.signals import Side, Signal
from personalization.signals_head import SHIPPED, SignalsError
from personalization.signals_reader import SignalReader, open_head

_AT_ONCE = 256  # messages encoded before progress is told
SIDES: tuple[Side, ...] = ("satisfied", "dissatisfied")


@dataclass(frozen=True)
class Judged:
    """What somebody says of each message: of which side it is, and a score of dissatisfaction."""

    said: Mapping[Side, Flags]
    scores: Scores


async def evaluate(data: Sequence[Path], model: Path | None = None) -> Report:
    """Figures of each set with the head in `model`, or with what ships. Raises EvaluationError."""
    sets = {_name(path): read_rated(path) for path in data}
    with temporary_settings() as settings:
        async with encoder_of(settings) as encoder:
            try:
                head = await asyncio.to_thread(open_head, model or SHIPPED, encoder.version)
            except SignalsError as error:
                raise EvaluationError(str(error)) from error
            reader = SignalReader(encoder, head)
            reports = {name: compare(rated, await read(name, rated, reader)) for name, rated in sets.items()}
    return combine(reports) | {"versions": {"signals": head.version, "encoder": head.encoder}}


async def read(name: str, rated: Sequence[Rated], reader: SignalReader) -> Judged:
    found: list[Signal] = []
    with progress(name, len(rated)) as advance:
        for start in range(0, len(rated), _AT_ONCE):
            batch = rated[start : start + _AT_ONCE]
            found += await reader.read([one.utterance for one in batch])
            for _ in batch:
                advance()
    return judged(found)


def judged(signals: Sequence[Signal]) -> Judged:
    said: dict[Side, Flags] = {side: np.array([one.side == side for one in signals]) for side in SIDES}
    return Judged(said, np.array([one.dissatisfied for one in signals]))


def compare(rated: Sequence[Rated], ours: Judged) -> Report:
    """Our figures at the top, the baselines' below, and by how much the F1 of each side is ahead."""
    baselines = {"majority": Judged(*majority(rated)), "keyword": Judged(*keyword(rated))}
    report = figures(rated, ours) | {
        "n": len(rated),
        "conversations": len({one.conversation for one in rated}),
        "share": {side: float(_truth(rated, side).mean()) for side in SIDES},
        "baselines": {name: figures(rated, one) for name, one in baselines.items()},
        "intervals": _intervals(rated, ours),
    }
    ahead = {
        name: {f"{side}_f1": paired_difference(_f1(rated, ours, side), _f1(rated, one, side)) for side in SIDES}
        for name, one in baselines.items()
    }
    return report | {"differences": ahead}


def figures(rated: Sequence[Rated], judged: Judged) -> Report:
    """Precision, recall and F1 of each side, and the area under the curve of dissatisfied."""
    found: dict[str, Any] = {}
    for side in SIDES:
        truth, said = _truth(rated, side), judged.said[side]
        both = int((truth & said).sum())
        precision = both / int(said.sum()) if said.any() else None
        recall = both / int(truth.sum()) if truth.any() else None
        found[side] = {"precision": precision, "recall": recall, "f1": _f1(rated, judged, side).value}
    return found | {"auc": area(_truth(rated, "dissatisfied"), judged.scores)}


def area(truth: Flags, scores: Scores, weights: npt.NDArray[Any] | None = None) -> float | None:
    """The chance that a true one scores higher than another; ties count half. `weights`: how often each counts."""
    weights = np.ones(len(truth)) if weights is None else weights
    _, places = np.unique(scores, return_inverse=True)
    above, below = np.bincount(places, weights * truth), np.bincount(places, weights * ~truth)
    pairs = above.sum() * below.sum()
    return float((above * (np.cumsum(below) - below / 2)).sum() / pairs) if pairs else None


def _truth(rated: Sequence[Rated], side: Side) -> Flags:
    return np.array([one.side == side for one in rated])


def _f1(rated: Sequence[Rated], judged: Judged, side: Side) -> Ratio:
    """As a sum over a sum, a pair for each conversation."""
    truth, said = _truth(rated, side).astype(int), judged.said[side].astype(int)
    places = _places(rated)
    return Ratio((2 * np.bincount(places, truth * said)).tolist(), np.bincount(places, truth + said).tolist())


def _places(rated: Sequence[Rated]) -> npt.NDArray[np.intp]:
    """Which conversation each message belongs to, by number."""
    return np.unique([one.conversation for one in rated], return_inverse=True)[1]


def _intervals(rated: Sequence[Rated], ours: Judged) -> Report:
    truth, places, rng = _truth(rated, "dissatisfied"), _places(rated), np.random.default_rng(0)
    count = int(places.max()) + 1
    drawn = [np.bincount(rng.integers(0, count, count), minlength=count)[places] for _ in range(RESAMPLES)]
    areas = [found for weights in drawn if (found := area(truth, ours.scores, weights)) is not None]
    of_auc = [float(end) for end in np.quantile(areas, [0.025, 0.975])] if areas else None
    sides = {f"{side}_f1": _f1(rated, ours, side).interval() for side in SIDES}
    return {"auc": of_auc} | sides


def _name(path: Path) -> str:
    return path.name if path.is_dir() else f"{path.parent.name}/{path.name}"
