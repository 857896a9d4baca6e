"""Every answer tells browsers what it may do there, errors and streams too; pages say more of themselves."""

import httpx
import pytest
from fastapi import FastAPI

from app.main import create_app
from app.security_headers import DATA_POLICY
from app.server import serving
from app.settings import Settings
from tests.conftest import Upload

ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def assert_safe(response: httpx.Response) -> None:
    assert {name: response.headers.get(name) for name in ALWAYS} == ALWAYS
    assert "microphone=()" in response.headers["permissions-policy"]
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert "access-control-allow-origin" not in response.headers
    assert "strict-transport-security" not in response.headers


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/me", 200),
        ("GET", "/api/v1/nothing", 404),
        ("POST", "/api/v1/search", 422),
        ("PUT", "/api/v1/me", 405),
        ("GET", "/healthz", 200),
        ("OPTIONS", "/api/v1/me", 405),
        ("GET", "/openapi.json", 200),
    ],
)
async def test_data_may_do_nothing(client: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    response = await client.request(method, path, headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == status
    assert_safe(response)
    assert response.headers["content-security-policy"] == DATA_POLICY


async def test_a_stranger_a_stream_and_a_failure_of_ours_get_them_too(
    app: FastAPI, client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    @app.get("/broken")
    async def broken() -> None:
        raise KeyError("ours")

    assert_safe(await stranger.get("/api/v1/me"))
    assert_safe(await client.post("/api/v1/chat", json={"question": "Where is the key?"}))
    failed = await client.get("/broken")
    assert failed.status_code == 500
    assert_safe(failed)


async def test_only_what_comes_over_tls_asks_for_tls_ever_after(app: FastAPI) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://test") as secure:
        assert "max-age=" in (await secure.get("/healthz")).headers["strict-transport-security"]


async def test_the_pages_about_the_api_may_load_their_program_and_nothing_else_may(client: httpx.AsyncClient) -> None:
    for path in ("/docs", "/redoc"):
        page = await client.get(path)
        policy = page.headers["content-security-policy"]
        for source in ("https://cdn.jsdelivr.net", "https://fastapi.tiangolo.com"):
            assert source in page.text or path == "/redoc"
            assert source in policy
        assert_safe(page)


async def test_a_document_keeps_its_own_stricter_policy(client: httpx.AsyncClient, upload: Upload) -> None:
    added = await upload(client, "a.html", "<script>alert(1)</script><p>Some text of the page.</p>")
    response = await client.get(f"/api/v1/documents/{added.document.id}/content")
    assert_safe(response)
    assert response.headers["content-security-policy"].startswith("sandbox;")
    assert response.headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(("trusted", "is_believed"), [("127.0.0.1", True), ("10.0.0.1", False)])
async def test_a_proxy_is_believed_only_where_it_is_trusted(
    settings: Settings, trusted: str, is_believed: bool
) -> None:
    app = create_app(settings.model_copy(update={"trusted_proxies": trusted}))
    async with serving(app, "127.0.0.1", 0) as url, httpx.AsyncClient() as client:
        answer = await client.get(f"{url}/healthz", headers={"X-Forwarded-Proto": "https"})
    assert ("strict-transport-security" in answer.headers) is is_believed
