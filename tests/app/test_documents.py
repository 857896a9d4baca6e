"""Documents over HTTP: taken in once, replaced by source, refused with a reason, removed without a trace."""

import asyncio
import errno
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from app import originals
from app.library import display_name
from app.services import Services
from app.settings import Settings
from tests.app.confiding import places_of
from tests.conftest import Upload, WaitForJob, client_of, running

TEXT = "# Tides\n\nThe spring tide at Quenholm reaches four metres and eleven centimetres above the mark.\n"


async def test_an_uploaded_file_is_indexed_found_and_given_back(client: httpx.AsyncClient, upload: Upload) -> None:
    added = await upload(client, "tides.md", TEXT)
    document = (await client.get(f"/api/v1/documents/{added.document.id}")).json()
    assert (document["status"], document["name"], document["reason"]) == ("indexed", "tides.md", None)
    assert document["passages"] == 1
    hits = (await client.post("/api/v1/search", json={"query": "spring tide at Quenholm"})).json()["hits"]
    assert hits[0]["document_id"] == added.document.id
    assert hits[0]["document"] == "tides.md"
    assert "four metres" in hits[0]["text"]
    passages = (await client.get(f"/api/v1/documents/{added.document.id}/passages")).json()
    assert [passage["position"] for passage in passages["items"]] == [0]
    assert passages["next_cursor"] is None
    assert (await client.get(f"/api/v1/documents/{added.document.id}/content")).content == TEXT.encode()


async def test_the_job_tells_what_came_of_it_and_streams_to_its_end(
    client: httpx.AsyncClient, upload: Upload, wait_for_job: WaitForJob
) -> None:
    added = await upload(client, "tides.md", TEXT, wait=False)
    assert added.outcome == "queued"
    assert added.job_id is not None
    async with asyncio.timeout(20):
        events = (await client.get(f"/api/v1/jobs/{added.job_id}/events")).text
    assert '"state":"done"' in events.strip().splitlines()[-1]
    job = await wait_for_job(client, added.job_id)
    assert job.result == {"status": "indexed", "reason": None, "passages": 1}
    assert (await client.delete(f"/api/v1/jobs/{added.job_id}")).status_code == 409


async def test_the_same_file_again_is_unchanged_and_under_another_name_a_duplicate(
    client: httpx.AsyncClient, upload: Upload
) -> None:
    first = await upload(client, "tides.md", TEXT, source="/notes/tides.md")
    again = await upload(client, "tides.md", TEXT, source="/notes/tides.md")
    copy = await upload(client, "copy.md", TEXT, source="/notes/copy.md")
    assert (again.outcome, again.job_id, again.document.id) == ("unchanged", None, first.document.id)
    assert (copy.outcome, copy.job_id, copy.document.id) == ("duplicate", None, first.document.id)
    assert len((await client.get("/api/v1/documents")).json()["items"]) == 1


async def test_a_changed_file_replaces_what_came_from_the_same_place(
    client: httpx.AsyncClient, upload: Upload, services: Services
) -> None:
    old = await upload(client, "tides.md", TEXT, source="/notes/tides.md")
    new = await upload(client, "tides.md", TEXT.replace("four", "five"), source="/notes/tides.md")
    assert new.document.id != old.document.id
    assert (await client.get(f"/api/v1/documents/{old.document.id}")).status_code == 404
    hits = (await client.post("/api/v1/search", json={"query": "spring tide"})).json()["hits"]
    assert {hit["document_id"] for hit in hits} == {new.document.id}
    assert len([path for path in services.home.originals.rglob("*") if path.is_file()]) == 1


async def test_two_uploads_of_one_file_at_once_end_in_one_document(client: httpx.AsyncClient, upload: Upload) -> None:
    both = await asyncio.gather(*(upload(client, "tides.md", TEXT) for _ in range(4)))
    assert len({added.document.id for added in both}) == 1
    items = (await client.get("/api/v1/documents")).json()["items"]
    assert [(item["status"], item["passages"]) for item in items] == [("indexed", 1)]
    assert len((await client.post("/api/v1/search", json={"query": "spring tide"})).json()["hits"]) == 1


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("empty.txt", b"", "no_text"),
        ("broken.pdf", b"%PDF-1.7 broken", "unreadable"),
        ("a.zip", b"PK\x05\x06" + b"\0" * 18, "unsupported"),
    ],
)
async def test_a_file_that_cannot_be_read_says_why_and_is_tried_again(
    client: httpx.AsyncClient, upload: Upload, name: str, content: bytes, status: str
) -> None:
    added = await upload(client, name, content)
    document = (await client.get(f"/api/v1/documents/{added.document.id}")).json()
    assert document["status"] == status
    assert document["reason"]
    again = await upload(client, name, content)
    assert (again.outcome, again.document.id) == ("queued", added.document.id)


async def test_a_file_over_the_limit_is_refused_and_nothing_of_it_is_kept(tmp_path: Path, upload: Upload) -> None:
    settings = Settings(home=tmp_path / "home", encoder="hash", llm="scripted", max_upload_bytes=1000)
    async with running(settings) as app, client_of(app, "ann@example.org") as client:
        told = await client.post("/api/v1/documents", files={"file": ("big.txt", b"x" * 200_000)})

        async def undeclared() -> AsyncIterator[bytes]:
            yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="big.txt"\r\n\r\n'
            for _ in range(30):
                yield b"y" * 1000
            yield b"\r\n--b--\r\n"

        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        counted = await client.post("/api/v1/documents", content=undeclared(), headers=kind)
    for response in (told, counted):
        assert response.status_code == 413
        assert "1000 bytes" in response.json()["detail"]
    assert [path for path in (settings.home / "originals").rglob("*") if path.is_file()] == []


async def test_a_full_disk_is_told_with_the_remedy_and_leaves_nothing(
    client: httpx.AsyncClient, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(originals.Receiver, "_flush", full)
    response = await client.post("/api/v1/documents", files={"file": ("tides.md", TEXT.encode())})
    assert response.status_code == 507
    assert "free some space" in response.json()["detail"]
    assert (await client.get("/api/v1/documents")).json()["items"] == []
    assert [path for path in services.home.originals.rglob("*") if path.is_file()] == []


async def test_names_are_shown_without_folders_and_control_characters(
    client: httpx.AsyncClient, upload: Upload
) -> None:
    added = await upload(client, "../../etc/pass\u202ewd.md", TEXT)
    assert added.document.name == "passwd.md"
    assert display_name("C:\\notes\\a\x07\nb.txt") == "ab.txt"
    assert display_name("..") == ".."
    assert display_name("\x00/") == "unnamed"


async def test_html_is_a_download_in_a_sandbox_and_text_is_shown(client: httpx.AsyncClient, upload: Upload) -> None:
    page = await upload(client, "a.html", "<h1>Hi</h1><script>alert(1)</script><p>Some text of the page.</p>")
    text = await upload(client, "a.txt", "Some text of another file, long enough.")
    html = await client.get(f"/api/v1/documents/{page.document.id}/content")
    plain = await client.get(f"/api/v1/documents/{text.document.id}/content")
    assert html.headers["content-type"] == "application/octet-stream"
    assert html.headers["content-disposition"].startswith("attachment")
    assert plain.headers["content-type"] == "text/plain; charset=utf-8"
    assert plain.headers["content-disposition"].startswith("inline")
    for response in (html, plain):
        assert response.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in response.headers["content-security-policy"]


async def test_the_list_goes_on_where_it_stopped(client: httpx.AsyncClient, upload: Upload) -> None:
    for number in range(5):
        await upload(client, f"{number}.txt", f"Text number {number} of this test.")
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        page = (
            await client.get("/api/v1/documents", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [item["name"] for item in page["items"]]
        cursor = page["next_cursor"]
    assert (seen, cursor) == (["4.txt", "3.txt", "2.txt", "1.txt", "0.txt"], None)
    assert (await client.get("/api/v1/documents", params={"cursor": "x"})).status_code == 422


async def test_documents_are_found_by_all_words_of_their_name_or_title(
    client: httpx.AsyncClient, upload: Upload
) -> None:
    for name in ("Überstunden 2026.txt", "Urlaub 2026.txt", "100% sure_.txt"):
        await upload(client, name, f"The text of {name}.")
    for sought, found in {
        "2026": ["Urlaub 2026.txt", "Überstunden 2026.txt"],
        "26 über": ["Überstunden 2026.txt"],
        "URLAUB txt": ["Urlaub 2026.txt"],
        "%": ["100% sure_.txt"],
        "urlaub sure": [],
    }.items():
        page = (await client.get("/api/v1/documents", params={"q": sought})).json()
        assert [one["name"] for one in page["items"]] == found, sought


async def test_deleting_leaves_no_byte_of_the_document_in_the_home(settings: Settings, upload: Upload) -> None:
    secret = "Zyxquartz"
    async with running(settings) as app, client_of(app, "ann@example.org") as client:
        added = await upload(client, f"{secret}.md", f"# {secret}\n\nThe {secret} is under the stairs of the old mill.")
        asked = await client.post("/api/v1/chat", json={"question": "What is under the stairs?", "stream": False})
        assert asked.status_code == 200, asked.text
        conversation = asked.json()["conversation_id"]
        assert (await client.delete(f"/api/v1/documents/{added.document.id}")).status_code == 204
        assert (await client.delete(f"/api/v1/documents/{added.document.id}")).status_code == 404
        assert (await client.get(f"/api/v1/jobs/{added.job_id}")).status_code == 404
        assert (await client.post("/api/v1/search", json={"query": secret})).json()["hits"] == []
        assert (await client.delete(f"/api/v1/conversations/{conversation}")).status_code == 204
    assert places_of(settings.home, secret) == []


async def test_erasing_a_person_leaves_no_byte_of_them_and_keeps_the_others(settings: Settings, upload: Upload) -> None:
    async with running(settings) as app, client_of(app, "vrbloom@example.org") as client:
        await upload(client, "one.md", "# One\n\nThe Zyxquartz is under the stairs of the old mill.")
        async with client_of(app, "ben@example.org") as other:
            kept = await upload(other, "two.md", TEXT)
            assert (await client.delete("/api/v1/me")).status_code == 204
            assert (await client.get("/api/v1/me")).status_code == 401
            assert (await other.get(f"/api/v1/documents/{kept.document.id}")).json()["status"] == "indexed"
    for trace in ("Zyxquartz", "vrbloom"):
        assert places_of(settings.home, trace) == []


async def test_deleting_leaves_no_byte_of_the_document_in_the_index_while_it_runs(
    settings: Settings, upload: Upload
) -> None:
    async with running(settings) as app, client_of(app, "ann@example.org") as client:
        added = await upload(client, "a.md", "# One\n\nThe Zyxquartz is under the stairs of the old mill.")
        await upload(client, "b.md", TEXT)
        assert (await client.delete(f"/api/v1/documents/{added.document.id}")).status_code == 204
        await app.state.services.index.forget_deleted()  # a busy machine may need longer than the request waits
        assert places_of(settings.home, "Zyxquartz") == []


async def test_deleting_while_the_job_runs_leaves_nothing(
    app: FastAPI, client: httpx.AsyncClient, upload: Upload, services: Services
) -> None:
    added = await upload(client, "tides.md", TEXT * 200, wait=False)
    assert (await client.delete(f"/api/v1/documents/{added.document.id}")).status_code == 204
    assert (await client.post("/api/v1/search", json={"query": "spring tide"})).json()["hits"] == []
    assert await services.index.count() == 0
