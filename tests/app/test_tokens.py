"""A token of one's own opens what its scopes say, as long as it lives, and nothing that would give it more."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.models import ApiToken, Person
from app.problems import Problem
from app.services import Services
from app.tokens import require_scope, scope_for
from tests.app.confiding import admin_of

EVERYTHING = ["read", "chat", "write", "admin"]


async def made(client: httpx.AsyncClient, *scopes: str, label: str = "phone") -> dict[str, Any]:
    response = await client.post("/api/v1/me/tokens", json={"label": label, "scopes": scopes, "days": 5})
    assert response.status_code == 201, response.text
    token: dict[str, Any] = response.json()
    return token


async def test_a_scoped_token_does_what_it_says_is_listed_and_ends_when_it_is_revoked(
    client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    reads, chats = await made(client, "read"), await made(client, "chat", label="bot")
    stranger.headers["Authorization"] = f"Bearer {reads['token']}"
    question = {"question": "Hello!", "stream": False}
    assert (await stranger.get("/api/v1/documents")).status_code == 200
    assert (await stranger.post("/api/v1/search", json={"query": "a"})).status_code == 200
    refused = await stranger.post("/api/v1/chat", json=question)
    assert (refused.status_code, "scope chat" in refused.json()["detail"]) == (403, True)
    assert "insufficient_scope" in refused.headers["www-authenticate"]
    assert (await stranger.post("/api/v1/conversations", json={})).status_code == 403
    stranger.headers["Authorization"] = f"Bearer {chats['token']}"
    assert (await stranger.post("/api/v1/chat", json=question)).status_code == 200
    assert (await stranger.get("/api/v1/documents")).status_code == 403
    listed = {one["label"]: one for one in (await client.get("/api/v1/me/tokens")).json()["items"]}
    assert listed["phone"]["scopes"] == ["read"] and listed["phone"]["last_used_at"]
    assert (listed["test"]["current"], listed["test"]["scopes"]) == (True, None)
    assert not any("token" in one for one in listed.values())
    assert (await client.delete(f"/api/v1/me/tokens/{chats['id']}")).status_code == 204
    assert (await stranger.post("/api/v1/chat", json=question)).status_code == 401
    assert (await client.delete(f"/api/v1/me/tokens/{chats['id']}")).status_code == 404


async def test_no_token_with_scopes_can_give_itself_more(
    services: Services, client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    asked = await client.post("/api/v1/me/tokens", json={"label": "phone", "scopes": EVERYTHING})
    assert asked.status_code == 403, "who is no admin gets no scope admin"
    admin = await services.auth.create_person("root@example.org", None, role="admin")
    stranger.headers["Authorization"] = f"Bearer {await services.auth.issue_token(admin, 'test')}"
    stranger.headers["Authorization"] = f"Bearer {(await made(stranger, *EVERYTHING))['token']}"
    assert (await stranger.get("/api/v1/admin/users")).status_code == 200
    for method, path, body in [
        ("POST", "me/tokens", {"label": "more", "scopes": ["read"]}),
        ("PATCH", "me", {"password": "a new password"}),
        ("DELETE", "me", None),
        ("POST", "admin/login-codes", None),
        ("POST", "admin/backup", None),
        ("POST", "admin/users/forget", {"email": "root@example.org"}),
        ("POST", "admin/tokens", {"email": "root@example.org", "label": "more"}),
    ]:
        response = await stranger.request(method, f"/api/v1/{path}", json=body)
        assert response.status_code == 403, f"{method} {path} answered {response.status_code}"


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "/api/v1/documents", "read"),
        ("POST", "/api/v1/documents", "write"),
        ("POST", "/v1/chat/completions", "chat"),
        ("PUT", "/api/v1/turns/{turn_id}/answer", "write"),
        ("GET", "/api/v1/admin/users", "admin"),
        ("GET", "/metrics", "admin"),
        ("GET", "/api/v1/me", "read"),
    ],
)
def test_every_route_needs_one_scope_and_no_other_opens_it(method: str, path: str, scope: str) -> None:
    assert scope_for(method, path) == scope
    require_scope(ApiToken(person_id="a", digest="", scopes=[scope]), method, path)
    others = [other for other in EVERYTHING if other != scope]
    with pytest.raises(Problem, match=f"scope {scope}"):
        require_scope(ApiToken(person_id="a", digest="", scopes=others), method, path)


async def test_roles_are_given_by_admins_and_somebody_stays_one(
    app: FastAPI, client: httpx.AsyncClient, person: Person
) -> None:
    path = f"/api/v1/admin/users/{person.id}"
    assert (await client.patch(path, json={"role": "admin"})).status_code == 403
    async with admin_of(app) as owner:
        assert (await owner.patch(path, json={"role": "admin"})).json()["role"] == "admin"
        everybody = {one["email"]: one["id"] for one in (await client.get("/api/v1/admin/users")).json()["items"]}
        home_owner = f"/api/v1/admin/users/{everybody['owner@localhost']}"
        assert (await client.patch(home_owner, json={"role": "person"})).status_code == 409
        assert (await owner.patch(path, json={"role": "operator"})).json()["role"] == "operator"
        assert (await client.get("/api/v1/admin/users")).status_code == 403, "from the next request on"
        nobody = "/api/v1/admin/users/11111111-1111-1111-1111-111111111111"
        assert (await owner.patch(nobody, json={"role": "admin"})).status_code == 404
