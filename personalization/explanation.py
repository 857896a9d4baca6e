"""Which transformations together explain edits best: greedy choice by replay. Knows no context and no preference."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from personalization.ports import ContextEdit, Transformation
from personalization.proposals import distinct
from personalization.replay import Replay

Propose = Callable[[str, str], Sequence[Transformation]]

_ROUNDS = 3  # times that what is left to edit is looked at again
_SMALLEST = 0.5  # weighted tokens that a transformation must save to be worth having
_AIM = 0.5  # share of the tokens that a transformation changes which must bring a text closer
_POOL = 40  # candidates that are tried in company, the most promising alone


@dataclass(frozen=True)
class Weighted:
    edit: ContextEdit
    weight: float


def explain(
    replay: Replay, edits: Sequence[Weighted], known: Sequence[Transformation], propose: Propose
) -> list[Transformation]:
    """The set that saves most on `edits`, of `known` and of what the first of the edits suggests."""
    new, chosen, pool = edits[0].edit, list[Transformation](), list(known)
    for _ in range(_ROUNDS):
        left = replay.done(new.written, chosen)
        pool = distinct([*pool, *propose(left, new.edited)])
        more = _greedy(replay, edits, pool, chosen)
        if more == chosen:
            break
        chosen = more
    return _pruned(replay, edits, chosen)


def total(replay: Replay, edits: Sequence[Weighted], transformations: Sequence[Transformation]) -> float:
    """Weighted tokens that would have been left to edit."""
    return sum(one.weight * replay.cost(one.edit, transformations) for one in edits)


def joined(chosen: Sequence[Transformation], one: Transformation) -> list[Transformation]:
    """`one` in company: what it is about, nothing else is."""
    return [*(other for other in chosen if other.key != one.key), one]


def _effort(replay: Replay, edits: Sequence[Weighted], chosen: Sequence[Transformation], one: Transformation) -> float:
    return sum(each.weight * replay.effort(each.edit, chosen, joined(chosen, one)) for each in edits)


def _greedy(
    replay: Replay, edits: Sequence[Weighted], pool: Sequence[Transformation], start: Sequence[Transformation]
) -> list[Transformation]:
    """The best first; a gain counted in smaller company is an estimate that is counted again only when it leads."""
    chosen = list(start)
    cost = total(replay, edits, chosen)
    gains = [(cost - total(replay, edits, joined(chosen, one)), one) for one in pool if one not in chosen]
    waiting = sorted((pair for pair in gains if pair[0] > 0), key=lambda pair: -pair[0])[:_POOL]
    while waiting:
        _, best = waiting.pop(0)
        gain = cost - total(replay, edits, joined(chosen, best))
        if waiting and gain < waiting[0][0]:
            if gain > 0:
                waiting.append((gain, best))
                waiting.sort(key=lambda pair: -pair[0])
            continue
        if gain >= max(_SMALLEST, _AIM * _effort(replay, edits, chosen, best)):
            chosen, cost = joined(chosen, best), cost - gain
    return chosen


def _pruned(replay: Replay, edits: Sequence[Weighted], chosen: Sequence[Transformation]) -> list[Transformation]:
    """Without those that others have made needless."""
    kept = list(chosen)
    for one in chosen:
        rest = [other for other in kept if other != one]
        if total(replay, edits, rest) - total(replay, edits, kept) < _SMALLEST:
            kept = rest
    return kept
