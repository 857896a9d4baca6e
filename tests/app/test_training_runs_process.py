"""A process beside the server: watched while it works, understood when it fails, and gone when nobody waits for it."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from app.training_runs_process import ProcessError, run


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.training_runs_process._MODULE", "tests.app.obeying")
    monkeypatch.setattr("app.training_runs_process._LOOK_SECONDS", 0.05)


async def nothing() -> None:
    return None


async def test_it_has_the_settings_of_the_home_and_is_looked_at_to_its_end(tmp_path: Path) -> None:
    looks = []

    async def look() -> None:
        looks.append(1)

    await run(("say", "ATTUNE_HOME"), tmp_path, tmp_path / "log", look)
    assert (tmp_path / "log").read_text().strip() == str(tmp_path)
    assert looks


async def test_what_it_says_of_its_failure_is_the_error(tmp_path: Path) -> None:
    with pytest.raises(ProcessError, match=r"^the set is empty: add questions$"):
        await run(("fail", "attune: the set is empty: add questions"), tmp_path, tmp_path / "log", nothing)
    with pytest.raises(ProcessError, match=r"^the process ended with status 3: KeyError: 'x'$"):
        await run(("fail", "KeyError: 'x'"), tmp_path, tmp_path / "log", nothing)


async def test_whoever_stops_waiting_ends_it_with_all_that_it_began(tmp_path: Path) -> None:
    waiting = asyncio.create_task(run(("wait",), tmp_path, tmp_path / "log", nothing))
    async with asyncio.timeout(30):
        while not (tmp_path / "log").exists() or (tmp_path / "log").read_text().count("\n") < 2:  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.01)
    begun = [int(line) for line in (tmp_path / "log").read_text().split()]
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert [pid for pid in begun if _runs(pid)] == []


def _runs(pid: int) -> bool:
    """Whether the process is at work; one that is dead and not yet fetched by its parent is not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_it_ends_when_its_server_does(tmp_path: Path) -> None:
    """The other end of its standard input is all that it knows of the server."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "training.tethered", "train", "retriever", "--help"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        env={**os.environ, "ATTUNE_HOME": str(tmp_path)},
    )
    assert process.stdin is not None
    process.stdin.close()
    assert await process.wait() == 1
