"""What an owner of a shared document is asked, and what whoever lost a share cannot do any more."""

import json

import httpx

from app import feedback_export
from app.services import Services
from tests.app.lending import collect, found, put, share, take_back
from tests.app.rewriting import ask
from tests.conftest import Upload

BEN = "ben@example.org"
TEXT = "The lighthouse of Quenholm was built in 1871 by the warden Vrbloom."
QUESTION = "When was the lighthouse of Quenholm built?"


async def test_a_file_that_changed_comes_back_only_where_its_owner_may_still_write(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload
) -> None:
    collection = await collect(client, "Lighthouses")
    given = await share(client, collection, "write", email=BEN)
    theirs = (await upload(other_client, "b.txt", TEXT, source="/b.txt")).document.id
    await put(other_client, collection, theirs)
    assert await found(client, "lighthouse") == {TEXT}
    await take_back(client, collection, given)
    await upload(other_client, "b.txt", "The lighthouse is for sale: call Ben.", source="/b.txt")
    assert await found(client, "lighthouse") == set()


async def test_documents_teach_all_only_if_their_owner_agreed_too(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    collection = await collect(client, "Lighthouses", (await upload(client, "a.txt", TEXT)).document.id)
    await share(client, collection, email=BEN)
    await other_client.patch("/api/v1/me", json={"trains_others": True})
    turn = await ask(other_client, QUESTION)
    ben = (await other_client.get("/api/v1/me")).json()["id"]
    for agrees in (False, True):
        await client.patch("/api/v1/me", json={"trains_others": agrees})
        rows = [json.loads(row) async for row in feedback_export.rows(services.database, [ben], "turns")]
        assert [row["consent"] for row in rows if row["turn_id"] == turn.id] == [agrees]
