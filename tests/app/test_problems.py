"""Every error is a problem document that tells the caller what to do and a stranger nothing."""

import logging

import httpx
import pytest
from fastapi import FastAPI

from app.main import create_app
from app.settings import Settings

PROBLEM = "application/problem+json"


async def test_unknown_routes_and_wrong_methods_are_problems(stranger: httpx.AsyncClient) -> None:
    for response, status in (
        (await stranger.get("/api/v1/nothing"), 404),
        (await stranger.put("/api/v1/me"), 405),
        (await stranger.get("/api/v1/me"), 401),
    ):
        assert response.headers["content-type"] == PROBLEM
        body = response.json()
        assert (body["type"], body["status"]) == ("about:blank", status)
        assert body["title"]
        assert body["detail"]


async def test_a_validation_error_names_the_fields_and_echoes_no_secret(stranger: httpx.AsyncClient) -> None:
    body = {"email": "a@b", "password": "x" * 1500, "hint": "my-secret-hint"}
    response = await stranger.post("/api/v1/auth/token", json=body)
    assert response.status_code == 422
    assert response.headers["content-type"] == PROBLEM
    assert [error["field"] for error in response.json()["errors"]] == ["body.password", "body.hint"]
    assert "xxxx" not in response.text
    assert "my-secret-hint" not in response.text


async def test_a_malformed_body_is_a_422_problem(stranger: httpx.AsyncClient) -> None:
    headers = {"Content-Type": "application/json"}
    response = await stranger.post("/api/v1/auth/token", content=b"{not json", headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (422, PROBLEM)


async def test_a_body_that_is_no_json_says_where_or_which_header_is_missing(stranger: httpx.AsyncClient) -> None:
    kind = {"Content-Type": "application/json"}
    broken = await stranger.post("/api/v1/auth/token", content=b'{"email": "a", oops', headers=kind)
    assert "body: is no JSON: " in broken.json()["detail"]
    assert broken.json()["detail"].endswith("at character 15")
    form = {"Content-Type": "application/x-www-form-urlencoded"}  # what curl -d sends
    unnamed = await stranger.post("/api/v1/auth/token", content=b'{"code": "x"}', headers=form)
    assert unnamed.json()["detail"] == "body: send JSON, with the header `Content-Type: application/json`"


async def test_a_malformed_identifier_is_a_422_problem(client: httpx.AsyncClient) -> None:
    assert (await client.get("/api/v1/documents/..%2f..%2fetc")).status_code in {404, 422}
    assert (await client.get("/api/v1/documents/1")).status_code == 422


async def test_an_error_of_ours_shows_no_insides_but_the_request_id(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(settings)

    @app.get("/breaks/{what}")
    async def breaks(what: str) -> None:
        raise RuntimeError(f"database password is hunter2, {what}")

    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            with caplog.at_level(logging.ERROR, logger="app.problems"):
                response = await client.get("/breaks/my-private-question")
    assert (response.status_code, response.headers["content-type"]) == (500, PROBLEM)
    assert "hunter2" not in response.text
    assert response.headers["x-request-id"] == response.json()["request_id"]
    assert [record.getMessage() for record in caplog.records] == ["GET /breaks/{what} failed"]


async def test_each_answer_has_a_request_id_of_its_own(app: FastAPI, stranger: httpx.AsyncClient) -> None:
    forged = {"X-Request-Id": "forged"}
    ids = {(await stranger.get("/healthz", headers=forged)).headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3
    assert "forged" not in ids


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({"Content-Type": "application/json"}, b"{}", 415),
        ({"Content-Type": "multipart/form-data; boundary=b"}, b"nonsense", 400),
        ({"Content-Type": "multipart/form-data; boundary=b"}, b"--b--\r\n", 422),
        (
            {"Content-Type": "multipart/form-data; boundary=b"},
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
            400,
        ),
        (
            {"Content-Type": "multipart/form-data; boundary=b"},
            b'--b\r\nContent-Disposition: form-data; name="source"\r\n\r\n' + b"x" * 9000 + b"\r\n--b--\r\n",
            422,
        ),
    ],
    ids=["not a form", "no boundary", "no file", "cut off", "a long field"],
)
async def test_a_broken_upload_is_a_problem(
    client: httpx.AsyncClient, headers: dict[str, str], content: bytes, status: int
) -> None:
    response = await client.post("/api/v1/documents", headers=headers, content=content)
    assert (response.status_code, response.headers["content-type"]) == (status, PROBLEM)
    assert (await client.get("/api/v1/documents")).json()["items"] == []


async def test_a_wrong_method_is_told_with_the_right_ones(client: httpx.AsyncClient) -> None:
    refused = await client.put("/api/v1/conversations/some")
    assert refused.status_code == 405
    assert set(refused.headers["allow"].split(", ")) >= {"GET", "PATCH", "DELETE"}
    assert "use DELETE, GET" in refused.json()["detail"]
    nothing = await client.get("/api/v1/nothing")
    assert nothing.status_code == 404
    assert "/docs lists" in nothing.json()["detail"]
