"""Reports of several sets as one: the mean of their figures, beside each. Knows no figure by name."""

from collections.abc import Mapping, Sequence
from typing import Any

Report = dict[str, Any]
COUNTS = ("queries", "passages", "n")
_UNCOMBINED = ("intervals", "p_values", "differences")  # the mean of several says nothing


def combine(reports: Mapping[str, Report]) -> Report:
    """One report as it is; of several the means of figures and sums of counts, with each of them under `sets`."""
    if len(reports) == 1:
        return next(iter(reports.values()))
    return mean_of(list(reports.values())) | {"sets": dict(reports)}


def mean_of(reports: Sequence[Report]) -> Report:
    """Key by key; a figure that does not exist in some sets is the mean over the others."""
    keys = dict.fromkeys(key for report in reports for key in report if key not in _UNCOMBINED)
    return {key: _merged(key, [report[key] for report in reports if report.get(key) is not None]) for key in keys}


def _merged(key: str, values: Sequence[Any]) -> Any:
    if not values:
        return None
    if all(isinstance(value, dict) for value in values):
        return mean_of(values)
    if any(isinstance(value, str) for value in values):
        return ", ".join(dict.fromkeys(values))
    return sum(values) if key in COUNTS else sum(values) / len(values)
