"""Forgetting a person or erasing a document ends what trains on their words, and marks what was trained on them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import col, delete

from app.jobs import JobCancelledError, Progress
from app.models import Exposure, Job, ModelVersion, Person, UtilityLabel, new_id
from app.models_training import TrainingRun
from app.services import Services
from app.training_runs_steps import Steps, Workshop, folder_of
from tests.app.lending import collect, me, share
from tests.app.rewriting import ask
from tests.app.trained import trained_retriever
from tests.app.training import RUNS, Judged, write_log
from tests.conftest import Upload, WaitForJob, client_of
from training.manifest import DataUsed

NOTE = "The hut keeps its spare key under the blue flower pot."


@pytest.fixture
async def admin(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, "ada@example.org", "admin") as client:
        yield client


async def test_runs_of_a_forgotten_persons_log_end_and_are_marked_and_their_labels_are_nobodys(
    admin: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services, wait_for_job: WaitForJob
) -> None:
    secret = "The key lies under the third stone."
    ada = (await admin.get("/api/v1/me")).json()["id"]
    await write_log(services, person, [Judged("Where is the key?", [secret])])
    ((adas,),) = await write_log(services, Person(id=ada, email="", display_name=""), [Judged("Who?", ["Ada."])])
    by_ann: dict[str, Any] = {"job_id": "gone", "kind": "retriever", "minutes": 1.0, "started_by": person.id}
    done, live = TrainingRun(state="done", **by_ann), TrainingRun(state="running", **by_ann)
    live.job_id = "kept"
    label = UtilityLabel(
        exposure_id=adas, question="Who?", passage_id="p", utility=1.0, method="operator", model_version=person.id
    )
    async with services.database.session() as session:
        session.add_all([done, live, label, Job(id="kept", person_id=person.id, kind="train", state="running")])
    place = folder_of(services.home, live.id) / "run"
    place.mkdir(parents=True)
    (place / "turns.jsonl").write_text(secret)
    ordered = await admin.post("/api/v1/admin/users/forget", json={"email": "ann@example.org"})
    job = await wait_for_job(admin, ordered.json()["id"])
    assert job.state == "done", job.error
    assert job.result and job.result["proof"]["traces"] == []
    assert not place.exists()
    runs = {run["id"]: run for run in (await admin.get(RUNS)).json()["items"]}
    assert [(runs[one.id]["forgotten"], runs[one.id]["started_by"]) for one in (done, live)] == [(1, None)] * 2
    assert (runs[live.id]["state"], runs[done.id]["state"]) == ("failed", "done")
    assert runs[live.id]["error"] == "somebody in its log was forgotten: start it again"
    async with services.database.session() as session:
        kept = await session.get(UtilityLabel, label.id)
    assert kept is not None and kept.model_version == "forgotten"


async def trained(services: Services, name: str) -> str:
    """The id of a version that read the log at this moment."""
    row = ModelVersion(
        id=f"retriever-{name}",
        kind="retriever",
        path=f"models/{name}",
        manifest={"data": [{"name": "turns.jsonl"}]},
    )
    async with services.database.session() as session:
        session.add(row)
    return row.id


async def marks(admin: httpx.AsyncClient) -> dict[str, int]:
    listed = (await admin.get("/api/v1/admin/models")).json()["versions"]
    return {one["id"]: one["forgotten"] for one in listed}


async def under_way(services: Services, person: Person) -> tuple[TrainingRun, Path]:
    """A run with the log that it reads."""
    run = TrainingRun(state="running", job_id=f"job-{new_id()}", kind="retriever", minutes=1.0)
    async with services.database.session() as session:
        session.add_all([run, Job(id=run.job_id, person_id=person.id, kind="train", state="running")])
    log = folder_of(services.home, run.id) / "run" / "turns.jsonl"
    log.parent.mkdir(parents=True)
    log.write_text(NOTE)
    return run, log


async def test_erasing_a_document_marks_what_was_trained_since_it_was_shown_and_ends_the_run_that_quotes_it(
    admin: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    unread = (await upload(client, "mill.txt", "Nobody has asked about the mill.")).document.id
    before = await trained(services, "before")
    turn = await ask(client, "Where does the hut keep its spare key?")
    (shown,) = {one.document_id for one in turn.exposures} - {unread}
    since = await trained(services, "since")
    run, log = await under_way(services, person)
    async with services.database.session() as session:  # the search found it, too
        await session.execute(delete(Exposure).where(col(Exposure.document_id) == unread))
    assert (await client.delete(f"/api/v1/documents/{unread}")).status_code == 204
    assert (set((await marks(admin)).values()), log.exists()) == ({0}, True), "nobody was shown it"
    assert (await client.delete(f"/api/v1/documents/{shown}")).status_code == 204
    assert await marks(admin) == {before: 0, since: 1}
    assert not log.exists()
    ended = (await admin.get(f"{RUNS}/{run.id}")).json()
    assert (ended["state"], ended["forgotten"]) == ("failed", 1)
    assert ended["error"] == "a document that its log quotes was erased: start it again"


class Fitting(Steps):
    """A recipe that reads the log, and leaves a version."""

    async def _process(self, verb: str, *words: str) -> None:
        told = (DataUsed("turns.jsonl", "0" * 64, "unknown", 1),)
        await asyncio.to_thread(trained_retriever, folder_of(self.workshop.home, self.row.id), data=told)


@pytest.mark.parametrize("is_fitted", [False, True])
async def test_no_version_that_was_not_marked_learned_from_a_document_that_is_erased_while_it_is_trained(
    admin: httpx.AsyncClient,
    client: httpx.AsyncClient,
    person: Person,
    services: Services,
    upload: Upload,
    is_fitted: bool,
) -> None:
    document = (await upload(client, "hut.txt", NOTE)).document.id
    assert (await ask(client, "Where does the hut keep its spare key?")).exposures
    run, log = await under_way(services, person)
    log.unlink()
    async with services.database.session() as session:
        job = await session.get(Job, run.job_id)
    assert job is not None

    class Interrupted(Fitting):
        async def _process(self, verb: str, *words: str) -> None:
            given = folder_of(services.home, run.id) / "run" / "given" / "turns.jsonl"
            assert NOTE in await asyncio.to_thread(given.read_text)
            await super()._process(verb, *words)
            if not is_fitted:
                assert (await client.delete(f"/api/v1/documents/{document}")).status_code == 204
                await super()._process(verb, *words)  # as a process that is killed a moment later

    workshop = Workshop(services.settings, services.home, services.database, services.promotions)
    steps = Interrupted(workshop, run, Progress(services.database, job))
    if is_fitted:
        version = await steps.fit([person.id])
        assert (services.home.models / version).is_dir()
        assert (await client.delete(f"/api/v1/documents/{document}")).status_code == 204
        assert (await marks(admin))[version] == 1
    else:
        with pytest.raises(JobCancelledError):
            await steps.fit([person.id])
        assert (await marks(admin), list(services.home.models.iterdir())) == ({}, [])
    ended = (await admin.get(f"{RUNS}/{run.id}")).json()
    assert (ended["state"], ended["forgotten"]) == ("failed", 1)
    with pytest.raises(JobCancelledError):
        await steps.tell(stage="the gate measures")


async def test_an_owner_who_asked_nothing_is_in_the_log_since_their_document_was_first_shown(
    admin: httpx.AsyncClient,
    client: httpx.AsyncClient,
    other_client: httpx.AsyncClient,
    upload: Upload,
    services: Services,
    wait_for_job: WaitForJob,
) -> None:
    owned = await upload(client, "hut.txt", NOTE)
    collection = await collect(client, "Huts", owned.document.id)
    await share(client, collection, email=(await me(other_client))["email"])
    before = await trained(services, "before")
    assert (await ask(other_client, "Where does the hut keep its spare key?")).exposures
    since = await trained(services, "since")
    ordered = await admin.post("/api/v1/admin/users/forget", json={"email": (await me(client))["email"]})
    job = await wait_for_job(admin, ordered.json()["id"])
    assert job.result and job.result["models"] == [since]
    assert (await marks(admin))[before] == 0
