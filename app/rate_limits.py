"""How often one person, or one address, may do what costs: token buckets in memory. Each process counts for itself."""

import math
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.problems import Problem
from app.settings import Settings

# Setting -> on a laptop, on a server; 0: no limit. A laptop's stop a runaway program and nothing that a person does.
DEFAULTS = {
    "questions_per_minute": (6_000, 60),
    "answers_at_once": (0, 8),
    "searches_per_minute": (60_000, 600),
    "uploads_per_minute": (60_000, 240),
    "logins_per_minute": (600, 30),
    "documents_per_person": (0, 10_000),
    "bytes_per_person": (0, 10 << 30),
}
REMEMBERED = 10_000  # buckets; who was longest away begins anew, so that a flood cannot fill the memory


def limit_of(settings: Settings, name: str) -> int:
    """What holds for a setting of DEFAULTS; 0: no limit."""
    chosen: int | None = getattr(settings, name)
    laptop, server = DEFAULTS[name]
    return chosen if chosen is not None else laptop if settings.deployment == "laptop" else server


class Rate:
    """A bucket of a minute's worth for each key, which fills as time passes."""

    def __init__(self, what: str, per_minute: int, setting: str, clock: Callable[[], float] = time.monotonic) -> None:
        """`what` and `setting` are for people to read; `per_minute` 0: no limit."""
        self._what, self._per_minute, self._setting = what, per_minute, setting
        self._clock = clock
        self._left: dict[str, tuple[float, float]] = {}  # key -> how much is in its bucket, and when that was so

    def take(self, key: str) -> None:
        """Count one. Raises Problem 429 with Retry-After where the bucket is empty."""
        if not self._per_minute:
            return
        now = self._clock()
        left, since = self._left.pop(key, (self._per_minute, now))
        left = min(self._per_minute, left + (now - since) * self._per_minute / 60)
        self._left[key] = (left - 1 if left >= 1 else left, now)  # last in order: it was here last
        if len(self._left) > REMEMBERED:
            del self._left[next(iter(self._left))]
        if left < 1:
            wait = math.ceil((1 - left) * 60 / self._per_minute)
            raise _too_many(f"{self._per_minute} {self._what} a minute", self._setting, wait)


class RateLimits:
    """All limits of one process."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        def rate(what: str, name: str) -> Rate:
            return Rate(what, limit_of(settings, name), name, clock)

        self.searches = rate("searches", "searches_per_minute")
        self.uploads = rate("uploads", "uploads_per_minute")
        self.logins = rate("attempts to log in", "logins_per_minute")
        self._questions = rate("questions", "questions_per_minute")
        self._at_once = limit_of(settings, "answers_at_once")
        self._answering: Counter[str] = Counter()

    @contextmanager
    def answering(self, person_id: str) -> Iterator[None]:
        """Count a question, and its answer for as long as the block lasts: whoever asks much waits behind themselves,
        and not others behind them. Raises Problem 429."""
        if self._at_once and self._answering[person_id] >= self._at_once:
            raise _too_many(f"{self._at_once} answers at once", "answers_at_once", 1)
        self._questions.take(person_id)
        self._answering[person_id] += 1
        try:
            yield
        finally:
            self._answering[person_id] -= 1
            if not self._answering[person_id]:
                del self._answering[person_id]


def _too_many(limit: str, setting: str, wait: int) -> Problem:
    seconds = "a second" if wait == 1 else f"{wait} seconds"
    return Problem(
        429,
        f"{limit} are the most here (ATTUNE_{setting.upper()}): try again in {seconds}",
        headers={"Retry-After": str(wait)},
        extra={"limit": setting},
    )
