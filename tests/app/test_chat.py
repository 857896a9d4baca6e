"""A turn over HTTP: streamed or whole, logged with its exposures, stopped, failed, and nobody else's business."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import select

from app import turns
from app.models import Exposure, Person, Turn
from app.server import serving
from app.services import Services
from generation.port import ModelUnavailableError
from generation.scripted import ScriptedModel
from tests.conftest import Upload

NOTE = "The hut keeps its spare key under the blue flower pot. The warden returns on Friday."
QUESTION = "Where does the hut keep its spare key?"


@pytest.fixture
def model(services: Services) -> ScriptedModel:
    assert isinstance(services.model, ScriptedModel)
    return services.model


async def ask(client: httpx.AsyncClient, question: str = QUESTION, **body: Any) -> dict[str, Any]:
    response = await client.post("/api/v1/chat", json={"question": question, "stream": False, **body})
    assert response.status_code == 200, response.text
    answered: dict[str, Any] = response.json()
    return answered


def events_of(text: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for block in text.replace("\r\n", "\n").split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
        if "event" in lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


async def test_an_answer_cites_the_passage_it_came_from(client: httpx.AsyncClient, upload: Upload) -> None:
    added = await upload(client, "hut.txt", NOTE)
    turn = await ask(client)
    assert turn["state"] == "complete" and not turn["abstained"]
    assert "blue flower pot" in turn["answer"] and "[1]" in turn["answer"]
    (citation,) = turn["citations"]
    assert (citation["document"], citation["document_id"]) == ("hut.txt", added.document.id)
    assert "blue flower pot" in citation["quote"]
    assert citation["exposure_id"] in {exposure["id"] for exposure in turn["exposures"]}
    assert turn["versions"].keys() >= {"encoder", "selector", "generator"}


async def test_the_stream_tells_stages_sources_tokens_and_ends_with_the_answer(
    client: httpx.AsyncClient, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    response = await client.post("/api/v1/chat", json={"question": QUESTION})
    events = events_of(response.text)
    names = [name for name, _ in events]
    assert names[0] == "status" and names[-1] == "answer" and names.index("sources") < names.index("token")
    streamed = "".join(data["text"] for name, data in events if name == "token")
    final = events[-1][1]["turn"]
    assert "blue flower pot" in streamed and final["answer"].startswith(streamed.split(" [")[0])
    assert events[0][1]["turn_id"] == final["id"]


async def test_the_log_keeps_every_passage_that_was_shown(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    await upload(client, "boat.txt", "The boat shed key hangs behind the hut door.")
    turn = await ask(client)
    async with services.database.session() as session:
        row = (await session.exec(select(Turn).where(Turn.id == turn["id"]))).one()
        shown = (await session.exec(select(Exposure).where(Exposure.turn_id == turn["id"]))).all()
    assert row.prompt and row.timings["generate"] > 0 and row.completion_tokens > 0
    assert sorted(exposure.rank for exposure in shown) == list(range(1, len(shown) + 1))
    assert any(exposure.cited and exposure.selected for exposure in shown)
    assert all(exposure.score and exposure.propensity == 1 for exposure in shown)


async def test_a_conversation_is_read_back_as_it_was(client: httpx.AsyncClient, upload: Upload) -> None:
    await upload(client, "hut.txt", NOTE)
    first = await ask(client)
    second = await ask(client, "When does the warden of the hut return?", conversation_id=first["conversation_id"])
    read = (await client.get(f"/api/v1/conversations/{first['conversation_id']}")).json()
    assert [turn["id"] for turn in read["turns"]] == [first["id"], second["id"]]
    for exposure in first["exposures"]:
        exposure["used"] = []  # worked out where one turn is read by itself
    assert read["turns"][0] == first
    assert read["title"] == QUESTION
    listed = (await client.get("/api/v1/conversations")).json()["items"]
    assert [conversation["id"] for conversation in listed] == [first["conversation_id"]]


async def test_conversations_are_paged_renamed_and_deleted(client: httpx.AsyncClient) -> None:
    made = [(await client.post("/api/v1/conversations", json={"title": f"c{n}"})).json()["id"] for n in range(5)]
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/conversations", params=query)).json()
        seen += [conversation["id"] for conversation in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made) and len(seen) == 5
    renamed = await client.patch(f"/api/v1/conversations/{made[0]}", json={"title": "Keys"})
    assert renamed.json()["title"] == "Keys"
    assert (await client.delete(f"/api/v1/conversations/{made[0]}")).status_code == 204
    assert (await client.get(f"/api/v1/conversations/{made[0]}")).status_code == 404


async def test_a_cursor_of_somebody_elses_making_is_refused(client: httpx.AsyncClient) -> None:
    response = await client.get("/api/v1/conversations", params={"cursor": "not-ours"})
    assert response.status_code == 422 and "next_cursor" in response.json()["detail"]


async def test_nobody_else_can_see_rename_continue_or_ask_within(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload
) -> None:
    added = await upload(client, "hut.txt", NOTE)
    turn = await ask(client)
    path = f"/api/v1/conversations/{turn['conversation_id']}"
    assert (await other_client.get(path)).status_code == 404
    assert (await other_client.patch(path, json={"title": "mine"})).status_code == 404
    assert (await other_client.delete(path)).status_code == 404
    for body in ({"conversation_id": turn["conversation_id"]}, {"documents": [added.document.id]}):
        response = await other_client.post("/api/v1/chat", json={"question": QUESTION, **body})
        assert response.status_code == 404, response.text
    theirs = await ask(other_client)
    assert theirs["abstained"] and theirs["exposures"] == [] and "flower pot" not in theirs["answer"]


async def test_asking_within_a_document_reads_no_other(client: httpx.AsyncClient, upload: Upload) -> None:
    await upload(client, "hut.txt", NOTE)
    boat = await upload(client, "boat.txt", "The boat keeps its spare key in the bow locker.")
    turn = await ask(client, "Where does it keep its spare key?", documents=[boat.document.id])
    assert {exposure["document"] for exposure in turn["exposures"]} == {"boat.txt"}


async def test_a_model_that_fails_is_an_error_event_and_a_logged_turn(
    client: httpx.AsyncClient, services: Services, model: ScriptedModel, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    model.enqueue(ModelUnavailableError("the model server does not answer: start it"))
    events = events_of((await client.post("/api/v1/chat", json={"question": QUESTION})).text)
    name, error = events[-1]
    assert name == "error" and error["status"] == 503 and "start it" in error["detail"]
    async with services.database.session() as session:
        (row,) = (await session.exec(select(Turn))).all()
    assert (row.state, row.error) == ("failed", "the model server does not answer: start it")


async def test_without_streaming_a_failure_is_a_problem(
    client: httpx.AsyncClient, model: ScriptedModel, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    model.enqueue(ModelUnavailableError("the model server does not answer: start it"))
    response = await client.post("/api/v1/chat", json={"question": QUESTION, "stream": False})
    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_question_longer_than_the_context_says_so(client: httpx.AsyncClient, upload: Upload) -> None:
    await upload(client, "hut.txt", NOTE)
    response = await client.post("/api/v1/chat", json={"question": "key " * 3000, "stream": False})
    assert response.status_code == 422 and "8000" in response.text.replace(",", "")


async def test_closing_the_connection_stops_the_model_and_keeps_what_was_written(
    app: FastAPI, services: Services, person: Person, client: httpx.AsyncClient, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    assert isinstance(services.model, ScriptedModel)
    services.model._pace = 0.05
    services.model.enqueue("key " * 200)
    token = await services.auth.issue_token(person, "test")
    async with _over_tcp(app) as url, httpx.AsyncClient(base_url=url) as browser:
        headers = {"Authorization": f"Bearer {token}"}
        async with browser.stream("POST", "/api/v1/chat", json={"question": QUESTION}, headers=headers) as response:
            async for line in response.aiter_lines():
                if line.startswith("event: token"):
                    break
        row = await _settled(services)
    spent = services.model.usage.completion_tokens
    await asyncio.sleep(0.2)
    assert row.state == "stopped" and row.answer.startswith("key") and len(row.answer.split()) < 100
    assert services.model.usage.completion_tokens == spent


async def test_a_turn_cut_off_by_the_end_of_the_process_says_so(
    client: httpx.AsyncClient, services: Services, person: Person
) -> None:
    async with services.database.session() as session:
        conversation = await turns.create_conversation(session, person.id, "cut off")
        await turns.start_turn(session, Turn(conversation_id=conversation.id, person_id=person.id, question="?"))
    async with services.database.session() as session:
        assert await turns.fail_interrupted_turns(session) == 1
    read = (await client.get(f"/api/v1/conversations/{conversation.id}")).json()
    assert read["turns"][0]["state"] == "failed" and "ask again" in read["turns"][0]["error"]


async def test_deleting_a_document_takes_its_text_out_of_the_log(
    client: httpx.AsyncClient, services: Services, upload: Upload, tmp_path: Path
) -> None:
    added = await upload(client, "hut.txt", NOTE)
    await ask(client)
    assert (await client.delete(f"/api/v1/documents/{added.document.id}")).status_code == 204
    async with services.database.session() as session:
        shown = (await session.exec(select(Exposure))).all()
    assert not any("flower pot" in exposure.text for exposure in shown)


def _over_tcp(app: FastAPI) -> Any:
    # The app's lifespan runs already; a second FastAPI would open the home twice.
    from contextlib import asynccontextmanager

    @asynccontextmanager
    async def served() -> Any:
        shell = FastAPI()
        shell.state.services = app.state.services
        shell.router.routes = app.router.routes
        async with serving(shell, "127.0.0.1", 0) as url:
            yield url

    return served()


async def _settled(services: Services) -> Turn:
    async with asyncio.timeout(5):
        while True:
            async with services.database.session() as session:
                (row,) = (await session.exec(select(Turn))).all()
            if row.state != "running":
                return row
            await asyncio.sleep(0.02)
