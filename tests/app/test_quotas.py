"""Nobody keeps more than their share; what goes makes room."""

import httpx
import pytest

from app.schemas import UploadPublic
from app.settings import Settings
from tests.conftest import Upload, client_of, running


async def refused(client: httpx.AsyncClient, text: str, source: str | None = None) -> dict[str, str]:
    data = {"source": source} if source else {}
    response = await client.post("/api/v1/documents", files={"file": ("new.txt", text.encode())}, data=data)
    assert (response.status_code, response.headers["content-type"]) == (403, "application/problem+json")
    problem: dict[str, str] = response.json()
    return problem


async def test_documents_are_counted_per_person_and_deleting_one_makes_room(settings: Settings, upload: Upload) -> None:
    async with (
        running(settings.model_copy(update={"documents_per_person": 2})) as app,
        client_of(app, "ann@example.org") as ann,
        client_of(app, "ben@example.org") as ben,
    ):
        first = await upload(ann, "a.txt", "The key lies under the mat.")
        await upload(ann, "b.txt", "The warden returns on Friday.")
        assert "ATTUNE_DOCUMENTS_PER_PERSON" in (await refused(ann, "A third text."))["detail"]
        assert (await upload(ann, "a.txt", "The key lies under the mat.")).outcome == "unchanged"
        await upload(ben, "c.txt", "A text of Ben's.")
        await ann.delete(f"/api/v1/documents/{first.document.id}")
        await upload(ann, "new.txt", "A third text.")


async def test_bytes_are_counted_and_a_changed_file_takes_the_place_of_its_old_self(
    settings: Settings, upload: Upload
) -> None:
    async with (
        running(settings.model_copy(update={"bytes_per_person": 100, "documents_per_person": 1})) as app,
        client_of(app, "ann@example.org") as ann,
    ):
        await upload(ann, "a.txt", "The key lies here. " * 5, source="/notes/a.txt")  # 95 bytes
        await refused(ann, "Too much.")
        changed: UploadPublic = await upload(ann, "a.txt", "The key lies there. " * 5, source="/notes/a.txt")
        assert changed.document.size == 100
        problem = await refused(ann, "The key lies nowhere. " * 5, source="/notes/a.txt")
        assert "the file has 110 bytes" in problem["detail"]
        assert "ATTUNE_BYTES_PER_PERSON" in problem["detail"]
        listed = (await ann.get("/api/v1/documents")).json()["items"]
        assert [item["id"] for item in listed] == [changed.document.id]


async def test_what_was_refused_leaves_no_file(settings: Settings) -> None:
    async with (
        running(settings.model_copy(update={"bytes_per_person": 1})) as app,
        client_of(app, "ann@example.org") as ann,
    ):
        await refused(ann, "Zyxquartz")
        kept = [path for path in app.state.services.home.originals.rglob("*") if path.is_file()]
        assert kept == []


@pytest.mark.parametrize("limit", ["documents_per_person", "bytes_per_person"])
async def test_zero_is_no_limit(settings: Settings, upload: Upload, limit: str) -> None:
    async with running(settings.model_copy(update={limit: 0})) as app, client_of(app, "ann@example.org") as ann:
        await upload(ann, "a.txt", "The key lies under the mat.")
