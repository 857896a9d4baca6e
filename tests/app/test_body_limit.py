"""No request is read into memory beyond what it needs, whatever it says about itself."""

from collections.abc import AsyncIterator

import httpx
import pytest

from app.body_limit import BODY_BYTES
from app.uploading import AROUND_BYTES

PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nwords\r\n'
FORM = {"Content-Type": "multipart/form-data; boundary=b"}


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=b", "text/plain"])
async def test_a_stranger_cannot_send_a_long_body(stranger: httpx.AsyncClient, kind: str) -> None:
    sent = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(64):
            sent += BODY_BYTES // 8
            yield b" " * (BODY_BYTES // 8)

    response = await stranger.post("/api/v1/auth/token", content=body(), headers={"Content-Type": kind})
    assert (response.status_code, response.headers["content-type"]) == (413, "application/problem+json")
    assert sent <= 2 * BODY_BYTES


@pytest.mark.parametrize(
    "extra",
    [
        b"".join(b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\n\r\n' % n for n in range(2000)),
        b" " * AROUND_BYTES * 2,
    ],
    ids=["empty fields", "noise after the end"],
)
async def test_what_surrounds_an_uploaded_file_is_limited_too(client: httpx.AsyncClient, extra: bytes) -> None:
    body = PART + (extra + b"--b--\r\n" if extra.startswith(b"--") else b"--b--\r\n" + extra)
    assert (await client.post("/api/v1/documents", headers=FORM, content=body)).status_code == 413
    assert (await client.get("/api/v1/documents")).json()["items"] == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"Content-Length": "many"}, 202), ({"Content-Type": f"multipart/form-data; boundary={'b' * 5000}"}, 400)],
)
async def test_headers_of_an_upload_that_make_no_sense_break_nothing(
    client: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    response = await client.post("/api/v1/documents", headers=FORM | headers, content=PART + b"--b--\r\n")
    assert response.status_code == status
