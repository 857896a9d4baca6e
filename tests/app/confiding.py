"""People who leave an unmistakable word in everything that can be left, and a search for such words in a home."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from app.services import Services
from tests.app.giving import give
from tests.app.rewriting import ask, rewrite
from tests.conftest import Upload


@asynccontextmanager
async def admin_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Speaks as the home's owner."""
    services: Services = app.state.services
    token = await services.auth.issue_token(await services.auth.ensure_owner(), "test")
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test", headers=headers) as client:
        yield client


async def confide(client: httpx.AsyncClient, upload: Upload, word: str) -> None:
    """Leave `word` in a document, its name and path, a question, its answer, a vote, an edit, a preference, a fact and
    a rule."""
    text = f"# {word} hut\n\nThe {word}document key lies under the stairs. The warden cannot come before noon."
    await upload(client, f"{word}name.md", text, source=f"/{word}path/a.md")
    turn = await ask(client, f"Where does the {word}question key lie?")
    assert turn.exposures, "nothing of it was shown"
    await give(client, "turns", turn.id, "down", text=f"{word}vote")
    await give(client, "exposures", turn.exposures[0].id, "helped")
    await rewrite(client, turn.id, f"{turn.answer} {word}edit, it is said.")
    for path, body in (
        ("preferences", {"description": f"Write {word}preference at the end"}),
        ("me/facts", {"text": f"My boat is called {word}fact"}),
        ("me/rules", {"text": f"only use {word}name.md"}),
    ):
        response = await client.post(f"/api/v1/{path}", json=body)
        assert response.status_code == 201, response.text
    await client.post("/api/v1/conversations", json={"title": f"{word}title"})


async def export_of(client: httpx.AsyncClient) -> dict[str, Any]:
    """All that is held about whoever the client speaks for."""
    export: dict[str, Any] = (await client.get("/api/v1/me/export")).json()
    return export


def places_of(home: Path, text: str) -> list[str]:
    """Files of the home in which the text can be read in any letter case."""
    wanted = text.lower().encode()
    found = []
    for folder, _, names in os.walk(home):  # passes over what the index is just removing
        for path in (Path(folder) / name for name in names):
            with suppress(FileNotFoundError):
                found += [str(path.relative_to(home))] if wanted in path.read_bytes().lower() else []
    return found
