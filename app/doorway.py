"""Lets a few turns at a time look for what they answer from; the others wait in line. Knows nothing of a turn.

Looking up, encoding, searching and selecting are bursts of work on the one loop that also writes the tokens of every
answer under way. Many turns at once are through no sooner than a few at a time, and each token would wait for all.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 4  # enough for one to compute while others wait for the disk


class Place:
    """One turn's place, to be taken once and left once."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free = free
        self._is_taken = False

    async def take(self) -> None:
        """Wait in line for it."""
        await self._free.acquire()
        self._is_taken = True

    def leave(self) -> None:
        """Let the next one in; harmless where it was left before, or never taken."""
        if self._is_taken:
            self._is_taken = False
            self._free.release()


class Doorway:
    """So many places, first come first served."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = asyncio.Semaphore(at_once)

    @contextmanager
    def place(self) -> Iterator[Place]:
        """A place to take in the block, which is left at its end at the latest."""
        place = Place(self._free)
        try:
            yield place
        finally:
            place.leave()
