"""A process in which reading a message takes a minute: asks twice, says `reading`, and waits to be killed."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

from app.jobs import Progress, Result
from app.services import Services
from app.settings import Settings
from app.signalling import KIND
from tests.app.rewriting import ask
from tests.conftest import client_of, running


def settings_in(home: Path, head: Path) -> Settings:
    return Settings(home=home, encoder="hash", llm="scripted", port=0, signals=str(head))


async def slow(progress: Progress) -> Result:
    print("reading", flush=True)  # noqa: T201 (the parent reads it)
    await asyncio.sleep(60)
    return {}


async def main(arguments: Sequence[str]) -> None:
    home, head = map(Path, arguments)
    async with running(settings_in(home, head)) as app, client_of(app, "ann@example.org") as client:
        services: Services = app.state.services
        services.jobs.register(KIND, slow)
        turn = await ask(client, "Hello!")
        await ask(client, "Thank you!", conversation_id=turn.conversation_id)
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
