"""A person is forgotten: nothing of them is left in the home's bytes, and nobody else loses anything."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app import forgetting_note, people
from app.forgetting_note import Note
from app.forgetting_rows import owned_tables
from app.forgetting_traces import Sign
from app.home import Home
from app.models import Job, ModelVersion
from app.services import Services
from app.settings import Settings
from retrieval.encoder_hash import HashEncoder
from retrieval.index_edge import EdgeIndex
from tests.app.confiding import admin_of, confide, export_of, places_of
from tests.app.rewriting import ask
from tests.conftest import Upload, WaitForJob, client_of, running

ANN = "ann.vrbloom@example.org"
WORD = "Zyxquartz"
SHARED = "The tide tables of 1871 are kept in the lighthouse of Quenholm."


@asynccontextmanager
async def two_people(settings: Settings) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient, httpx.AsyncClient]]:
    """The app, and clients of Ann and Ben."""
    async with running(settings) as app, client_of(app, ANN) as ann, client_of(app, "ben@example.org") as ben:
        yield app, ann, ben


async def forgotten(app: FastAPI, wait_for_job: WaitForJob, email: str = ANN) -> dict[str, Any]:
    """The result of the job that an admin orders."""
    async with admin_of(app) as admin:
        ordered = await admin.post("/api/v1/admin/users/forget", json={"email": email})
        assert ordered.status_code == 202, ordered.text
        job = await wait_for_job(admin, ordered.json()["id"])
    assert (job.state, job.error) == ("done", None)
    assert job.result is not None
    return job.result


async def test_every_byte_of_a_person_goes_and_nothing_of_another(
    settings: Settings, upload: Upload, wait_for_job: WaitForJob
) -> None:
    async with two_people(settings) as (app, ann, ben):
        me = (await ann.get("/api/v1/me")).json()["id"]
        await confide(ann, upload, WORD)
        await confide(ben, upload, "Plimsoll")
        for client in (ann, ben):
            await upload(client, "tides.txt", SHARED)
        before = await export_of(ben)
        assert places_of(settings.home, WORD)
        result = await forgotten(app, wait_for_job)
        assert (await ann.get("/api/v1/me")).status_code == 401
        assert places_of(settings.home, WORD) == [], "while the server runs"
        assert await export_of(ben) == before
        found = await ben.post("/api/v1/search", json={"query": "Where are the tide tables kept?"})
        assert SHARED in {hit["text"] for hit in found.json()["hits"]}
    for trace in (WORD, ANN, "vrbloom", me):
        assert places_of(settings.home, trace) == []
    assert result["proof"]["traces"] == []
    assert {held["what"] for held in result["proof"]["held_by_others"]} >= {"passages"}, "Ben has the same file"
    assert result["proof"]["strings"] > 15
    some = {"documents": 2, "originals": 2, "turns": 1, "edits": 1, "facts": 1, "preferences": 2, "tokens": 1}
    assert {kind: result["erased"][kind] for kind in some} == some
    assert result["erased"]["feedback"] >= 2


async def test_a_leftover_is_named_by_kind_and_place(
    settings: Settings, upload: Upload, wait_for_job: WaitForJob
) -> None:
    async with two_people(settings) as (app, ann, _):
        await confide(ann, upload, WORD)
        (settings.home / "old.log").write_text(f"a line about {ANN}")
        result = await forgotten(app, wait_for_job)
    assert result["proof"]["traces"] == [{"what": "e-mail", "where": "old.log"}]
    assert ANN not in str(result["proof"])


async def test_what_lies_between_the_rows_of_the_database_goes_too(
    settings: Settings, upload: Upload, wait_for_job: WaitForJob
) -> None:
    async with two_people(settings) as (app, _ann, _ben):
        with sqlite3.connect(settings.home / "attune.db", isolation_level=None) as careless:
            careless.execute("PRAGMA secure_delete=OFF")
            careless.execute("CREATE TABLE careless (text)")
            careless.executemany("INSERT INTO careless VALUES (?)", [(f"{ANN} {number}" * 9,) for number in range(99)])
            careless.execute("DROP TABLE careless")
            careless.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        careless.close()
        assert places_of(settings.home, ANN + " 7") == ["attune.db"]
        result = await forgotten(app, wait_for_job)
        assert result["proof"]["traces"] == []
        assert places_of(settings.home, ANN) == []


async def test_an_index_that_another_encoder_left_beside_is_cleared_as_well(
    settings: Settings, upload: Upload, wait_for_job: WaitForJob
) -> None:
    async with two_people(settings) as (app, ann, ben):
        await confide(ann, upload, WORD)
        kept = await upload(ben, "tides.txt", SHARED)
        services: Services = app.state.services
        encoder = HashEncoder(64)
        beside = await EdgeIndex.open(settings.home / "index", encoder.version, encoder.dimension, beside=True)
        readers: dict[str, frozenset[str]] = {}
        async for passage, allowed in services.index.scroll():
            readers[passage.document_id] = allowed
        for document, allowed in readers.items():
            passages = await services.index.passages(document, allowed)
            vectors = await encoder.encode_passages([passage.indexed_text for passage in passages])
            await beside.replace_document(document, passages, vectors, allowed)
        await beside.close()
        assert len([place for place in places_of(settings.home, f"{WORD}document") if "index" in place]) > 1
        result = await forgotten(app, wait_for_job)
        assert (result["proof"]["traces"], places_of(settings.home, WORD)) == ([], [])
        beside = await EdgeIndex.open(settings.home / "index", encoder.version, encoder.dimension, beside=True)
        left = [passage.document_id async for passage, _ in beside.scroll()]
        await beside.close()
        assert left == [kept.document.id]


@pytest.mark.parametrize("export", ["turns", "dpo"])
async def test_models_that_were_trained_on_the_log_say_that_somebody_in_it_was_forgotten(
    settings: Settings, upload: Upload, wait_for_job: WaitForJob, export: str
) -> None:
    async with two_people(settings) as (app, ann, _):
        services: Services = app.state.services
        await ask(ann, "Where is the key?")
        log, corpus = {"data": [{"name": f"{export}.jsonl"}]}, {"data": [{"name": "corpus"}]}
        earlier = datetime.now(UTC) - timedelta(days=1)
        async with services.database.session() as session:
            for name, manifest, made in (("log", log, None), ("corpus", corpus, None), ("old", log, earlier)):
                row = ModelVersion(id=f"retriever-{name}", kind="retriever", path=f"models/{name}", manifest=manifest)
                row.created_at = made or row.created_at
                session.add(row)
        result = await forgotten(app, wait_for_job)
        assert result["models"] == ["retriever-log"]
        async with admin_of(app) as admin:
            listed = (await admin.get("/api/v1/admin/models")).json()["versions"]
        assert {one["id"]: one["forgotten"] for one in listed} == {
            "retriever-old": 0,
            "retriever-log": 1,
            "retriever-corpus": 0,
        }


async def test_whom_the_home_cannot_be_without_stays(settings: Settings) -> None:
    async with two_people(settings) as (app, ann, _), admin_of(app) as admin:
        path = "/api/v1/admin/users/forget"
        unknown = await admin.post(path, json={"email": "nobody@example.org"})
        assert (unknown.status_code, "`attune user list` shows all" in unknown.json()["detail"]) == (404, True)
        owner = await admin.post(path, json={"email": "owner@localhost"})
        assert (owner.status_code, "owns this home" in owner.json()["detail"]) == (409, True)
        assert (await admin.delete("/api/v1/me")).status_code == 409
        assert (await ann.post(path, json={"email": "ben@example.org"})).status_code == 403


async def written_order(services: Services, keeper: str, email: str) -> Job:
    """An order that was written down and did not reach the queue."""
    async with services.database.session() as session:
        person = await people.find_person(session, email)
        assert person is not None
        job = Job(kind="forget", person_id=keeper, arguments={"person_id": person.id})
        session.add(job)
    return job


async def test_a_second_order_is_the_first_one(settings: Settings, wait_for_job: WaitForJob) -> None:
    async with two_people(settings) as (app, ann, _), admin_of(app) as admin:
        services: Services = app.state.services
        first = await written_order(services, (await services.auth.ensure_owner()).id, ANN)
        ordered = await admin.post("/api/v1/admin/users/forget", json={"email": ANN})
        assert ordered.json()["id"] == first.id
        assert (await wait_for_job(admin, first.id)).state == "done"
        assert (await ann.get("/api/v1/me")).status_code == 401


async def test_what_a_forgotten_admin_had_ordered_goes_on(settings: Settings, wait_for_job: WaitForJob) -> None:
    async with two_people(settings) as (app, _ann, _ben):
        services: Services = app.state.services
        admin = await services.auth.create_person("root@example.org", None, role="admin")
        left = await written_order(services, admin.id, ANN)
        assert (await forgotten(app, wait_for_job, "root@example.org"))["proof"]["traces"] == []
    async with running(settings) as app, admin_of(app) as owner:
        assert (await wait_for_job(owner, left.id)).state == "done"
        names = {person["email"] for person in (await owner.get("/api/v1/admin/users")).json()["items"]}
        assert names == {"owner@localhost", "ben@example.org"}


def test_every_table_of_somebody_goes_with_them() -> None:
    for table, owner in owned_tables():
        (key,) = owner.foreign_keys
        assert (key.column.table.name, key.ondelete) == ("person", "CASCADE"), table.name
    assert len(owned_tables()) >= 13


def test_notes_of_jobs_that_have_ended_are_removed(tmp_path: Path) -> None:
    home = Home(tmp_path)
    note = Note("ann", (Sign("e-mail", ANN),), ("d",), ("j",), {"documents": 1}, None)
    note.write(home, "live")
    note.write(home, "ended")
    (tmp_path / "forgetting" / "torn.part").write_text(ANN)
    forgetting_note.sweep(home, ["live"])
    assert [path.name for path in (tmp_path / "forgetting").iterdir()] == ["live.json"]
    assert Note.read(home, "live") == note
    assert Note.read(home, "ended") is None
