"""Buckets that fill again as time passes: what limits take from. In this process's memory; knows not what is counted.

Of a bucket one time is kept, when it will be full (the generic cell rate algorithm, ITU-T I.371): whoever takes moves
it on by the time that one needs to fill again. A bucket that is full is as good as none, so it can be forgotten.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

REMEMBERED = 10_000  # of one limit; who was longest away begins anew, so that a flood cannot fill the memory
_ROUNDING = 0.001  # seconds; a third of a minute three times is a minute


@dataclass(frozen=True)
class Limit:
    """`most` at once, and again within `seconds`."""

    name: str
    most: int
    seconds: float

    @property
    def interval(self) -> float:
        """Seconds until one more."""
        return self.seconds / self.most

    @property
    def patience(self) -> float:
        """Seconds. If it would take longer to be full again after one more, there is none in it."""
        return self.seconds + _ROUNDING


class Buckets(Protocol):
    """One bucket for each limit and key."""

    async def take(self, limit: Limit, key: str) -> float:
        """Take one: 0. Or, where there is none, take nothing: the seconds until there is one."""

    async def give_back(self, limit: Limit, key: str) -> None:
        """What was taken last was not used."""

    async def fill(self, limit: Limit, key: str) -> None:
        """As if nothing had ever been taken."""


class OwnBuckets:
    """What one process counts for itself. Nothing here waits, so what was begun is never overtaken."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._full_at: dict[str, dict[str, float]] = {}  # limit -> key -> when; last in order: it was here last

    async def take(self, limit: Limit, key: str) -> float:
        now, full_at = self._clock(), self._full_at.setdefault(limit.name, {})
        held = max(now, full_at.pop(key, now))
        wait = held + limit.interval - now - limit.patience
        full_at[key] = held if wait > 0 else held + limit.interval
        if len(full_at) > REMEMBERED:
            del full_at[next(iter(full_at))]
        return max(0.0, wait)

    async def give_back(self, limit: Limit, key: str) -> None:
        full_at = self._full_at.get(limit.name, {})
        if key in full_at:
            full_at[key] -= limit.interval

    async def fill(self, limit: Limit, key: str) -> None:
        self._full_at.get(limit.name, {}).pop(key, None)
