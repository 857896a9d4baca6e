"""Counts as rates, means and quantiles with their intervals. Pure."""

from collections.abc import Mapping

from app.quality_counts import LATENCY
from app.quality_intervals import mean_interval, quantile, wilson
from app.schemas_quality import Mean, QualityFigures, Rate


def figures_of(counts: Mapping[str, float]) -> QualityFigures:
    """All figures of what was counted; those without a denominator have no value."""
    prefix = len(LATENCY)
    bins = {int(name[prefix:]): number for name, number in counts.items() if name.startswith(LATENCY)}
    votes = (counts.get("up", 0), counts.get("up", 0) + counts.get("down", 0))
    p50, p95 = quantile(bins, 0.5), quantile(bins, 0.95)
    return QualityFigures(
        questions=int(counts.get("questions", 0)),
        turns=int(counts.get("turns", 0)),
        answers=int(counts.get("answers", 0)),
        edit_cost=_mean(counts, "cost", "answers"),
        edited=rate(counts.get("edited", 0), counts.get("answers", 0)),
        satisfied=rate(*votes),
        next_satisfied=_mean(counts, "satisfied", "read"),
        next_dissatisfied=_mean(counts, "dissatisfied", "read"),
        abstained=rate(counts.get("abstained", 0), counts.get("complete", 0)),
        citations_opened=rate(counts.get("opened", 0), counts.get("cited", 0)),
        latency_p50_ms=p50,
        latency_p95_ms=p95,
    )


def rate(count: float, n: float) -> Rate:
    if not n:
        return Rate()
    low, high = wilson(count, n)
    return Rate(value=round(count / n, 4), low=round(low, 4), high=round(high, 4), count=int(count), n=int(n))


def _mean(counts: Mapping[str, float], name: str, of: str) -> Mean:
    """Every mean here is of values from 0 to 1, and so are the ends of its interval."""
    n = int(counts.get(of, 0))
    if not n:
        return Mean()
    total = counts.get(name, 0.0)
    ends = mean_interval(total, counts.get(f"{name}²", 0.0), n)
    low, high = (max(0.0, round(ends[0], 4)), min(1.0, round(ends[1], 4))) if ends else (None, None)
    return Mean(value=round(total / n, 4), low=low, high=high, n=n)
