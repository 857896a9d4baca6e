"""What clicks say of passages, once it is allowed for that people look at what stands first. Knows no text.

The position-based model P(click) = P(seen at the place) P(opened | helps or not), fitted by expectation-maximisation
as in Wang et al. 2018 (Position Bias Estimation for Unbiased Learning to Rank in Personal Search, section 4): a
passage that stood far down and was not opened was most likely not seen, and one that stood first and was not opened
has been seen and left. Instead of weighing a click by one over its propensity, which one click far down blows up, the
propensity stands in the likelihood of every impression, opened or not.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LEAST_CLICKS = 30  # below them the places cannot be told from what stands there
HALF_LIFE = 180.0  # days after which an impression counts half: what helps changes, how people look does not
ONE_VOICE = 2.0  # what one person's impressions of a passage for a question count together, however many they are
_ITERATIONS = 50
_PRIOR = 0.2
_SEEN = (0.02, 0.99)
_OPENED, _MISTAKEN = (0.05, 0.95), (0.01, 0.9)
_SURE = (0.005, 0.9)

Floats = npt.NDArray[np.float64]
Pair = tuple[str, str]  # question, passage


@dataclass(frozen=True)
class Impression:
    """A passage shown for a question at a place of the list, counted from 1, and whether it was opened."""

    question: str
    passage: str
    place: int
    opened: bool
    person: str
    days_ago: float = 0.0


@dataclass(frozen=True)
class ClickModel:
    """Chances: that each place is looked at, against the first; that what was seen is opened, if it helps or not."""

    seen: tuple[float, ...]
    opened: float
    mistaken: float


@dataclass(frozen=True)
class Judged:
    """The model, and for each pair that was shown the chance that the passage helps with the question.

    `evidence`: how many times likelier what people did with a pair is if its passage helps than if not; below 1 they
    saw it and left it. Of a passage that nobody can have seen it is 1, however little its place promises.
    """

    model: ClickModel
    helps: Mapping[Pair, float]
    evidence: Mapping[Pair, float]


@dataclass(frozen=True)
class _Table:
    """The impressions as columns: the pair's number, the place from 0, 1 where it was opened, how much it counts."""

    pair: npt.NDArray[np.intp]
    place: npt.NDArray[np.intp]
    opened: Floats
    counts: Floats
    fresh: Floats  # how much of that is left where older ones count less
    first: npt.NDArray[np.intp]  # of each pair: the place it was first shown at


def judge(impressions: Sequence[Impression]) -> Judged | None:
    """Fit the model and read every pair with it; None where too few were opened to tell anything."""
    if sum(one.opened for one in impressions) < LEAST_CLICKS:
        return None
    pairs = list(dict.fromkeys((one.question, one.passage) for one in impressions))
    table = _table(impressions, pairs)
    places = int(table.place.max()) + 1
    model = ClickModel(tuple(1 / np.sqrt(np.arange(1, places + 1))), 0.8, 0.2)
    prior = np.full(len(pairs), _PRIOR)
    for _ in range(_ITERATIONS):
        helps = _chance(prior, _evidence(table, model, table.counts))
        model = _likeliest(table, model, helps)
        prior = _prior(table, helps, places)
    evidence = _evidence(table, model, table.counts * table.fresh)
    read = _chance(prior, evidence), np.exp(np.clip(evidence, -50, 50))
    helps_now, likelier = (dict(zip(pairs, values.tolist(), strict=True)) for values in read)
    return Judged(model, helps_now, likelier)


def _table(impressions: Sequence[Impression], pairs: Sequence[Pair]) -> _Table:
    numbers = {pair: number for number, pair in enumerate(pairs)}
    voices = Counter((one.person, one.question, one.passage) for one in impressions)
    pair = np.array([numbers[one.question, one.passage] for one in impressions])
    place = np.array([one.place - 1 for one in impressions])
    first = np.zeros(len(pairs), dtype=np.intp)
    first[pair[::-1]] = place[::-1]  # the last one written is the first one shown
    said = [voices[one.person, one.question, one.passage] for one in impressions]
    counts = np.minimum(1.0, ONE_VOICE / np.array(said))
    fresh = 0.5 ** (np.array([one.days_ago for one in impressions]) / HALF_LIFE)
    return _Table(pair, place, np.array([float(one.opened) for one in impressions]), counts, fresh, first)


def _evidence(table: _Table, model: ClickModel, counts: Floats) -> Floats:
    """Of each pair: the logarithm of how much likelier all its impressions are if its passage helps than if not."""
    seen = np.array(model.seen)[table.place]
    helps, not_ = seen * model.opened, seen * model.mistaken
    said = np.where(table.opened > 0, np.log(helps / not_), np.log((1 - helps) / (1 - not_)))
    evidence: Floats = np.bincount(table.pair, counts * said, len(table.first)).astype(np.float64)
    return evidence


def _chance(prior: Floats, evidence: Floats) -> Floats:
    """The chance that each pair's passage helps, given all its impressions."""
    chance: Floats = 1 / (1 + np.exp(-np.clip(np.log(prior / (1 - prior)) + evidence, -50, 50)))
    return chance


def _likeliest(table: _Table, model: ClickModel, helps: Floats) -> ClickModel:
    """What was opened has been seen; of the rest the chance that it was, under the model so far."""
    seen, sure = np.array(model.seen)[table.place], helps[table.pair]
    if_helps, if_not = (
        np.where(table.opened > 0, 1.0, seen * (1 - rate) / (1 - seen * rate))
        for rate in (model.opened, model.mistaken)
    )
    looked = table.counts * (sure * if_helps + (1 - sure) * if_not)
    by_place = np.bincount(table.place, looked) / np.maximum(np.bincount(table.place, table.counts), 1e-9)
    opened = (table.counts * sure * table.opened).sum() / max((table.counts * sure * if_helps).sum(), 1e-9)
    rest = table.counts * (1 - sure)
    mistaken = (rest * table.opened).sum() / max((rest * if_not).sum(), 1e-9)
    return ClickModel(
        tuple(np.clip(by_place / max(by_place[0], 1e-9), *_SEEN)),
        float(np.clip(opened, *_OPENED)),
        float(np.clip(min(mistaken, opened), *_MISTAKEN)),
    )


def _prior(table: _Table, helps: Floats, places: int) -> Floats:
    """How often what was first shown at a place helps: the ranking's own opinion, by which a first click is read."""
    sure, shown = np.bincount(table.first, helps, places), np.bincount(table.first, minlength=places)
    prior: Floats = np.clip((sure + _PRIOR) / (shown + 1), *_SURE)[table.first]
    return prior
