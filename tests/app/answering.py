"""A server whose model takes its time: prints `ready URL TOKEN` and serves until it is asked to stop, or killed."""

import asyncio
import signal
import sys
from pathlib import Path

from app.home import Home
from app.main import create_app
from app.request_id import log_to_stderr
from app.server import publishing, serving
from app.settings import Settings
from generation.scripted import ScriptedModel

DRAIN_SECONDS = 0.5


def settings_in(home: Path) -> Settings:
    return Settings(home=home, encoder="hash", llm="scripted", port=0, drain_seconds=DRAIN_SECONDS)


async def main(home: Path) -> None:
    log_to_stderr()
    settings = settings_in(home)
    app = create_app(settings)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with serving(app, "127.0.0.1", 0) as url, publishing(app, Home(home), url) as address:
        slow = ScriptedModel(seconds_per_token=0.05)
        slow.enqueue(" ".join(f"word{number}" for number in range(2000)))  # what repeats itself would be stopped
        app.state.services = app.state.services.answering_with(generator=slow)
        print("ready", url, address.token, flush=True)  # noqa: T201 (the parent reads it)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
