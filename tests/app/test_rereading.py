"""Documents are read again from their originals; what was read before answers until then, and where that fails."""

from pathlib import Path

import httpx
import pytest

from app.home import Home
from app.problems import Problem
from app.services import Services
from app.settings import Settings
from retrieval.ports import LoadError
from retrieval.types import Block, LoadedDocument
from tests.conftest import Upload, WaitForJob, client_of, running


class Learning:
    """A loader that reads something else every time, or fails."""

    def __init__(self) -> None:
        self.text: str | None = "Dogs stay outside."

    async def load(self, path: Path, name: str) -> LoadedDocument:
        if self.text is None:
            raise LoadError("unreadable", "it is damaged: save it again")
        return LoadedDocument(name, "text/plain", (Block(self.text),))

    async def close(self) -> None:
        pass


async def found(client: httpx.AsyncClient, query: str) -> list[str]:
    answer = await client.post("/api/v1/search", json={"query": query})
    return [hit["text"] for hit in answer.json()["hits"]]


async def test_a_document_is_read_again_and_keeps_what_it_had_where_that_fails(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, upload: Upload, wait_for_job: WaitForJob
) -> None:
    loader = Learning()
    monkeypatch.setattr("app.adapters.make_loader", lambda _: loader)
    async with running(settings) as app, client_of(app, "ann@x.org") as ann, client_of(app, "ben@x.org") as ben:
        document = (await upload(ann, "rules.txt", "rules")).document.id
        loader.text = "Dogs may come in."
        again = await ann.post(f"/api/v1/documents/{document}/reindex")
        assert (again.status_code, again.json()["outcome"]) == (202, "queued")
        assert (await wait_for_job(ann, again.json()["job_id"])).state == "done"
        assert await found(ann, "dogs") == ["Dogs may come in."]

        loader.text = None
        again = await ann.post(f"/api/v1/documents/{document}/reindex")
        assert (await wait_for_job(ann, again.json()["job_id"])).result["status"] == "unreadable"  # type: ignore[index]  # it has one
        assert await found(ann, "dogs") == ["Dogs may come in."]
        shown = (await ann.get(f"/api/v1/documents/{document}")).json()
        assert (shown["status"], shown["passages"]) == ("indexed", 1)
        assert shown["reason"].endswith("what was read before is kept: it is damaged: save it again")

        assert (await ben.post(f"/api/v1/documents/{document}/reindex")).status_code == 404
        Home(settings.home).original(*(await _owner_and_hash(ann))).unlink()
        gone = await ann.post(f"/api/v1/documents/{document}/reindex")
        assert (gone.status_code, gone.json()["detail"]) == (410, "the original of rules.txt is gone: upload it again")


async def _owner_and_hash(client: httpx.AsyncClient) -> tuple[str, str]:
    held = (await client.get("/api/v1/me/export")).json()
    return held["account"]["id"], held["documents"][0]["sha256"]


class Few:
    """A limit that lets so many pass."""

    def __init__(self, left: int) -> None:
        self.left = left

    async def take(self, key: str) -> None:
        if not self.left:
            raise Problem(429, f"{key} did it too often")
        self.left -= 1


async def test_all_are_read_again_as_far_as_the_limit_on_uploads_goes_and_the_rest_next_time(
    services: Services, client: httpx.AsyncClient, upload: Upload, wait_for_job: WaitForJob
) -> None:
    for name in ("one", "two", "three"):
        await upload(client, f"{name}.txt", f"The number is {name}.")
    services.limits.uploads = Few(2)  # type: ignore[assignment]  # it takes the same
    assert (await client.post("/api/v1/documents/reindex")).json() == {"queued": 2, "left": 1}
    for coming in (await client.get("/api/v1/documents/under-way")).json():
        assert coming["name"] in {"one.txt", "two.txt"}, "that was changed last"
        await wait_for_job(client, coming["job_id"])
    assert (await client.post("/api/v1/documents/reindex")).status_code == 429
    services.limits.uploads = Few(1)  # type: ignore[assignment]  # it takes the same
    assert (await client.post("/api/v1/documents/reindex")).json() == {"queued": 1, "left": 2}
    assert [one["name"] for one in (await client.get("/api/v1/documents/under-way")).json()] in ([], ["three.txt"])
    assert len(await found(client, "number")) == 3
