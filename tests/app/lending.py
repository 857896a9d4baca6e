"""People who share with each other, for the tests of groups and collections."""

from typing import Any

import httpx

from app.schemas_groups import CollectionPublic, GroupPublic, SharePublic


async def me(client: httpx.AsyncClient) -> dict[str, Any]:
    account: dict[str, Any] = (await client.get("/api/v1/me")).json()
    return account


async def collect(client: httpx.AsyncClient, name: str, *documents: str) -> str:
    """The id of a new collection with these documents in it."""
    made = await client.post("/api/v1/collections", json={"name": name})
    assert made.status_code == 201, made.text
    collection = CollectionPublic.model_validate_json(made.content).id
    if documents:
        await put(client, collection, *documents)
    return collection


async def put(client: httpx.AsyncClient, collection: str, *documents: str) -> None:
    response = await client.post(f"/api/v1/collections/{collection}/documents", json={"documents": list(documents)})
    assert response.status_code == 204, response.text


async def share(client: httpx.AsyncClient, collection: str, permission: str = "read", **to: str) -> str:
    """The id of the share; `to` is `email` or `group_id`."""
    response = await client.post(f"/api/v1/collections/{collection}/shares", json={"permission": permission} | to)
    assert response.status_code == 201, response.text
    return SharePublic.model_validate_json(response.content).id


async def take_back(client: httpx.AsyncClient, collection: str, share_id: str) -> None:
    response = await client.delete(f"/api/v1/collections/{collection}/shares/{share_id}")
    assert response.status_code == 204, response.text


async def group_of(client: httpx.AsyncClient, name: str, *emails: str) -> str:
    """The id of a new group that the client leads and these people are in."""
    made = await client.post("/api/v1/groups", json={"name": name})
    assert made.status_code == 201, made.text
    group = GroupPublic.model_validate_json(made.content).id
    for email in emails:
        joined = await client.post(f"/api/v1/groups/{group}/members", json={"email": email})
        assert joined.status_code == 201, joined.text
    return group


async def found(client: httpx.AsyncClient, query: str, **more: Any) -> set[str]:
    """Texts of the passages that a search finds."""
    response = await client.post("/api/v1/search", json={"query": query, "k": 50} | more)
    assert response.status_code == 200, response.text
    return {hit["text"] for hit in response.json()["hits"]}
