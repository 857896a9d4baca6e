"""What is still being answered when the server is asked to stop goes on for a while, then ends. Knows no HTTP."""

import asyncio
from typing import Any

from app.problems import Problem


class UnderWay:
    """Tasks that say goodbye themselves instead of being cut off with their connection."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self.stopped = False

    def enter(self) -> None:
        """Count the current task among them until it is done. Raises Problem 503 where it is too late."""
        if self.stopped:
            raise stopping()
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self, patience: float) -> None:
        """Wait `patience` seconds for what runs; cancel what has not ended then, and wait for its goodbye."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)
        self.stopped = True
        left = list(self._tasks)
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)


def stopping() -> Problem:
    """What to tell somebody whose answer ends because the server does."""
    detail = "the server stopped while this was being answered: what was written is kept; ask again when it is back"
    return Problem(503, detail, title="The server stops", headers={"Retry-After": "30"})
