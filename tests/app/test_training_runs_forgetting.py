"""Forgetting a person ends what trains on their words, and marks what was trained on them."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.models import Job, Person, UtilityLabel
from app.models_training import TrainingRun
from app.services import Services
from app.training_runs_steps import folder_of
from tests.app.training import RUNS, Judged, write_log
from tests.conftest import WaitForJob, client_of


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
