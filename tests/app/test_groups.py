"""Who leads a group says who is in it; everybody may leave; nobody else learns that it exists."""

import httpx
from fastapi import FastAPI

from tests.app.confiding import admin_of
from tests.app.lending import group_of, me
from tests.conftest import client_of

ANN, BEN = "ann@example.org", "ben@example.org"


async def test_a_group_from_its_making_to_its_end(
    app: FastAPI, client: httpx.AsyncClient, other_client: httpx.AsyncClient
) -> None:
    group = await group_of(client, "Wardens", BEN)
    path = f"/api/v1/groups/{group}"
    ann, ben = (await me(client))["id"], (await me(other_client))["id"]
    members = (await other_client.get(f"{path}/members")).json()["items"]
    assert {(one["email"], one["leads"]) for one in members} == {(ANN, True), (BEN, False)}
    for method, where, body in [
        ("PATCH", path, {"name": "Ben's"}),
        ("DELETE", path, None),
        ("POST", f"{path}/members", {"email": BEN, "leads": True}),
        ("DELETE", f"{path}/members/{ann}", None),
    ]:
        assert (await other_client.request(method, where, json=body)).status_code == 403
    assert (await client.delete(f"{path}/members/{ann}")).status_code == 409, "nobody would lead it"
    assert (await client.post(f"{path}/members", json={"email": ANN})).status_code == 409
    assert (await client.post(f"{path}/members", json={"email": "nobody@example.org"})).status_code == 404
    assert (await client.post(f"{path}/members", json={"email": BEN, "leads": True})).json()["leads"]
    assert (await client.delete(f"{path}/members/{ann}")).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert (await other_client.patch(path, json={"name": "Keepers"})).json()["name"] == "Keepers"
    async with admin_of(app) as admin, client_of(app, "cleo@example.org") as cleo:
        assert (await cleo.get(path)).status_code == 404
        assert [one["name"] for one in (await admin.get("/api/v1/groups")).json()["items"]] == ["Keepers"]
        assert (await other_client.delete(f"{path}/members/{ben}")).status_code == 204
        assert (await admin.get(path)).status_code == 404, "the last one took it along"


async def test_lists_go_on_from_page_to_page(client: httpx.AsyncClient) -> None:
    names = [f"Group {number}" for number in range(5)]
    for name in names:
        await group_of(client, name)
        await client.post("/api/v1/collections", json={"name": name})
    for path in ("groups", "collections"):
        seen, cursor = [], None
        while True:
            page = (
                await client.get(f"/api/v1/{path}", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
            ).json()
            seen += [one["name"] for one in page["items"]]
            if (cursor := page["next_cursor"]) is None:
                break
        assert seen == names[::-1]
