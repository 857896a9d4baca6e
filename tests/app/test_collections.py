"""What is shared can be asked, cited and opened by whom it is shared with, and by nobody a moment after it is not."""

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from app import access
from app.models import Document, Turn
from app.models_groups import Borrowed
from app.services import Services
from app.sharing import Sharing
from app.turns import list_exposures
from retrieval.types import Query
from tests.app.confiding import admin_of
from tests.app.lending import collect, found, group_of, me, put, share, take_back
from tests.app.rewriting import ask
from tests.conftest import Upload, WaitForJob, client_of

BEN = "ben@example.org"
TEXT = "The lighthouse of Quenholm was built in 1871 by the warden Vrbloom."
QUESTION = "When was the lighthouse of Quenholm built?"


async def readers_of(services: Services) -> dict[str, frozenset[str]]:
    """Document -> who may read it, as the index has it."""
    return {passage.document_id: allowed async for passage, allowed in services.index.scroll()}


@pytest.fixture
async def lent(client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload) -> tuple[str, str, str]:
    """Ids of Ann's document, the collection that it is in, and its share with Ben, who may read it."""
    document = (await upload(client, "a.txt", TEXT)).document.id
    collection = await collect(client, "Lighthouses", document)
    return document, collection, await share(client, collection, email=BEN)


async def test_what_is_shared_is_found_asked_cited_and_opened(
    other_client: httpx.AsyncClient, lent: tuple[str, str, str]
) -> None:
    document, collection, _ = lent
    assert await found(other_client, "lighthouse") == {TEXT}
    assert await found(other_client, "lighthouse", collections=[collection]) == {TEXT}
    turn = await ask(other_client, QUESTION)
    assert [(one.document_id, one.quote, one.document) for one in turn.citations] == [(document, TEXT, "a.txt")]
    empty = {"question": QUESTION, "stream": False, "collections": [await collect(other_client, "Nothing in it")]}
    assert (await other_client.post("/api/v1/chat", json=empty)).json()["abstained"]
    opened = (await other_client.get(f"/api/v1/documents/{document}")).json()
    assert (opened["name"], opened["mine"]) == ("a.txt", False)
    (passage,) = (await other_client.get(f"/api/v1/documents/{document}/passages")).json()["items"]
    assert passage["text"] == TEXT
    assert (await other_client.get(f"/api/v1/documents/{document}/content")).text == TEXT
    _, listed = (await other_client.get("/api/v1/collections")).json()["items"]
    assert (listed["name"], listed["permission"], listed["documents"]) == ("Lighthouses", "read", 1)
    (held,) = (await other_client.get(f"/api/v1/collections/{collection}/documents")).json()["items"]
    assert (held["id"], held["mine"]) == (document, False)


async def test_who_only_reads_changes_nothing(other_client: httpx.AsyncClient, lent: tuple[str, str, str]) -> None:
    document, collection, share_id = lent
    path = f"/api/v1/collections/{collection}"
    for method, where, body in [
        ("DELETE", f"/api/v1/documents/{document}", None),
        ("PATCH", path, {"name": "Ben's"}),
        ("DELETE", path, None),
        ("POST", f"{path}/documents", {"documents": [document]}),
        ("DELETE", f"{path}/documents/{document}", None),
        ("POST", f"{path}/shares", {"email": "ann@example.org"}),
        ("GET", f"{path}/shares", None),
    ]:
        refused = await other_client.request(method, where, json=body)
        assert refused.status_code == 403, f"{method} {where} answered {refused.status_code}"
    mine = await collect(other_client, "Ben's own")
    onward = await other_client.post(f"/api/v1/collections/{mine}/documents", json={"documents": [document]})
    assert onward.status_code == 404, "what is another's cannot be shared on"
    await take_back(other_client, collection, share_id)  # what was given to him, he may decline
    assert await found(other_client, "lighthouse") == set()


async def test_taken_back_it_is_gone_from_the_next_query_on_and_old_answers_stay_without_its_passages(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, services: Services, lent: tuple[str, str, str]
) -> None:
    document, collection, share_id = lent
    turn = await ask(other_client, QUESTION)
    assert "1871" in turn.answer
    await take_back(client, collection, share_id)
    assert await found(other_client, "lighthouse") == set()
    for path in ("", "/passages", "/content"):
        assert (await other_client.get(f"/api/v1/documents/{document}{path}")).status_code == 404
    within = {"question": QUESTION, "stream": False}
    for more in ({"documents": [document]}, {"collections": [collection]}):
        assert (await other_client.post("/api/v1/chat", json=within | more)).status_code == 404
    read = (await other_client.get(f"/api/v1/conversations/{turn.conversation_id}")).json()["turns"][0]
    assert read["answer"] == turn.answer
    assert {one["text"] for one in read["exposures"]} == {""}
    assert {one["quote"] for one in read["citations"]} == {""}
    assert "not shared" in read["citations"][0]["document"]
    for path in (f"conversations/{turn.conversation_id}/export", "me/export"):
        assert "Vrbloom" not in (await other_client.get(f"/api/v1/{path}")).text.replace(turn.answer, "")
    await share(client, collection, email=BEN)
    again = (await other_client.get(f"/api/v1/turns/{turn.id}")).json()
    assert again["citations"][0]["quote"] == TEXT, "nothing was destroyed"


async def test_no_prompt_holds_an_answer_that_rests_on_what_was_taken_back(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, services: Services, lent: tuple[str, str, str]
) -> None:
    _, collection, share_id = lent
    first = await ask(other_client, QUESTION)
    recalled = await ask(other_client, "What did you tell me today?")
    assert {one.kind for one in recalled.citations} == {"conversation"}
    body = {"question": "And who built it?", "conversation_id": first.conversation_id, "stream": False}
    follow_up = (await other_client.post("/api/v1/chat", json=body)).json()
    async with services.database.session() as session:
        resting = set((await session.exec(select(Borrowed.turn_id))).all())
    assert {first.id, recalled.id, follow_up["id"]} <= resting, "through an answer as well"
    await take_back(client, collection, share_id)
    later = [
        (await other_client.post("/api/v1/chat", json=body | {"question": "When was it built?"})).json()["id"],
        (await ask(other_client, "What did you tell me today?")).id,
        (await other_client.post("/api/v1/chat", json=body | {"regenerates": first.id})).json()["id"],
    ]
    async with services.database.session() as session:
        rows = (await session.exec(select(Turn).where(Turn.id.in_(later)))).all()  # type: ignore[attr-defined]  # a column
        shown = await list_exposures(session, rows[0].person_id, later)
    for row in rows:
        assert "1871" not in str(row.prompt) and "1871" not in row.answer
        assert all("1871" not in one.text for one in shown.get(row.id, []))


async def test_joining_or_leaving_a_group_counts_at_once_and_writes_no_passage(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    document = (await upload(client, "a.txt", TEXT)).document.id
    collection = await collect(client, "Lighthouses", document)
    group = await group_of(client, "Wardens")
    await share(client, collection, group_id=group)
    before = await readers_of(services)
    assert await found(other_client, "lighthouse") == set()
    await client.post(f"/api/v1/groups/{group}/members", json={"email": BEN})
    assert await found(other_client, "lighthouse") == {TEXT}
    (seen,) = (await other_client.get("/api/v1/groups")).json()["items"]
    assert (seen["name"], seen["leads"], seen["members"]) == ("Wardens", False, 2)
    ben = (await me(other_client))["id"]
    assert (await other_client.delete(f"/api/v1/groups/{group}/members/{ben}")).status_code == 204
    assert await found(other_client, "lighthouse") == set()
    assert await readers_of(services) == before
    for path in (f"groups/{group}", f"collections/{collection}"):
        assert (await other_client.get(f"/api/v1/{path}")).status_code == 404


async def test_who_may_write_puts_documents_in_and_who_manages_takes_any_out(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload, lent: tuple[str, str, str]
) -> None:
    document, collection, _ = lent
    theirs = (await upload(other_client, "b.txt", "Ben keeps geese at the lighthouse.")).document.id
    await share(client, collection, "write", email=BEN)
    await put(other_client, collection, theirs)
    assert await found(client, "geese", collections=[collection]) == {TEXT, "Ben keeps geese at the lighthouse."}
    path = f"/api/v1/collections/{collection}/documents"
    assert (await other_client.delete(f"{path}/{document}")).status_code == 403
    await share(client, collection, "manage", email=BEN)
    assert (await other_client.delete(f"{path}/{document}")).status_code == 204
    assert (await client.get(f"/api/v1/documents/{document}")).json()["mine"] is True
    assert (await other_client.delete(f"{path}/{theirs}")).status_code == 204
    assert await found(client, "geese") == {TEXT}


async def test_a_file_that_changed_stays_shared(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload
) -> None:
    first = (await upload(client, "a.txt", TEXT, source="/notes/a.txt")).document.id
    collection = await collect(client, "Lighthouses", first)
    await share(client, collection, email=BEN)
    await upload(client, "a.txt", "The lighthouse was built in 1872.", source="/notes/a.txt")
    assert await found(other_client, "lighthouse") == {"The lighthouse was built in 1872."}
    await upload(client, "b.txt", TEXT)
    await upload(client, "a.txt", TEXT, source="/notes/a.txt")
    assert await found(other_client, "lighthouse") == {TEXT}, "also where the new one was there before"


async def test_what_a_killed_process_left_half_shared_is_told_to_the_index_at_the_next_start(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    document = (await upload(client, "a.txt", TEXT)).document.id
    async with services.database.session() as session:
        collection = await collect(client, "Lighthouses", document)
        wanted = await access.readers(session, [document])
    await services.index.set_readers(document, frozenset({"somebody"}))
    async with services.database.session() as session:
        row = await session.get_one(Document, document)
        row.readers_version += 1
        session.add(row)
    sharing = Sharing(services.database, services.index)
    await sharing.settle()
    assert await readers_of(services) == wanted
    assert any(collection in reader for reader in wanted[document])
    async with services.database.session() as session:
        row = await session.get_one(Document, document)
    assert row.readers_indexed == row.readers_version


async def test_a_search_is_held_against_the_tables_while_the_index_lags_behind(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, services: Services, lent: tuple[str, str, str]
) -> None:
    document, collection, _ = lent
    readers = (await readers_of(services))[document]
    await client.delete(f"/api/v1/collections/{collection}/documents/{document}")
    await services.index.set_readers(document, readers)
    query = Query(TEXT, readers - {(await me(client))["id"]})
    with services.serving.lease() as models:
        assert len(await models.retriever.thing.search(query)) == 1, "the index still has it"
        assert await services.retriever(models).search(query) == []
    assert await found(other_client, "lighthouse") == set()


async def test_a_person_forgotten_takes_what_they_shared_along(
    app: FastAPI, other_client: httpx.AsyncClient, upload: Upload, wait_for_job: WaitForJob
) -> None:
    async with client_of(app, "cleo@example.org") as cleo, admin_of(app) as admin:
        theirs = (await upload(cleo, "c.txt", TEXT)).document.id
        await share(cleo, await collect(cleo, "Cleo's", theirs), email=BEN)
        mine = await collect(other_client, "Ben's")
        await share(other_client, mine, "write", email="cleo@example.org")
        turn = await ask(other_client, QUESTION)
        ordered = await admin.post("/api/v1/admin/users/forget", json={"email": "cleo@example.org"})
        job = await wait_for_job(admin, ordered.json()["id"])
    assert job.result is not None and job.result["proof"]["traces"] == []
    assert {held["where"] for held in job.result["proof"]["held_by_others"]} <= {"attune.db (turn)"}, "Ben's answer"
    assert await found(other_client, "lighthouse") == set()
    assert (await other_client.get(f"/api/v1/collections/{mine}/shares")).json()["items"] == []
    read = (await other_client.get(f"/api/v1/turns/{turn.id}")).json()
    assert {one["text"] for one in read["exposures"]} == {""}
