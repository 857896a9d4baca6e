"""What was done with access is on record, and nothing that anybody wrote."""

import json
import logging

import httpx
import pytest

from app.services import Services

PASSWORD = "correct horse battery"


def noted(caplog: pytest.LogCaptureFixture) -> list[dict[str, str]]:
    return [json.loads(record.getMessage()) for record in caplog.records if record.name == "attune.audit"]


@pytest.fixture(autouse=True)
def _listening(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "attune.audit")


async def test_a_life_of_an_account_is_noted_from_beginning_to_end(
    services: Services, stranger: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    owner = await services.auth.ensure_owner()
    admin = await services.auth.create_person("root@example.org", None, role="admin")
    stranger.headers["Authorization"] = f"Bearer {await services.auth.issue_token(admin, 'test')}"
    account = {"email": "zoe@example.org", "password": PASSWORD}
    zoe = (await stranger.post("/api/v1/admin/users", json=account)).json()["id"]
    await stranger.post("/api/v1/admin/tokens", json={"email": "zoe@example.org", "label": "Zoe's kitchen"})
    code = (await stranger.post("/api/v1/admin/login-codes")).json()["token"]
    await stranger.get("/api/v1/admin/feedback")
    del stranger.headers["Authorization"]
    for _ in range(2):
        await stranger.post("/api/v1/auth/token", json={"code": code})
    await stranger.post("/api/v1/auth/token", json=account | {"password": "a wrong guess"})
    await stranger.post("/api/v1/auth/token", json={"email": "nobody@example.org", "password": "another guess"})
    token = (await stranger.post("/api/v1/auth/token", json=account)).json()["token"]
    stranger.headers["Authorization"] = f"Bearer {token}"
    await stranger.patch("/api/v1/me", json={"password": PASSWORD + "!"})
    await stranger.delete("/api/v1/me")
    here = {"address": "127.0.0.1"}
    assert noted(caplog) == [
        {"action": "person added", "person": zoe, "by": admin.id, "role": "person"},
        {"action": "token made", "person": zoe, "by": admin.id},
        {"action": "login link made", "person": admin.id},
        {"action": "feedback exported", "by": admin.id, "people": 3},
        {"action": "logged in", "person": admin.id, **here, "way": "link"},
        {"action": "login failed", **here, "way": "link"},
        {"action": "login failed", "person": zoe, **here, "way": "password"},
        {"action": "login failed", **here, "way": "password"},
        {"action": "logged in", "person": zoe, **here, "way": "password"},
        {"action": "password changed", "person": zoe},
        {"action": "erasure ordered", "person": zoe, "by": owner.id},
        {"action": "person erased", "person": zoe, "by": owner.id},
    ]
    for secret in ("zoe@", "kitchen", "guess", PASSWORD, token, code, "nobody"):
        assert secret not in caplog.text


async def test_logging_out_of_the_browser_is_noted(
    services: Services, stranger: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    zoe = await services.auth.create_person("zoe@example.org", PASSWORD)
    await stranger.post("/api/v1/auth/session", json={"email": "zoe@example.org", "password": PASSWORD})
    out = await stranger.delete("/api/v1/auth/session", headers={"Sec-Fetch-Site": "same-origin"})
    assert out.status_code == 204
    assert noted(caplog)[-1] == {"action": "logged out", "person": zoe.id}
