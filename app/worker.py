"""A process that runs jobs and serves nobody: `python -m app.worker`, beside servers that were told not to."""

import asyncio
import signal

from app.opening import open_services
from app.request_id import log_to_stderr
from app.settings import Settings, SettingsError


async def work(settings: Settings) -> None:
    """Run jobs until SIGTERM or SIGINT. Raises SettingsError where the home belongs to one process only."""
    if settings.database_url is None or settings.index == "edge":
        raise SettingsError(
            "a separate worker needs Postgres and a Qdrant server, because an embedded home belongs to one process: "
            "set ATTUNE_DATABASE_URL, ATTUNE_INDEX=server and ATTUNE_QDRANT_URL, or let `attune up` do the work"
        )
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_services(settings, warm=False):
        await stop.wait()


if __name__ == "__main__":
    log_to_stderr()
    asyncio.run(work(Settings()))
