"""A process in which learning takes a minute: has an answer rewritten, says `learning`, and waits to be killed."""

import asyncio
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from app.services import Services
from personalization.ports import ContextEdit, Preference
from tests.app.ingesting import settings_in
from tests.app.rewriting import LONG, NOTE, QUESTION, ask, put, teach
from tests.conftest import client_of, running


def slow(known: Sequence[Preference], past: Sequence[ContextEdit], new: ContextEdit) -> list[Preference]:
    print("learning", flush=True)  # noqa: T201 (the parent reads it)
    time.sleep(60)
    return list(known)


async def main(home: Path) -> None:
    async with running(settings_in(home)) as app, client_of(app, "ann@example.org") as client:
        services: Services = app.state.services
        teach(services, slow)
        await client.post("/api/v1/documents", files={"file": ("hut.txt", NOTE.encode())})
        while not (turn := await ask(client, QUESTION)).citations:  # noqa: ASYNC110 (it is being indexed)
            await asyncio.sleep(0.05)
        await put(client, turn.id, LONG)
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
