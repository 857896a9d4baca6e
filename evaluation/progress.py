"""Running many pieces of work, several at a time, with a bar on stderr. Knows nothing of what the work is."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

IN_FLIGHT = 8  # what the embedded model batches well; more only wait


@contextmanager
def progress(description: str, total: int) -> Iterator[Callable[[], None]]:
    """A bar on stderr while the block runs; call the yielded function after each piece."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(description, total=total)
        yield lambda: bar.advance(task)


async def for_each(
    items: Sequence[Item], work: Callable[[Item], Awaitable[Result]], description: str, in_flight: int = IN_FLIGHT
) -> list[Result]:
    """The results of `work` in the order of `items`, at most `in_flight` at once. The first error ends all."""
    gate = asyncio.Semaphore(in_flight)

    async def one(item: Item) -> Result:
        async with gate:
            result = await work(item)
            advance()
            return result

    with progress(description, len(items)) as advance:
        tasks = [asyncio.ensure_future(one(item)) for item in items]
        try:
            return await asyncio.gather(*tasks)
        finally:
            await _end(tasks)


async def _end(tasks: Iterable["asyncio.Future[Result]"]) -> None:
    unfinished = [task for task in tasks if not task.done()]
    for task in unfinished:
        task.cancel()
    await asyncio.gather(*unfinished, return_exceptions=True)
