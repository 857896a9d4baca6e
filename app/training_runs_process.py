"""A process beside the server that trains or measures: begun, watched, and gone when whoever waits for it is."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path

_MODULE = "training.tethered"  # by name: what trains may import us, and we may not import it
_LOOK_SECONDS = 1.0
_SAID = "attune: "  # what begins an error that is meant to be read


class ProcessError(Exception):
    """The process ended without success; the message is its own, or says where to look."""


async def run(words: Sequence[str], home: Path, log: Path, look: Callable[[], Awaitable[None]]) -> None:
    """Run `attune WORDS` in the settings of `home`, calling `look` every second, and what it says goes to `log`.

    However this ends, the process and all that it began are gone. Raises ProcessError, and what `look` raises.
    """
    environment = {**os.environ, "ATTUNE_HOME": str(home), "OMP_NUM_THREADS": str(max(1, (os.cpu_count() or 2) // 2))}
    with log.open("wb") as said:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", _MODULE, *words),
            # Held by us alone: when we die, the kernel closes it, and the process ends.
            stdin=asyncio.subprocess.PIPE,
            stdout=said,
            stderr=said,
            env=environment,
            start_new_session=True,
        )
    try:
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await process.wait()
                    break
            await look()
    finally:
        await _end(process)
    await look()
    if process.returncode:
        raise ProcessError(await asyncio.to_thread(_complaint, log, process.returncode))


async def _end(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):  # what it began may outlive it: the whole session goes
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _complaint(log: Path, status: int) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    if told := [line.removeprefix(_SAID) for line in lines if line.startswith(_SAID)]:
        return told[-1]
    last = next((line for line in reversed(lines) if line.strip()), "nothing was said")
    return f"the process ended with status {status}: {last[:500]}"
