"""What the server notes of an answer by itself: stopped, wanted once more, or its question asked again."""

from collections.abc import AsyncIterator, Sequence

import httpx
import pytest
from fastapi import FastAPI

from app.chat import run_turn
from app.models import Person
from app.schemas import ChatRequest, TokenEvent, TurnPublic
from app.services import Services
from generation.port import Delta, GenerationParams, Message
from generation.scripted import ScriptedModel
from tests.app.giving import events
from tests.app.rewriting import NOTE, QUESTION, ask
from tests.conftest import Upload


@pytest.fixture
async def turn(client: httpx.AsyncClient, upload: Upload) -> TurnPublic:
    """An answer of Ann's with one source."""
    await upload(client, "hut.txt", NOTE)
    return await ask(client)


async def test_another_answer_that_is_wanted_is_noted_on_the_first_and_asked_without_it(
    client: httpx.AsyncClient, turn: TurnPublic
) -> None:
    within = {"conversation_id": turn.conversation_id}
    again = await ask(client, QUESTION, regenerates=turn.id, **within)
    assert [event.kind for event in await events(client, turn.id)] == ["regenerated"]
    assert (await events(client, again.id), again.question) == ([], QUESTION)
    elsewhere = await ask(client)
    body = {"question": QUESTION, "stream": False, "regenerates": elsewhere.id, **within}
    assert (await client.post("/api/v1/chat", json=body)).status_code == 404
    read = (await client.get(f"/api/v1/conversations/{turn.conversation_id}")).json()
    assert len(read["turns"]) == 2, "what was refused is not in the log"


class Noting(ScriptedModel):
    """Notes how each answer was to be decoded."""

    def __init__(self) -> None:
        super().__init__()
        self.temperatures: list[float] = []

    async def stream(self, messages: Sequence[Message], params: GenerationParams) -> AsyncIterator[Delta]:
        self.temperatures.append(params.temperature)
        async for delta in super().stream(messages, params):
            yield delta


async def test_another_answer_is_drawn_where_the_first_was_the_likeliest(
    app: FastAPI, services: Services, client: httpx.AsyncClient, turn: TurnPublic
) -> None:
    model = Noting()
    app.state.services = services.answering_with(generator=model)
    first = await ask(client)
    await ask(client, QUESTION, regenerates=first.id, conversation_id=first.conversation_id)
    assert model.temperatures[0] == 0 < model.temperatures[1]
    assert not any(QUESTION in message.content for message in model.prompts[1][:-1]), "the first answer is not its past"


async def test_an_answer_that_is_stopped_is_noted_once(
    app: FastAPI, services: Services, client: httpx.AsyncClient, person: Person, turn: TurnPublic
) -> None:
    slow = ScriptedModel(seconds_per_token=0.02)
    slow.enqueue(" ".join(f"word{number}" for number in range(500)))
    asked = run_turn(services.answering_with(generator=slow), person, ChatRequest(question=QUESTION))
    async for event in asked:
        if isinstance(event, TokenEvent):
            break
    await asked.aclose()
    (conversation, _) = (await client.get("/api/v1/conversations")).json()["items"]
    (stopped,) = (await client.get(f"/api/v1/conversations/{conversation['id']}")).json()["turns"]
    assert stopped["state"] == "stopped"
    assert [event.kind for event in await events(client, stopped["id"])] == ["stopped"]


async def test_a_question_that_is_asked_once_more_in_other_order_is_noted_and_another_one_is_not(
    client: httpx.AsyncClient, turn: TurnPublic
) -> None:
    within = {"conversation_id": turn.conversation_id}
    second = await ask(client, "At night, does the hut lock its door, please?", **within)
    assert [event.kind for event in await events(client, turn.id)] == ["reasked"]
    await ask(client, "When can the warden come?", **within)
    assert await events(client, second.id) == []
