"""An upload that stops coming is given up, and nothing of it stays."""

import asyncio

import pytest

from app.main import create_app
from app.server import serving
from app.services import Services
from app.settings import Settings

HALF = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nthe first half of'


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"upload_stall_seconds": 0.2})


async def test_an_upload_that_stalls_is_ended_with_a_problem_and_leaves_no_file(settings: Settings) -> None:
    app = create_app(settings)
    async with asyncio.timeout(20), serving(app, "127.0.0.1", 0) as url:
        services: Services = app.state.services
        token = await services.auth.issue_token(await services.auth.ensure_owner(), "test")
        reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rsplit(":", 1)[1]))
        head = (
            "POST /api/v1/documents HTTP/1.1\r\nHost: test\r\nContent-Length: 5000\r\n"
            f"Authorization: Bearer {token}\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n"
        )
        writer.write(head.encode() + HALF)
        answer = await reader.read()  # to the end: the server closes a connection on which it would wait for ever
        writer.close()
        assert [path for path in services.home.originals.rglob("*") if path.is_file()] == []
    assert answer.startswith(b"HTTP/1.1 408") and b"send it again" in answer
