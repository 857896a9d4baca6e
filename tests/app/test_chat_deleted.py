"""What is deleted while an answer is being written stays deleted, and whoever waits for the answer is told."""

import asyncio

import httpx
import pytest
from sqlmodel import select

from app.models import Exposure, Turn
from app.services import Services
from generation.scripted import ScriptedModel
from tests.conftest import Upload

NOTE = "The hut keeps its spare key under the blue flower pot, beside the woodpile and behind the rain barrel."
QUESTION = "Where does the hut keep its spare key?"


@pytest.fixture
def model(services: Services) -> ScriptedModel:
    """Writes slowly enough that something can be deleted meanwhile."""
    assert isinstance(services.model, ScriptedModel)
    services.model._pace = 0.03
    return services.model


async def asking(client: httpx.AsyncClient, model: ScriptedModel, **body: object) -> asyncio.Task[httpx.Response]:
    """A question whose answer is being written when this returns."""
    asked = asyncio.create_task(client.post("/api/v1/chat", json={"question": QUESTION, **body}))
    async with asyncio.timeout(10):
        while True:
            if model.prompts:
                return asked
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("stream", [True, False])
async def test_a_conversation_deleted_meanwhile_ends_its_answer_with_a_404(
    client: httpx.AsyncClient, services: Services, upload: Upload, model: ScriptedModel, stream: bool
) -> None:
    await upload(client, "hut.txt", NOTE)
    conversation = (await client.post("/api/v1/conversations", json={})).json()["id"]
    asked = await asking(client, model, conversation_id=conversation, stream=stream)
    assert (await client.delete(f"/api/v1/conversations/{conversation}")).status_code == 204
    response = await asked
    if stream:
        assert "event: answer" not in response.text
        assert '"status":404' in response.text.split("event: error")[1]
    else:
        assert response.status_code == 404
    async with services.database.session() as session:
        assert (await session.exec(select(Turn))).all() == []
        assert (await session.exec(select(Exposure))).all() == []


async def test_of_a_document_deleted_meanwhile_the_log_keeps_no_text(
    client: httpx.AsyncClient, services: Services, upload: Upload, model: ScriptedModel
) -> None:
    added = await upload(client, "hut.txt", NOTE)
    asked = await asking(client, model, stream=False)
    assert (await client.delete(f"/api/v1/documents/{added.document.id}")).status_code == 204
    assert (await asked).json()["state"] == "complete"
    async with services.database.session() as session:
        turn = (await session.exec(select(Turn))).one()
        shown = (await session.exec(select(Exposure))).one()
    assert turn.prompt is None
    assert (shown.text, shown.document_name) == ("", "deleted document")


async def test_an_account_erased_meanwhile_is_not_brought_back(
    client: httpx.AsyncClient, services: Services, upload: Upload, model: ScriptedModel
) -> None:
    await upload(client, "hut.txt", NOTE)
    asked = await asking(client, model, stream=False)
    assert (await client.delete("/api/v1/me")).status_code == 204
    assert (await asked).status_code == 404
    async with services.database.session() as session:
        assert (await session.exec(select(Turn))).all() == []
