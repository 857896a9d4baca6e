"""Training from the log over REST: really trained beside the server and decided by the gate, or ended with a reason."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy.exc import IntegrityError

from app.models import Person
from app.models_training import TrainingRun
from app.services import Services
from app.tidying import tidy
from app.training_runs_labels import LEAST
from app.training_runs_steps import Steps, Workshop, folder_of
from tests.app.giving import give
from tests.app.training import RUNS, Judged, ended, fill_log, put_holdout, started, until, write_log
from tests.conftest import client_of


@pytest.fixture
async def operator(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")  # what the processes beside the server read
    monkeypatch.setenv("ATTUNE_LLM", "scripted")
    async with client_of(app, "op@example.org", "operator") as client:
        yield client


async def test_what_people_who_agreed_said_is_trained_on_and_the_gate_lets_it_answer(
    operator: httpx.AsyncClient,
    client: httpx.AsyncClient,
    other_client: httpx.AsyncClient,
    person: Person,
    services: Services,
) -> None:
    await client.patch("/api/v1/me", json={"trains_others": True})
    await fill_log(services, person, 150)
    bens = (await other_client.get("/api/v1/me")).json()["id"]
    await fill_log(services, Person(id=bens, email="", display_name=""), 20)
    put_holdout(services)
    run = await ended(operator, await started(operator, steps=30))
    assert (run["state"], run["outcome"], run["error"]) == ("done", "promoted", None)
    assert (run["labels"], run["people"]) == (450, 1), "Ben has not agreed"
    assert [point["step"] for point in run["curve"]] == [10, 20, 30]
    assert run["curve"][-1]["loss"] < run["curve"][0]["loss"]
    assert run["after"]["ndcg@10"] > run["before"]["ndcg@10"] + 0.1
    assert services.serving.now.versions["retriever"] == run["version_id"]
    assert not list((services.home.root / "training").iterdir()), "the log that it read is gone"
    (decision,) = (await operator.get(f"/api/v1/admin/models/{run['version_id']}")).json()["decisions"]
    assert (decision["id"], decision["accepted"]) == (run["promotion_id"], True)
    metrics = (await operator.get("/metrics")).text
    assert 'attune_training_runs{kind="retriever",state="done",trigger="manual"} 1.0' in metrics


async def test_too_few_labels_and_no_questions_to_decide_by_end_a_run_with_the_reason(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    await client.patch("/api/v1/me", json={"trains_others": True})
    await fill_log(services, person, 4)
    few = await ended(operator, await started(operator))
    assert few["state"] == "failed"
    assert few["error"].startswith(f"12 labels; {LEAST['turns']} are the least: wait for more")
    await fill_log(services, person, 20)
    unjudged = await ended(operator, await started(operator))
    assert f"put a folder with corpus.jsonl, queries.jsonl and qrels.tsv into {services.home.root}" in unjudged["error"]
    scripted = await ended(operator, await started(operator, kind="generator"))
    assert scripted["error"].startswith("ATTUNE_LLM is scripted")
    listed = (await operator.get(RUNS, params={"limit": 2})).json()
    assert [one["kind"] for one in listed["items"]] == ["generator", "retriever"]
    (first,) = (await operator.get(RUNS, params={"cursor": listed["next_cursor"]})).json()["items"]
    assert (first["id"], first["labels"]) == (few["id"], 12)


async def test_a_run_is_for_operators_and_one_of_a_kind_at_a_time(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, services: Services
) -> None:
    for method, path in (("GET", RUNS), ("POST", RUNS), ("GET", "/api/v1/admin/training-policy")):
        assert (await client.request(method, path, json={"kind": "retriever"})).status_code == 403
    async with services.database.session() as session:  # as one that another process works on
        session.add(_under_way())
    assert (await operator.post(RUNS, json={"kind": "selector"})).status_code == 409
    unknown = "11111111-1111-1111-1111-111111111111"
    assert (await operator.get(f"{RUNS}/{unknown}")).status_code == 404
    assert (await operator.delete(f"{RUNS}/{unknown}")).status_code == 404


def _under_way(state: str = "running", **fields: Any) -> TrainingRun:
    return TrainingRun(job_id="elsewhere", kind="selector", minutes=1.0, state=state, **fields)


async def test_the_log_of_a_run_that_waited_goes_with_its_cancelling_and_what_ended_runs_left_with_the_next_start(
    operator: httpx.AsyncClient, services: Services
) -> None:
    waits, ended_before, goes_on = _under_way("queued"), _under_way("cancelled"), _under_way()
    goes_on.kind = "retriever"
    async with services.database.session() as session:
        session.add_all([waits, ended_before, goes_on])
    for run in (waits, ended_before, goes_on):
        place = folder_of(services.home, run.id) / "run"
        place.mkdir(parents=True)
        (place / "turns.jsonl").write_text("what somebody asked")
    assert (await operator.delete(f"{RUNS}/{waits.id}")).status_code == 204
    assert not folder_of(services.home, waits.id).exists()
    await tidy(services.home, services.database)
    assert [path.name for path in (services.home.root / "training").iterdir()] == [goes_on.id]
    async with services.database.session() as session:
        session.add(_under_way())
    with pytest.raises(IntegrityError):  # also where two begin at the same moment
        async with services.database.session() as session:
            session.add(_under_way("queued"))


async def test_a_run_that_goes_on_reads_no_log_that_somebody_has_left(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    bens = (await other_client.get("/api/v1/me")).json()["id"]
    people = sorted([person.id, bens])
    for one in (client, other_client):
        await one.patch("/api/v1/me", json={"trains_others": True})
    ((exposure,),) = await write_log(services, person, [Judged("Where?", ["Annes."])])
    await write_log(services, Person(id=bens, email="", display_name=""), [Judged("When?", ["Bens."])])
    run = _under_way()
    steps = Steps(Workshop(services.settings, services.home, services.database, services.promotions), run, None)  # type: ignore[arg-type]  # tells nobody
    log, checkpoint = (folder_of(services.home, run.id) / name for name in ("run/given/turns.jsonl", "checkpoint"))
    await steps.export(people)
    begun_with = log.read_text()
    checkpoint.write_text("fitted so far")
    await give(client, "exposures", exposure, "wrong")
    await steps.export(people)
    assert (log.read_text(), checkpoint.exists()) == (begun_with, True), "what is said since is for the next run"
    await other_client.patch("/api/v1/me", json={"trains_others": False})
    await steps.export([person.id])
    assert "Annes." in log.read_text() and "Bens." not in log.read_text()
    assert [path.name for path in log.parent.iterdir()] == ["turns.jsonl"] and not checkpoint.exists()


@pytest.mark.slow
async def test_cancelling_kills_what_trains_and_leaves_nothing_of_the_log(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    await client.patch("/api/v1/me", json={"trains_others": True})
    await fill_log(services, person, 150)
    put_holdout(services)
    run_id = await started(operator, steps=100_000)
    await until(operator, run_id, lambda run: bool(run["curve"]))
    assert _processes(run_id)
    assert (await operator.delete(f"{RUNS}/{run_id}")).status_code == 204
    assert not _processes(run_id)
    assert not list((services.home.root / "training").iterdir())
    run = (await operator.get(f"{RUNS}/{run_id}")).json()
    assert (run["state"], run["version_id"]) == ("cancelled", None)
    assert (await operator.delete(f"{RUNS}/{run_id}")).status_code == 409


def _processes(word: str) -> list[str]:
    """Command lines on this machine that hold the word."""
    from pathlib import Path

    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [line] if word in (line := path.read_text()) else []
        except OSError:  # it has ended since
            continue
    return found
