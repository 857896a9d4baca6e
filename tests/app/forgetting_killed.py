"""A process that is killed while it forgets Ann: `python -m tests.app.forgetting_killed HOME MOMENT`."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

from app import forgetting, forgetting_note, forgetting_rows, job_rows, jobs, originals
from app.schemas import JobPublic, UploadPublic
from tests.app.confiding import admin_of, confide
from tests.app.ingesting import settings_in
from tests.conftest import client_of, running

MOMENTS: dict[str, tuple[Any, str]] = {
    "before the note": (forgetting_note.Note, "write"),
    "before the files": (originals, "remove_all"),
    "within the transaction": (forgetting_rows, "end"),
    "before the proof": (forgetting, "prove"),
    "before the result": (forgetting_rows, "marked"),
    "before the note goes": (forgetting_note, "remove"),
    "before the end": (jobs.Jobs, "_end"),
}


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def upload(client: httpx.AsyncClient, name: str, content: str, source: str | None = None) -> UploadPublic:
    """As the fixture of the tests does."""
    files, data = {"file": (name, content.encode())}, {"source": source} if source else {}
    response = await client.post("/api/v1/documents", files=files, data=data)
    added = UploadPublic.model_validate_json(response.content)
    while added.job_id and await state_of(client, added.job_id) in job_rows.LIVE:  # noqa: ASYNC110 (a test polls)
        await asyncio.sleep(0.01)
    return added


async def state_of(client: httpx.AsyncClient, job_id: str) -> str:
    return JobPublic.model_validate_json((await client.get(f"/api/v1/jobs/{job_id}")).content).state


def killed_at(moment: str) -> tuple[Any, str, Callable[..., None]]:
    place, name = MOMENTS[moment]
    return place, name, die


async def main(home: Path, moment: str) -> None:
    async with running(settings_in(home)) as app, client_of(app, "ann.vrbloom@example.org") as client:
        await confide(client, upload, "Zyxquartz")
        setattr(*killed_at(moment))
        async with admin_of(app) as admin:
            ordered = await admin.post("/api/v1/admin/users/forget", json={"email": "ann.vrbloom@example.org"})
            print(ordered.json()["id"], flush=True)  # noqa: T201 (the parent reads it)
            await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
