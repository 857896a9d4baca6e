"""Uncertainty of rates, means and quantiles from counts alone. Pure; knows no figure by name."""

import math
from collections.abc import Mapping

Z = 1.959964  # standard normal quantile of 97.5 %
_STEP = math.log(1.02)  # a duration is kept to 2 %, so a quantile is right to 1 %


def wilson(count: float, n: float) -> tuple[float, float]:
    """The 95 % score interval of a rate (Wilson 1927): it never leaves [0, 1] and has a width at 0 of 5 too. n > 0."""
    share, shrink = count / n, 1 + Z**2 / n
    centre = (share + Z**2 / (2 * n)) / shrink
    half = Z / shrink * math.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return max(0.0, centre - half), min(1.0, centre + half)


def mean_interval(total: float, squares: float, n: int) -> tuple[float, float] | None:
    """Student's 95 % interval of a mean, from the sums of values and of their squares; None for fewer than two."""
    if n < 2:
        return None
    mean = total / n
    variance = max(0.0, (squares - n * mean**2) / (n - 1))
    half = _student(n - 1) * math.sqrt(variance / n)
    return mean - half, mean + half


def _student(freedom: int) -> float:
    """The quantile of 97.5 % (Hill 1970 as Cornish-Fisher, Abramowitz & Stegun 26.7.5); exact for 1 and 2 degrees."""
    if freedom == 1:
        return 12.7062
    if freedom == 2:
        return 4.30265
    terms = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
    )
    return Z + sum(term / freedom**power for power, term in enumerate(terms, start=1))


def duration_bin(milliseconds: float) -> int:
    """The bin of a duration; durations of one bin differ by less than 2 %. Under a millisecond: bin 0."""
    return int(math.log(max(milliseconds, 1.0)) / _STEP)


def quantile(bins: Mapping[int, float], share: float) -> float | None:
    """The duration in milliseconds that `share` of those in the bins do not exceed; None where there are none."""
    left = math.ceil(share * sum(bins.values()))
    for place in sorted(bins):
        left -= int(bins[place])
        if left <= 0:
            return round(math.exp((place + 0.5) * _STEP), 1)
    return None
