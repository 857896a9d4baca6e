"""What an owner of a shared document is asked, and what whoever lost a share cannot do any more."""

import json

import httpx
import pytest

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


@pytest.mark.parametrize("permission", ["read", "write", "manage"])
async def test_only_its_owner_replaces_or_deletes_a_document_that_is_shared(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload, permission: str
) -> None:
    source = "/notes/a.txt"
    document = (await upload(client, "a.txt", TEXT, source=source)).document.id
    collection = await collect(client, "Lighthouses", document)
    await share(client, collection, permission, email=BEN)
    refused = await other_client.delete(f"/api/v1/documents/{document}")
    assert refused.status_code == 403 and "take it out" in refused.text
    await upload(other_client, "a.txt", "Ben says 1999.", source=source)
    await upload(other_client, "a.txt", TEXT)
    kept = (await client.get(f"/api/v1/documents/{document}/passages")).json()["items"]
    assert [one["text"] for one in kept] == [TEXT], "what Ben added lies beside it and is his"
    assert await found(client, "lighthouse") == {TEXT}
    assert await found(other_client, "lighthouse", collections=[collection]) == {TEXT}
    assert (await client.delete(f"/api/v1/documents/{document}")).status_code == 204
