"""Counts failed logins and refuses more for a while. Knows no password."""

import math

from app.buckets import Buckets, Limit
from app.problems import Problem
from app.rate_limits import network_of

WINDOW = 15 * 60.0  # seconds
FAILURES = 10  # of one e-mail from one address
ADDRESS_FAILURES = 100  # of one address whatever the e-mail: guessing one password at many accounts

_PAIR = Limit("failed_logins", FAILURES, WINDOW)
_ADDRESS = Limit("failed_logins_of_address", ADDRESS_FAILURES, WINDOW)


class Lockout:
    """Failures per e-mail and address, so that a stranger cannot lock somebody else out from afar."""

    def __init__(self, buckets: Buckets) -> None:
        self._buckets = buckets

    async def attempt(self, email: str, address: str) -> None:
        """Count one attempt as failed until `succeeded` takes it back: many at once must not slip through together.
        Raises Problem 429 with Retry-After where there were too many."""
        network = network_of(address)
        wait = await self._buckets.take(_PAIR, f"{email} {network}") or await self._buckets.take(_ADDRESS, network)
        if wait:
            seconds = math.ceil(wait)
            raise Problem(
                429,
                f"too many failed logins: try again in {seconds} seconds",
                headers={"Retry-After": str(seconds)},
            )

    async def succeeded(self, email: str, address: str) -> None:
        """Forget this person's failures here, and the attempt that turned out well."""
        network = network_of(address)
        await self._buckets.fill(_PAIR, f"{email} {network}")
        await self._buckets.give_back(_ADDRESS, network)
