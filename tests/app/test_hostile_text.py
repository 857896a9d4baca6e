"""Text that PostgreSQL cannot store is refused where it comes in, with the name of its field."""

import base64
from typing import Any

import httpx
import pytest

from tests.conftest import Upload

CONTENT = "Some text of a file, long enough."


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/v1/chat", {"question": "Where is\0 the key?"}, "question"),
        ("/api/v1/search", {"query": "the\0 key"}, "query"),
        ("/api/v1/conversations", {"title": "keys\0"}, "title"),
        ("/api/v1/auth/token", {"email": "ann\0@example.org", "password": "x"}, "email"),
    ],
)
async def test_a_nul_character_in_a_body_is_refused(
    client: httpx.AsyncClient, path: str, body: dict[str, Any], field: str
) -> None:
    response = await client.post(path, json=body)
    assert response.status_code == 422, response.text
    assert response.json()["errors"][0]["field"] == f"body.{field}"
    assert "NUL" in response.json()["detail"]


async def test_a_nul_character_in_a_name_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.patch("/api/v1/me", json={"display_name": "An\0n"})
    assert response.status_code == 422 and "body.display_name" in response.json()["detail"]


@pytest.mark.parametrize(("name", "source", "field"), [("a\0.txt", "", "filename"), ("a.txt", "/a\0", "source")])
async def test_a_nul_character_in_an_upload_is_refused_and_nothing_is_kept(
    client: httpx.AsyncClient, name: str, source: str, field: str
) -> None:
    parts = (f'name="source"\r\n\r\n{source}', f'name="file"; filename="{name}"\r\n\r\n{CONTENT}')
    form = "".join(f"--b\r\nContent-Disposition: form-data; {part}\r\n" for part in parts) + "--b--\r\n"
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    response = await client.post("/api/v1/documents", content=form, headers=kind)
    assert response.status_code == 422, response.text
    assert field in response.json()["detail"] and "NUL" in response.json()["detail"]
    assert (await client.get("/api/v1/documents")).json()["items"] == []


async def test_a_nul_character_in_a_cursor_is_refused(client: httpx.AsyncClient, upload: Upload) -> None:
    cursor = base64.urlsafe_b64encode(b"2026-01-01T00:00:00+00:00|a\0").decode()
    for path in ("/api/v1/documents", "/api/v1/conversations"):
        assert (await client.get(path, params={"cursor": cursor})).status_code == 422
