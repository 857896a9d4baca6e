"""The routes of OpenAI, asked by their own client over HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import openai
import pytest
from fastapi import FastAPI
from sqlmodel import select

from app.models import Turn
from app.models_groups import Borrowed
from app.services import Services
from tests.app.lending import collect, me, share, take_back
from tests.conftest import Upload

NOTE = "The hut keeps its spare key under the blue flower pot. The warden returns on Friday."
QUESTION = "Where does the hut keep its spare key?"


def wire_to(app: FastAPI) -> Any:
    """Their client names a fork of httpx as its type, and takes httpx."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app))


@pytest.fixture
async def ann(app: FastAPI, client: httpx.AsyncClient, upload: Upload) -> AsyncIterator[openai.AsyncOpenAI]:
    await upload(client, "hut.txt", NOTE)
    key = client.headers["Authorization"].removeprefix("Bearer ")
    async with (
        wire_to(app) as wire,
        openai.AsyncOpenAI(base_url="http://test/v1", api_key=key, http_client=wire, max_retries=0) as own,
    ):
        yield own


async def complete(own: openai.AsyncOpenAI, *messages: dict[str, str], **more: Any) -> Any:
    create: Any = own.chat.completions.create  # its overloads know every model but ours
    return await create(model="attune", messages=list(messages), **more)


def user(text: str) -> dict[str, str]:
    return {"role": "user", "content": text}


async def test_a_completion_is_an_answer_with_its_citations_as_annotations(ann: openai.AsyncOpenAI) -> None:
    done = await complete(ann, user(QUESTION))
    message = done.choices[0].message
    assert done.choices[0].finish_reason == "stop"
    assert message.content is not None and "blue flower pot" in message.content
    assert message.annotations
    cited = message.annotations[0].url_citation
    assert message.content[cited.start_index : cited.end_index] == "[1]"
    assert cited.title == "hut.txt"
    assert cited.url.startswith("http://test/read/")
    assert done.usage and done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens > 0


async def test_a_stream_says_the_same_and_ends_with_its_usage(ann: openai.AsyncOpenAI) -> None:
    whole = await complete(ann, user(QUESTION))
    said, finished, annotations, usage = "", None, None, None
    stream = await complete(ann, user(QUESTION), stream=True, stream_options={"include_usage": True})
    async for chunk in stream:
        usage = chunk.usage or usage
        for choice in chunk.choices:
            said += choice.delta.content or ""
            finished = choice.finish_reason or finished
            annotations = getattr(choice.delta, "annotations", None) or annotations
    assert said == whole.choices[0].message.content
    assert finished == "stop"
    assert annotations and usage


async def test_a_conversation_that_is_sent_along_is_gone_on_with(ann: openai.AsyncOpenAI, services: Services) -> None:
    first = await complete(ann, user(QUESTION))
    said = [user(QUESTION), {"role": "assistant", "content": first.choices[0].message.content or ""}]
    for earlier in (said, [user("Who are you?"), {"role": "assistant", "content": "Somebody else."}]):
        await complete(ann, {"role": "system", "content": "Be brief."}, *earlier, user("When does the warden return?"))
    async with services.database.session() as session:
        turns = (await session.exec(select(Turn))).all()
    conversations = [turn.conversation_id for turn in sorted(turns, key=lambda turn: turn.created_at)]
    assert conversations[0] == conversations[1]
    assert conversations[2] not in conversations[:2]
    assert len(turns) == 3, "what was said elsewhere is no turn of ours"


async def test_nobody_goes_on_with_the_conversation_of_another(
    ann: openai.AsyncOpenAI, app: FastAPI, other_client: httpx.AsyncClient
) -> None:
    first = await complete(ann, user(QUESTION))
    said = [user(QUESTION), {"role": "assistant", "content": first.choices[0].message.content}, user("And when?")]
    asked = await other_client.post("/v1/chat/completions", json={"model": "attune", "messages": said})
    assert asked.status_code == 200
    assert (await other_client.get("/api/v1/conversations")).json()["items"][0]["title"] == "And when?"


async def test_a_conversation_that_was_altered_rests_on_what_its_answers_rested_on(
    app: FastAPI, client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload, services: Services
) -> None:
    note = await upload(other_client, "hut.txt", NOTE)
    collection = await collect(other_client, "Huts", note.document.id)
    shared = await share(other_client, collection, email=(await me(client))["email"])
    asked = {"model": "attune", "messages": [user(QUESTION)]}
    assert "flower pot" in (await client.post("/v1/chat/completions", json=asked)).text
    altered = [user(QUESTION), {"role": "assistant", "content": "Under the pot, I believe."}, user("Which pot is it?")]

    async def again() -> tuple[str, list[str]]:
        answer = await client.post("/v1/chat/completions", json=asked | {"messages": altered})
        async with services.database.session() as session:
            turn = await session.get_one(Turn, answer.json()["attune"]["turn_id"])
            rests_on = (await session.exec(select(Borrowed.document_id).where(Borrowed.turn_id == turn.id))).all()
        return str(turn.prompt), list(rests_on)

    prompt, rests_on = await again()
    assert ("I believe" in prompt, rests_on) == (True, [note.document.id])
    await upload(client, "pots.txt", "The pot is blue. Which pot is it? The blue pot.")
    await take_back(other_client, collection, shared)
    prompt, rests_on = await again()
    assert ("I believe" in prompt, "blue pot" in prompt, rests_on) == (False, True, [])


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"model": "gpt-4"}, 404, "there is no model 'gpt-4' here: use 'attune'"),
        ({"n": 3}, 400, "n is 3"),
        ({"tools": [{"type": "function"}]}, 400, "tools cannot be called"),
        ({"response_format": {"type": "json_object"}}, 400, "response_format"),
        ({"messages": [{"role": "assistant", "content": "hi"}]}, 400, "the last message must have the role user"),
        ({"messages": [user(" ")]}, 400, "the question cannot be asked"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "image_url"),
        ({"messages": []}, 422, "messages"),
    ],
)
async def test_what_cannot_be_done_is_said_in_the_form_of_their_errors(
    client: httpx.AsyncClient, body: dict[str, object], status: int, said: str
) -> None:
    asked = {"model": "attune", "messages": [user(QUESTION)], "temperature": 0, "seed": 7} | body
    refused = await client.post("/v1/chat/completions", json=asked)
    assert refused.status_code == status, refused.text
    assert said in refused.json()["error"]["message"]


async def test_a_key_that_is_not_valid_is_their_error_too(app: FastAPI) -> None:
    async with wire_to(app) as wire:
        stranger = openai.AsyncOpenAI(base_url="http://test/v1", api_key="wrong", http_client=wire, max_retries=0)
        with pytest.raises(openai.AuthenticationError, match="send a valid token"):
            await stranger.models.list()


async def test_the_models_are_one(ann: openai.AsyncOpenAI) -> None:
    assert [model.id async for model in ann.models.list()] == ["attune"]
    assert (await ann.models.retrieve("attune")).owned_by == "attune"
    with pytest.raises(openai.NotFoundError, match="there is no model"):
        await ann.models.retrieve("gpt-4")
