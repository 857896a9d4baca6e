"""A process that takes in documents until it is killed: prints `ack ID` for each one that was acknowledged."""

import asyncio
import sys
from pathlib import Path

from app.settings import Settings
from tests.conftest import client_of, running

DOCUMENTS = 10


def text_of(number: int) -> str:
    """A document of one to 60 passages whose word `markerNN` appears in no other one."""
    paragraph = f"The record marker{number:02d} says what happened on day {{}} of the voyage to the northern islands. "
    return f"# Voyage {number}\n\n" + "\n\n".join(paragraph.format(day) * 8 for day in range(1 + number * 6))


def settings_in(home: Path) -> Settings:
    return Settings(home=home, encoder="hash", llm="scripted")


async def main(home: Path) -> None:
    async with running(settings_in(home)) as app, client_of(app, "ann@example.org") as client:
        print("ready", flush=True)  # noqa: T201 (the parent reads it)
        for number in range(DOCUMENTS):
            file = (f"{number}.md", text_of(number).encode())
            answer = (await client.post("/api/v1/documents", files={"file": file})).json()
            print("ack", answer["document"]["id"], flush=True)  # noqa: T201 (the parent reads it)
        await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
