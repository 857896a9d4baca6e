"""How much one person may say in what trains all: no more than a bound, whoever they are and whatever they say."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable
from statistics import median_low
from typing import TypeVar

Row = TypeVar("Row")

ONE_VOICE = 2  # times as much as the person in the middle says
_ALWAYS = 10  # rows that everybody may give: where few have said anything, the one in the middle says too little


def heard(rows: Iterable[Row], person_of: Callable[[Row], str], name_of: Callable[[Row], str]) -> list[Row]:
    """The rows in their order, of each person at most the bound. Which of theirs, a hash of the row's name decides, so
    that neither the order nor the number of what they say chooses.

    Rows are left out instead of weighed: a weight is only as good as every recipe's use of it.
    """
    by_person: dict[str, list[tuple[int, Row]]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_person[person_of(row)].append((place, row))
    if not by_person:
        return []
    most = max(_ALWAYS, ONE_VOICE * median_low(map(len, by_person.values())))
    kept = [
        one for theirs in by_person.values() for one in sorted(theirs, key=lambda one: drawn(name_of(one[1])))[:most]
    ]
    return [row for _, row in sorted(kept, key=lambda one: one[0])]


def drawn(name: str) -> str:
    """Something to order by that nobody's choice of names or times decides."""
    return hashlib.sha256(name.encode()).hexdigest()
