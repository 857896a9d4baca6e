"""How often one person, or one address, may do what costs, and how much of it at once. app/buckets.py counts."""

import math
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import IPv4Address, ip_address, ip_network

from anyio import CancelScope

from app.buckets import Buckets, Limit
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
# After which an answer under way is not counted any more: a process that was killed took none of its own back.
LONGEST_ANSWER = 600.0  # seconds


def limit_of(settings: Settings, name: str) -> int:
    """What holds for a setting of DEFAULTS; 0: no limit."""
    chosen: int | None = getattr(settings, name)
    laptop, server = DEFAULTS[name]
    return chosen if chosen is not None else laptop if settings.deployment == "laptop" else server


def network_of(address: str) -> str:
    """As whom an address counts: of IPv6 the /64, of which whoever has one has all the rest."""
    try:
        found = ip_address(address)
    except ValueError:  # a socket's, or none
        return address
    if isinstance(found, IPv4Address):
        return address
    return str(found.ipv4_mapped or ip_network((int(found), 64), strict=False))


class Rate:
    """So many a minute for each key."""

    def __init__(self, what: str, per_minute: int, setting: str, buckets: Buckets) -> None:
        """`what` and `setting` are for people to read; `per_minute` 0: no limit."""
        self._what, self._per_minute, self._setting = what, per_minute, setting
        self._buckets = buckets

    async def take(self, key: str) -> None:
        """Count one. Raises Problem 429 with Retry-After where there were too many."""
        if not self._per_minute:
            return
        limit = Limit(self._setting, self._per_minute, 60.0)
        if wait := await self._buckets.take(limit, key):
            raise _too_many(f"{self._per_minute} {self._what} a minute", self._setting, math.ceil(wait))


class RateLimits:
    """All limits of an installation, as far as its processes share their buckets."""

    def __init__(self, settings: Settings, buckets: Buckets) -> None:
        def rate(what: str, name: str) -> Rate:
            return Rate(what, limit_of(settings, name), name, buckets)

        self.searches = rate("searches", "searches_per_minute")
        self.uploads = rate("uploads", "uploads_per_minute")
        self._logins = rate("attempts to log in", "logins_per_minute")
        self._questions = rate("questions", "questions_per_minute")
        self._at_once = limit_of(settings, "answers_at_once")
        self._buckets = buckets

    async def logging_in(self, address: str) -> None:
        """Count an attempt from this address. Raises Problem 429."""
        await self._logins.take(network_of(address))

    @asynccontextmanager
    async def answering(self, person_id: str) -> AsyncIterator[None]:
        """Count a question, and its answer for as long as the block lasts: whoever asks much waits behind themselves,
        and not others behind them. Raises Problem 429."""
        place = await self._place(person_id) if self._at_once else None
        try:
            await self._questions.take(person_id)
            yield
        finally:
            if place:
                with CancelScope(shield=True):  # a client that has gone must not keep its place
                    await self._buckets.fill(_PLACE, place)

    async def _place(self, person_id: str) -> str:
        """One of the places of a person's answers: a bucket with one in it, that is filled when the answer has
        ended."""
        for number in random.sample(range(self._at_once), self._at_once):
            place = f"{person_id}:{number}"
            if not await self._buckets.take(_PLACE, place):
                return place
        raise _too_many(f"{self._at_once} answers at once", "answers_at_once", 1)


_PLACE = Limit("answers_at_once", 1, LONGEST_ANSWER)


def _too_many(limit: str, setting: str, wait: int) -> Problem:
    seconds = "a second" if wait == 1 else f"{wait} seconds"
    return Problem(
        429,
        f"{limit} are the most here (ATTUNE_{setting.upper()}): try again in {seconds}",
        headers={"Retry-After": str(wait)},
        extra={"limit": setting},
    )
