"""What is Ann's does not exist for Ben, on every route that names a thing, and without a token nothing exists."""

import re

import httpx
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from app.main import ROUTERS
from tests.app.lending import collect, group_of, me, share
from tests.conftest import Upload

# Whoever knows the address may ask these.
OPEN = {"/healthz", "/readyz", "/metrics"}
OPEN |= {f"/api/v1/auth/{way}" for way in ("token", "session", "sign-up", "oidc", "oidc/start", "oidc/callback")}
BODIES = {"PUT": {"text": "In 1871 [1]."}}
# Of routes whose body is looked at before what they name: the end of the path -> a body.
NAMED = {
    "/feedback": {"key": "a-key-of-ben", "kind": "withdrawn"},
    "/answer": {"choice": "no"},
    "/documents": {"documents": ["11111111-1111-1111-1111-111111111111"]},
    "/shares": {"email": "ben@example.org"},
    "/members": {"email": "ben@example.org"},
}
ROUTES = [route for module in ROUTERS for route in module.router.routes if isinstance(route, APIRoute)]


@pytest.fixture
async def anns(client: httpx.AsyncClient, upload: Upload) -> dict[str, str]:
    """Ids of things of Ann's, by the name of the path parameter."""
    added = await upload(client, "a.txt", "The lighthouse of Quenholm was built in 1871.")
    asked = await client.post("/api/v1/chat", json={"question": "When was the lighthouse built?", "stream": False})
    assert asked.status_code == 200, asked.text
    assert added.job_id is not None
    group = await group_of(client, "Wardens")
    collection = await collect(client, "Lighthouses", added.document.id)
    token = await client.post("/api/v1/me/tokens", json={"label": "phone", "scopes": ["read"]})
    turn = asked.json()
    edit = await client.put(f"/api/v1/turns/{turn['id']}/answer", json=BODIES["PUT"])
    fact = await client.post("/api/v1/me/facts", json={"text": "I am a nurse"})
    stated = await client.post("/api/v1/preferences", json={"description": "no contractions"})
    return {
        "document_id": added.document.id,
        "number": "1",  # of a page
        "job_id": added.job_id,
        "conversation_id": turn["conversation_id"],
        "turn_id": turn["id"],
        "exposure_id": turn["exposures"][0]["id"],
        "edit_id": edit.json()["id"],
        "preference_id": stated.json()["id"],
        "fact_id": fact.json()["id"],
        "group_id": group,
        "person_id": (await me(client))["id"],
        "collection_id": collection,
        "share_id": await share(client, collection, group_id=group),
        "token_id": token.json()["id"],
    }


async def test_on_every_route_a_thing_of_somebody_else_is_404(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, anns: dict[str, str]
) -> None:
    tried = 0
    for route in ROUTES:
        names = re.findall(r"{(\w+)}", route.path)
        if not names or not set(names) <= set(anns) or route.path.startswith("/api/v1/admin/"):
            continue
        path = route.path.format(**anns)
        for method in sorted(route.methods or ()):
            body: dict[str, object] = (
                {"active": False} if "preferences" in path or "facts" in path else {"title": "mine"}
            )
            body = {"name": "mine"} if "groups" in path or "collections" in path else body
            body = next((named for end, named in NAMED.items() if path.endswith(end)), body)  # type: ignore[misc]  # alike
            response = await other_client.request(method, path, json=BODIES.get(method, body))
            assert response.status_code == 404, f"{method} {path} answered {response.status_code}"
            tried += 1
    assert tried >= 30
    assert (await client.get(f"/api/v1/documents/{anns['document_id']}")).json()["status"] == "indexed"
    read = (await client.get(f"/api/v1/conversations/{anns['conversation_id']}")).json()
    assert read["turns"][0]["answer"] == BODIES["PUT"]["text"]
    (preference,) = (await client.get("/api/v1/preferences")).json()["items"]
    assert (preference["id"], preference["active"]) == (anns["preference_id"], True)


async def test_search_and_chat_find_and_name_nothing_of_somebody_else(
    other_client: httpx.AsyncClient, anns: dict[str, str]
) -> None:
    found = await other_client.post("/api/v1/search", json={"query": "lighthouse"})
    assert found.json()["hits"] == []
    for path, key in (("/api/v1/search", "query"), ("/api/v1/chat", "question")):
        response = await other_client.post(path, json={key: "lighthouse", "documents": [anns["document_id"]]})
        assert response.status_code == 404
        assert anns["document_id"] in response.json()["detail"]


async def test_the_same_file_of_two_people_is_two_documents_and_neither_learns_of_the_other(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload
) -> None:
    text = "The lighthouse of Quenholm was built in 1871."
    mine, theirs = await upload(client, "a.txt", text), await upload(other_client, "a.txt", text)
    assert theirs.outcome == "queued"
    assert mine.document.id != theirs.document.id
    assert (await client.delete(f"/api/v1/documents/{mine.document.id}")).status_code == 204
    hits = (await other_client.post("/api/v1/search", json={"query": "lighthouse"})).json()["hits"]
    assert [hit["document_id"] for hit in hits] == [theirs.document.id]


async def test_without_a_token_every_route_but_the_open_ones_is_401(app: FastAPI, stranger: httpx.AsyncClient) -> None:
    tried = 0
    for route in ROUTES:
        if route.path in OPEN:
            continue
        path = re.sub(r"{\w+}", "11111111-1111-1111-1111-111111111111", route.path)
        for method in sorted(route.methods or ()):
            response = await stranger.request(method, path)
            assert response.status_code == 401, f"{method} {path} answered {response.status_code}"
            tried += 1
    assert tried >= 15
