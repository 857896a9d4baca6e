"""Counts failed logins in memory and refuses more for a while. Each process counts for itself."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

from app.problems import Problem

WINDOW = 15 * 60.0  # seconds
FAILURES = 10  # of one e-mail from one address
ADDRESS_FAILURES = 100  # of one address whatever the e-mail: guessing one password at many accounts
REMEMBERED = 10_000  # pairs; the oldest is forgotten first, so that a flood cannot fill the memory


class Lockout:
    """Failures per e-mail and address, so that a stranger cannot lock somebody else out from afar."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: OrderedDict[tuple[str, str], deque[float]] = OrderedDict()

    def attempt(self, email: str, address: str) -> None:
        """Count one attempt as failed until `succeeded` takes it back: many at once must not slip through together.
        Raises Problem 429 with Retry-After where there were too many."""
        counted = [self._recent((email, address)), self._recent(("*", address))]
        for times, limit in zip(counted, (FAILURES, ADDRESS_FAILURES), strict=True):
            if len(times) >= limit:
                wait = int(WINDOW - (self._clock() - times[0])) + 1
                raise Problem(
                    429,
                    f"too many failed logins: try again in {wait} seconds",
                    headers={"Retry-After": str(wait)},
                )
        for times in counted:
            times.append(self._clock())

    def succeeded(self, email: str, address: str) -> None:
        """Forget this person's failures here, and the attempt that turned out well."""
        self._failures.pop((email, address), None)
        if from_address := self._recent(("*", address)):
            from_address.pop()

    def _recent(self, key: tuple[str, str]) -> deque[float]:
        times = self._failures.setdefault(key, deque(maxlen=ADDRESS_FAILURES))
        self._failures.move_to_end(key)
        while times and self._clock() - times[0] > WINDOW:
            times.popleft()
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)
        return times
