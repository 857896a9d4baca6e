"""A process that shares documents and takes them back until it is killed: prints `try DOCUMENT` before each
change, and `ack DOCUMENT in|out` after it."""

import asyncio
import itertools
import sys
from pathlib import Path

from tests.app.ingesting import settings_in
from tests.app.lending import collect, put, share
from tests.conftest import client_of, running

DOCUMENTS = 4


async def main(home: Path) -> None:
    async with running(settings_in(home)) as app, client_of(app, "ann@example.org") as ann:
        await app.state.services.auth.create_person("ben@example.org", None)
        collection = await collect(ann, "Voyages")
        await share(ann, collection, email="ben@example.org")
        documents = []
        for number in range(DOCUMENTS):
            file = (f"{number}.md", f"# Voyage {number}\n\nOn day {number} we saw geese.".encode())
            added = (await ann.post("/api/v1/documents", files={"file": file})).json()
            documents.append(added["document"]["id"])
        print("ready", flush=True)  # noqa: T201 (the parent reads it)
        for document in itertools.cycle(documents):
            print("try", document, flush=True)  # noqa: T201 (the parent reads it)
            await put(ann, collection, document)
            print("ack", document, "in", flush=True)  # noqa: T201 (the parent reads it)
            if document != documents[0]:
                print("try", document, flush=True)  # noqa: T201 (the parent reads it)
                await ann.delete(f"/api/v1/collections/{collection}/documents/{document}")
                print("ack", document, "out", flush=True)  # noqa: T201 (the parent reads it)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
