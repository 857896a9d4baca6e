"""Documents on their way in: fetched where the installation allows it, and seen while they are read."""

import asyncio
from pathlib import Path

import httpx
import pytest

from app.settings import Settings
from retrieval.types import Block, LoadedDocument
from tests.conftest import client_of, running


async def test_nothing_is_fetched_unless_the_installation_allows_it(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/documents/from-url")).json()["allowed"] is False
    answer = await client.post("/api/v1/documents/from-url", json={"url": "https://example.org/"})
    assert answer.status_code == 403
    assert "ATTUNE_FETCH_URLS" in answer.json()["detail"]


async def test_what_is_behind_the_server_is_refused_where_fetching_is_allowed(settings: Settings) -> None:
    async with running(settings.model_copy(update={"fetch_urls": "on"})) as app, client_of(app, "ann@x.org") as ann:
        assert (await ann.get("/api/v1/documents/from-url")).json()["allowed"] is True
        for url in ("http://127.0.0.1/", "http://169.254.169.254/latest/", "http://[::1]/", "http://localhost/"):
            answer = await ann.post("/api/v1/documents/from-url", json={"url": url})
            assert (answer.status_code, answer.json()["title"]) == (422, "Cannot be fetched")
        assert (await ann.get("/api/v1/documents")).json()["items"] == []
        assert [path for path in (settings.home / "originals").rglob("*") if path.is_file()] == []


class Patient:
    """A loader that reads as long as it is not let go."""

    def __init__(self) -> None:
        self.go = asyncio.Event()

    async def load(self, path: Path, name: str) -> LoadedDocument:
        await self.go.wait()
        return LoadedDocument(name, "text/plain", (Block("Dogs stay outside."),))

    async def close(self) -> None:
        pass


async def test_what_is_being_read_is_seen_by_its_owner_and_gone_when_it_is_cancelled(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader = Patient()
    monkeypatch.setattr("app.adapters.make_loader", lambda _: loader)
    async with running(settings) as app, client_of(app, "ann@x.org") as ann, client_of(app, "ben@x.org") as ben:
        added = (await ann.post("/api/v1/documents", files={"file": ("rules.txt", b"Dogs stay outside.")})).json()
        document, coming = added["document"]["id"], {"stage": "queued"}
        async with asyncio.timeout(20):
            while coming["stage"] == "queued":
                (coming,) = (await ann.get("/api/v1/documents/under-way")).json()
        named = {"document_id": document, "name": "rules.txt", "passages": 0, "job_id": added["job_id"]}
        assert coming == {**named, "stage": "reading", "done": 0, "total": 0}
        assert (await ben.get("/api/v1/documents/under-way")).json() == []
        assert (await ann.delete(f"/api/v1/documents/{document}")).status_code == 204
        assert (await ann.get("/api/v1/documents/under-way")).json() == []
        assert (await ann.get("/api/v1/documents")).json()["items"] == []
        loader.go.set()
