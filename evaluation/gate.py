"""Whether a challenger may take the champion's place, judged from what both did with the same questions. Runs nothing.

The primary metric (retriever: nDCG@10; generator and selector: the mean of accuracy and F1; verifier: balanced accuracy
of claims) has to be better: the 95 % bootstrap interval of the paired difference lies above 0. No guard may be worse:

latency            the median of the ratio of their times over questions that both answer or both decline, asked one
                   right after the other: at most LATENCY; a machine that is busy for a while is busy for both
answered_rate      of the answerable questions, those answered: at most RATE points fewer
false_answer_rate  of the unanswerable ones, those answered: at most RATE points more
groups             where questions name a group or a person: no group of GROUP or more loses more than LOSS points of
                   the primary metric unless chance explains it (one interval for all groups together: Bonferroni)
handed_over        of the questions put to a retriever, those for which the selector keeps any passage: at most RATE
                   points fewer
short, early,      of the five passages that a retriever puts first, the share with fewer words than three quarters of
literal            the corpus, the share that opens its text (among those from texts cut into several), and the share
                   with at least three quarters of the question's stems: at most BIAS points more. A retriever fitted to
                   labels of its own making drifts that way before any metric shows it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from evaluation.reports import Report
from evaluation.statistics import Ratio, paired_difference

LATENCY = 1.25
RATE = 0.05
GROUP, LOSS = 10, 0.10
BIAS = 0.05
LEAST = 30  # questions that count; the interval of fewer is narrower than it ought to be


@dataclass(frozen=True)
class Pair:
    """One question's primary metric for both, in [0, 1], with what it weighs: 0 where it cannot be graded."""

    champion: float
    challenger: float
    weight: float = 1.0
    group: str | None = None


@dataclass(frozen=True)
class Guard:
    """One thing that must not be worse; `complaint` says in a sentence how it is."""

    name: str
    figures: Mapping[str, Any]
    complaint: str | None = None


@dataclass(frozen=True)
class Judgement:
    """What both did, with every figure, and why the challenger is refused, if it is."""

    report: Report
    reasons: tuple[str, ...]

    @property
    def accepted(self) -> bool:
        return not self.reasons


def judge(metric: str, pairs: Sequence[Pair], guards: Sequence[Guard]) -> Judgement:
    """The verdict on one challenger."""
    primary = _primary(metric, pairs)
    checked = [*guards, *([groups] if (groups := group_guard(metric, pairs)) else [])]
    reasons = tuple(one.complaint for one in (primary, *checked) if one.complaint)
    report = {
        "metric": metric,
        "n": primary.figures["n"],
        "primary": dict(primary.figures),
        "guards": {one.name: {**one.figures, "passed": one.complaint is None} for one in checked},
    }
    return Judgement(report, reasons)


def _primary(metric: str, pairs: Sequence[Pair]) -> Guard:
    champion, challenger = _ratios(pairs)
    count = sum(pair.weight > 0 for pair in pairs)
    found = paired_difference(challenger, champion)
    figures = {"champion": champion.value, "challenger": challenger.value, "n": count} | _told(found)
    if count < LEAST or found is None:
        said = f"Only {count} questions count for {metric}, and {LEAST} are the least: add a data set."
        return Guard(metric, figures, said)
    low, high = found["interval"]
    if low > 0:
        return Guard(metric, figures)
    said = (
        f"The {metric} is {challenger.value:.3f} and the champion's {champion.value:.3f}: the 95 % interval of the "
        f"difference, {low:+.3f} to {high:+.3f}, does not lie above 0."
    )
    return Guard(metric, figures, said)


def latency_guard(champion: Sequence[float], challenger: Sequence[float], unit: str) -> Guard:
    """Times of the same questions in the same order; `unit` is that of one ("s a turn")."""
    ratio = median(ours / theirs for ours, theirs in zip(challenger, champion, strict=True))
    theirs, ours = median(champion), median(challenger)
    figures = {
        "champion": theirs,
        "challenger": ours,
        "unit": unit,
        "ratio": ratio,
        "limit": LATENCY,
        "n": len(champion),
    }
    said = (
        f"It takes {ratio:.2f} times as long as the champion, {ours:.3g} {unit} against {theirs:.3g}: "
        f"at most {LATENCY} times is allowed."
    )
    return Guard("latency", figures, said if ratio > LATENCY else None)


def rate_guard(name: str, what: str, ratios: tuple[Ratio, Ratio], limit: float, sign: int) -> Guard:
    """A share (champion's, challenger's) that may not rise (sign 1) or fall (-1) by more than `limit`."""
    champion, challenger = ratios
    found = paired_difference(challenger, champion)
    figures = {"champion": champion.value, "challenger": challenger.value, "limit": limit} | _told(found)
    if found is None or sign * found["value"] <= limit + 1e-9:
        return Guard(name, figures)
    more = "more" if sign > 0 else "less"
    said = (
        f"{what} is {challenger.value:.1%} and the champion's {champion.value:.1%}: "
        f"at most {100 * limit:.0f} points {more} are allowed."
    )
    return Guard(name, figures, said)


def group_guard(metric: str, pairs: Sequence[Pair]) -> Guard | None:
    """Groups that lose more than chance explains; None where no question that counts names a group."""
    groups: dict[str, list[Pair]] = {}
    for pair in pairs:
        if pair.group is not None and pair.weight > 0:
            groups.setdefault(pair.group, []).append(pair)
    large = {name: some for name, some in sorted(groups.items()) if len(some) >= GROUP}
    if not large:
        return None
    level = 1 - 0.05 / len(large)
    lost, figures = [], {}
    for name, some in large.items():
        champion, challenger = _ratios(some)
        found = paired_difference(challenger, champion, level)
        assert found is not None, "every group has questions that count"
        figures[name] = {"n": len(some), "champion": champion.value, "challenger": challenger.value} | _told(found)
        if found["value"] < -LOSS and found["interval"][1] < 0:
            lost.append(f"{name} ({len(some)} questions) by {-100 * found['value']:.0f} points")
    worst = min(one["difference"] for one in figures.values())
    said = f"The {metric} falls for {', '.join(lost)}: at most {100 * LOSS:.0f} are allowed." if lost else None
    return Guard(
        "groups", {"groups": len(large), "worst": worst, "limit": -LOSS, "level": level, "each": figures}, said
    )


def _ratios(pairs: Sequence[Pair]) -> tuple[Ratio, Ratio]:
    weights = [pair.weight for pair in pairs]
    return (
        Ratio([pair.champion * pair.weight for pair in pairs], weights),
        Ratio([pair.challenger * pair.weight for pair in pairs], weights),
    )


def _told(found: Mapping[str, Any] | None) -> dict[str, Any]:
    return {"difference": found and found["value"], "interval": found and list(found["interval"])}
