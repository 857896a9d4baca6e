"""Many pieces of work at once."""

import asyncio

import pytest

from evaluation.progress import for_each


async def test_results_come_in_the_order_of_the_items() -> None:
    async def slower_first(item: int) -> int:
        for _ in range(10 - item):
            await asyncio.sleep(0)
        return item * item

    assert await for_each(range(10), slower_first, "work") == [item * item for item in range(10)]


async def test_no_more_run_at_once_than_allowed() -> None:
    running, most = 0, 0

    async def work(_: int) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1

    await for_each(range(20), work, "work", in_flight=3)
    assert most == 3


async def test_the_first_error_ends_all_and_is_raised() -> None:
    ended = []

    async def work(item: int) -> None:
        if item == 1:
            raise ValueError("broken")
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(item)

    with pytest.raises(ValueError, match="broken"):
        await for_each(range(3), work, "work")
    assert sorted(ended) == [0, 2]


async def test_nothing_but_the_bar_is_written_and_only_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    async def work(_: int) -> None: ...

    await for_each(range(2), work, "counting")
    written = capsys.readouterr()
    assert written.out == ""
    assert "counting" in written.err
