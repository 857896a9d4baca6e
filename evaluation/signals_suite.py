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

from app import adapters
from app.settings import Settings
from evaluation.datasets import even_sample
from evaluation.errors import EvaluationError
from evaluation.progress import for_each, progress
from evaluation.reports import Report, combine
from evaluation.signals_baselines import Flags, Scores, keyword, majority
from evaluation.signals_dialogues import Rated, read_rated
from evaluation.statistics import RESAMPLES, Ratio, paired_difference
from evaluation.workplace import encoder_of, temporary_settings
from generation.port import GenerationError
from personalization.follow_ups import follow_up_likelihood
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


async def evaluate(
    data: Sequence[Path], model: Path | None = None, limit: int | None = None, *, flr: bool = False
) -> Report:
    """Figures of each set with the head in `model`, or with what ships; of `limit` messages of each. `flr`: beside
    follow-up likelihood by the generator, the stock one where it is the embedded model. Raises EvaluationError."""
    sets = {_name(path): even_sample(read_rated(path), limit) for path in data}
    with temporary_settings() as settings:
        likelihoods = {name: await follow_ups(name, rated, settings) if flr else None for name, rated in sets.items()}
        async with encoder_of(settings) as encoder:
            try:
                head = await asyncio.to_thread(open_head, model or SHIPPED, encoder.version)
            except SignalsError as error:
                raise EvaluationError(str(error)) from error
            reader = SignalReader(encoder, head)
            reports = {
                name: compare(rated, await read(name, rated, reader), likelihoods[name]) for name, rated in sets.items()
            }
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


async def follow_ups(name: str, rated: Sequence[Rated], settings: Settings) -> Judged:
    """What follow-up likelihood says of the answers before the messages: whom praise is likelier of than complaint is
    satisfied. It never sees the message itself."""
    stock = {"adapter": "stock"} if settings.llm == "local" else {}
    chosen = settings.model_copy(update=stock)
    await asyncio.to_thread(adapters.fetch_models, chosen)
    model = await asyncio.to_thread(adapters.make_model, chosen)

    async def score(one: Rated) -> float:
        return await follow_up_likelihood(model, one.utterance.before) if one.utterance.answer else 0.0

    try:
        found = np.array(await for_each(rated, score, f"{name}: follow-ups"))
    except GenerationError as error:
        raise EvaluationError(str(error)) from error
    finally:
        await model.close()
    return Judged({"satisfied": found > 0, "dissatisfied": found < 0}, -found)


def judged(signals: Sequence[Signal]) -> Judged:
    said: dict[Side, Flags] = {side: np.array([one.side == side for one in signals]) for side in SIDES}
    return Judged(said, np.array([one.dissatisfied for one in signals]))


def compare(rated: Sequence[Rated], ours: Judged, flr: Judged | None = None) -> Report:
    """Our figures at the top, the baselines' below, and by how much the F1 of each side is ahead."""
    baselines = {"majority": Judged(*majority(rated)), "keyword": Judged(*keyword(rated))}
    baselines |= {"flr": flr} if flr else {}
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
