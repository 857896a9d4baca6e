"""Two answers to one question: who gets them, in which order, and what a choice is worth."""

import json
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app import comparisons_rows, versions
from app.comparisons import Comparisons
from app.consent import ALONE
from app.home import Home
from app.models import Person
from app.quality_intervals import wilson
from app.schemas import ChatRequest
from app.services import Services
from app.settings import Settings
from generation.scripted import ScriptedModel
from tests.app.giving import a_key
from tests.app.rewriting import NOTE, QUESTION
from tests.app.trained import trained_retriever
from tests.conftest import Upload, client_of, running

PLAIN, OTHER = "The hut is open at night. [1]", "Its door is never locked at night. [1]"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"comparisons": 1.0})


@pytest.fixture
async def comparing(
    app: FastAPI, services: Services, client: httpx.AsyncClient, upload: Upload
) -> tuple[httpx.AsyncClient, ScriptedModel]:
    """Ann, who wishes to compare, and the model that answers."""
    model = ScriptedModel()
    app.state.services = services.answering_with(generator=model)
    await upload(client, "hut.txt", NOTE)
    assert (await client.patch("/api/v1/me", json={"compares": True})).json()["compares"]
    return client, model


@pytest.fixture
async def operator(services: Services, stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    token = await services.auth.issue_token(await services.auth.ensure_owner(), "test")
    stranger.headers["Authorization"] = f"Bearer {token}"
    return stranger


async def ask(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    sent = {"question": QUESTION, "stream": False, "compare": True} | body
    response = await client.post("/api/v1/chat", json=sent)
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


async def both(client: httpx.AsyncClient, model: ScriptedModel) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two different answers to a question."""
    model.enqueue(PLAIN)
    model.enqueue(OTHER)
    first = await ask(client)
    second = await client.post(f"/api/v1/comparisons/{first['comparison']}/answer", json={"stream": False})
    assert second.status_code == 200, second.text
    return first, second.json()


async def choose(client: httpx.AsyncClient, comparison: str, choice: str, key: str = "") -> httpx.Response:
    return await client.post(f"/api/v1/comparisons/{comparison}/choice", json={"key": key or a_key(), "choice": choice})


async def shown(client: httpx.AsyncClient, turn: dict[str, Any]) -> list[str]:
    found = (await client.get(f"/api/v1/conversations/{turn['conversation_id']}")).json()
    return [one["id"] for one in found["turns"] if one["shown"]]


async def pairs(operator: httpx.AsyncClient) -> list[dict[str, Any]]:
    lines = (await operator.get("/api/v1/admin/feedback", params={"format": "dpo"})).text.splitlines()
    return [json.loads(line) for line in lines]


async def test_the_better_answer_is_gone_on_from_and_both_are_a_pair_to_train_on(
    comparing: tuple[httpx.AsyncClient, ScriptedModel], operator: httpx.AsyncClient
) -> None:
    client, model = comparing
    first, second = await both(client, model)
    assert (second["regenerates"], second["shown"], second["answer"]) == (first["id"], False, OTHER)
    assert await shown(client, first) == [first["id"]]
    assert await pairs(operator) == []
    comparison, key = first["comparison"], a_key()
    assert (await choose(client, comparison, "b", key)).status_code == 201
    assert (await choose(client, comparison, "b", key)).status_code == 200
    assert (await choose(client, comparison, "a", key)).status_code == 409
    assert await shown(client, first) == [second["id"]]
    (pair,) = await pairs(operator)
    assert (pair["chosen"][0]["content"], pair["rejected"][0]["content"]) == (OTHER, PLAIN)
    assert (pair["chosen_turn_id"], pair["rejected_turn_id"]) == (second["id"], first["id"])
    assert pair["prompt"][-1]["role"] == "user" and pair["versions"]["generator"] and pair["consent"] is False
    await choose(client, comparison, "a")
    assert await shown(client, first) == [first["id"]]
    assert (await pairs(operator))[0]["chosen_turn_id"] == first["id"]
    await choose(client, comparison, "tie")
    assert await pairs(operator) == [], "neither is better"
    read = (await client.get(f"/api/v1/comparisons/{comparison}")).json()
    assert (read["a"]["id"], read["b"]["id"], read["choice"]) == (first["id"], second["id"], "tie")
    (kept,) = (await client.get("/api/v1/me/export")).json()["comparisons"]
    assert (kept["turn_id"], kept["other_id"]) == (first["id"], second["id"])
    events = (await client.get(f"/api/v1/turns/{first['id']}/feedback")).json()["items"]
    assert [event["kind"] for event in events] == ["compared"] * 3, "nobody asked for the second answer"


async def test_a_comparison_is_its_persons_and_has_two_answers_once(
    comparing: tuple[httpx.AsyncClient, ScriptedModel], other_client: httpx.AsyncClient
) -> None:
    client, _ = comparing
    path = f"/api/v1/comparisons/{(await ask(client))['comparison']}"
    early = await client.post(f"{path}/choice", json={"key": a_key(), "choice": "a"})
    assert early.status_code == 409 and "two answers" in early.json()["detail"]
    theirs = [
        await other_client.get(path),
        await other_client.post(f"{path}/answer", json={}),
        await other_client.post(f"{path}/choice", json={"key": a_key(), "choice": "a"}),
    ]
    assert [response.status_code for response in theirs] == [404, 404, 404]
    streamed = await client.post(f"{path}/answer", json={})
    assert streamed.text.count("event: answer") == 1
    assert (await client.post(f"{path}/answer", json={})).status_code == 409
    assert (await client.get("/api/v1/admin/comparisons")).status_code == 403


async def test_who_did_not_ask_to_compare_gets_one_answer(
    comparing: tuple[httpx.AsyncClient, ScriptedModel], other_client: httpx.AsyncClient
) -> None:
    client, _ = comparing
    first = await ask(client)
    assert (await ask(other_client))["comparison"] is None, "never switched on"
    assert (await ask(client, compare=False))["comparison"] is None, "the client cannot show two"
    again = {"conversation_id": first["conversation_id"], "regenerates": first["id"]}
    assert (await ask(client, **again))["comparison"] is None, "another answer was asked for"
    assert (await ask(client, question="Hello!"))["comparison"] is not None


async def test_the_operator_sees_wins_and_how_far_chance_explains_them(
    comparing: tuple[httpx.AsyncClient, ScriptedModel], operator: httpx.AsyncClient, services: Services
) -> None:
    client, model = comparing
    services.comparisons.random = Random(3)
    for choice in ("challenger", "challenger", "champion", "tie", None):
        first, _ = await both(client, model)
        if choice == "tie":
            await choose(client, first["comparison"], "tie")
        elif choice:
            async with services.database.session() as session:
                row = await comparisons_rows.find(
                    session, (await client.get("/api/v1/me")).json()["id"], first["comparison"]
                )
            assert row is not None
            await choose(client, first["comparison"], "a" if row.challenger_first == (choice == "challenger") else "b")
    (found,) = (await operator.get("/api/v1/admin/comparisons")).json()["items"]
    counts = {name: found[name] for name in ("offered", "n", "people", "wins", "losses", "ties")}
    assert counts == {"offered": 5, "n": 4, "people": 1, "wins": 2, "losses": 1, "ties": 1}
    assert (found["share"], found["p_value"]) == (0.625, 1.0)
    assert found["interval"][0] < 2 / 3 < found["interval"][1]
    assert "temperature" in found["challenger"] and found["champion"] in found["challenger"]


async def test_a_version_that_the_operator_names_competes_once_it_is_open(settings: Settings, tmp_path: Path) -> None:
    Home(settings.home).create()
    named = versions.adopt(Home(settings.home), trained_retriever(tmp_path / "tried")).id
    async with running(settings.model_copy(update={"challenger": named})) as app, client_of(app, "a@b.org") as client:
        services: Services = app.state.services
        await client.patch("/api/v1/me", json={"compares": True})
        assert (await ask(client, question="Hello!"))["comparison"] is None, (
            "it is being opened, and nobody waits for it"
        )
        await services.comparisons.ready()
        first = await ask(client, question="Hello!")
        second = await client.post(f"/api/v1/comparisons/{first['comparison']}/answer", json={"stream": False})
        found = {turn["versions"]["retriever"] for turn in (first, second.json())}
        assert found == {named, services.serving.now.retriever.version}
    own = versions.adopt(Home(settings.home), trained_retriever(tmp_path / "own", **{ALONE: True})).id
    async with running(settings.model_copy(update={"challenger": own})) as app:
        with pytest.raises(versions.VersionError, match="did not agree"):
            await app.state.services.comparisons.ready()


def test_the_sign_test_and_the_interval_are_those_of_the_books() -> None:
    assert comparisons_rows.sign_test(9, 1) == pytest.approx(0.021484375)
    assert comparisons_rows.sign_test(5, 5) == 1.0
    assert wilson(9, 10) == pytest.approx((0.5958, 0.9821), abs=1e-4)
    assert wilson(0, 10)[0] == 0.0


async def test_chance_decides_who_is_asked_and_who_answers_first(services: Services, person: Person) -> None:
    drawing: Comparisons = services.comparisons
    drawing.random, person.compares = Random(0), True
    drawing._settings = services.settings.model_copy(update={"comparisons": 0.25})
    drawn = [drawing.draw(person, ChatRequest(question="Why?", compare=True)) for _ in range(800)]
    rows = [entry.row for entry in drawn if entry]
    assert 150 < len(rows) < 250
    assert 0.4 < sum(row.challenger_first for row in rows) / len(rows) < 0.6
    for entry in drawn:
        if entry:  # the less sure one is the challenger, wherever it stands
            second = drawing.second(entry.row)
            assert second and {entry.temperature, second.temperature} == {0.0, 0.6}
            assert (entry.temperature > 0) == entry.row.challenger_first
