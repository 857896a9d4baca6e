"""The door for MCP clients, opened by the library's own client: over HTTP, and over a process's input and output."""

import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
from fastapi import FastAPI
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp_types import CallToolResult, TextContent

from app.home import Home
from app.main import create_app
from app.server import publishing, serving
from app.settings import Settings
from tests.conftest import Upload

NOTE = "The hut keeps its spare key under the blue flower pot. The warden returns on Friday."
QUESTION = "Where does the hut keep its spare key?"
ADDRESS = "http://127.0.0.1:8420"
PING = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
TAKING = {"Accept": "application/json, text/event-stream"}


@asynccontextmanager
async def speaking(app: FastAPI, person: httpx.AsyncClient, **more: Any) -> AsyncIterator[Client]:
    """The library's client with this person's token, to the whole app without a network."""
    headers = {"Authorization": person.headers["Authorization"]}
    async with (
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), headers=headers) as wire,
        Client(streamable_http_client(f"{ADDRESS}/mcp", http_client=wire), **more) as client,
    ):
        yield client


@pytest.fixture
async def document(client: httpx.AsyncClient, upload: Upload) -> str:
    return (await upload(client, "hut.txt", NOTE)).document.id


def told(result: CallToolResult) -> str:
    """The text of an answer, as a client shows it to its model."""
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


def structured(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, told(result)
    assert result.structured_content is not None
    assert json.loads(told(result)) == result.structured_content
    return result.structured_content


@pytest.mark.parametrize("mode", ["legacy", "auto"])
async def test_an_answer_comes_with_its_sources_to_clients_old_and_new(
    app: FastAPI, client: httpx.AsyncClient, document: str, mode: str
) -> None:
    async with speaking(app, client, mode=mode) as ann:
        tools = {tool.name: tool for tool in (await ann.list_tools()).tools}
        answer = structured(await ann.call_tool("ask", {"question": QUESTION}))
        found = structured(await ann.call_tool("search", {"query": QUESTION, "limit": 1}))
        listed = structured(await ann.call_tool("list_documents", {}))
    assert set(tools) == {"search", "ask", "list_documents"}
    assert tools["search"].annotations and tools["search"].annotations.read_only_hint
    assert "blue flower pot" in answer["answer"] and "[1]" in answer["answer"]
    [cited] = answer["citations"]
    assert (cited["marker"], cited["document"], cited["quote"]) == (1, "hut.txt", NOTE)
    assert cited["url"].startswith(f"{ADDRESS}/read/{document}#p-")
    assert [one["quote"] for one in found["passages"]] == [NOTE]
    assert [one["id"] for one in listed["documents"]] == [document]
    turns = (await client.get(f"/api/v1/conversations/{answer['conversation_id']}")).json()["turns"]
    assert [turn["question"] for turn in turns] == [QUESTION]


async def test_another_person_sees_and_finds_nothing(
    app: FastAPI, other_client: httpx.AsyncClient, document: str
) -> None:
    async with speaking(app, other_client) as ben:
        assert structured(await ben.call_tool("search", {"query": QUESTION}))["passages"] == []
        assert structured(await ben.call_tool("list_documents", {}))["documents"] == []
        answer = structured(await ben.call_tool("ask", {"question": QUESTION}))
        assert (answer["citations"], "flower" in answer["answer"]) == ([], False)
        for tool, text in (("search", "query"), ("ask", "question")):
            refused = await ben.call_tool(tool, {text: QUESTION, "documents": [document]})
            assert refused.is_error
            assert told(refused).endswith(f"there is no document {document} among yours")


async def test_a_token_does_what_its_scopes_say_and_not_more(
    app: FastAPI, client: httpx.AsyncClient, document: str
) -> None:
    made = (await client.post("/api/v1/me/tokens", json={"label": "desk", "scopes": ["read"]})).json()
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {made['token']}"}) as reading:
        async with speaking(app, reading) as ann:
            assert structured(await ann.call_tool("search", {"query": QUESTION}))["passages"]
            refused = await ann.call_tool("ask", {"question": QUESTION})
        assert refused.is_error and "this needs one with the scope chat" in told(refused)
        await client.delete(f"/api/v1/me/tokens/{made['id']}")
        with pytest.raises(BaseExceptionGroup):
            async with speaking(app, reading):
                pass


async def test_limits_count_and_wrong_arguments_are_said(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"searches_per_minute": 1}))
    async with app.router.lifespan_context(app):
        token = await app.state.services.auth.issue_token(await app.state.services.auth.ensure_owner(), "test")
        async with httpx.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as owner, speaking(app, owner) as me:
            assert "limit" in told(await me.call_tool("search", {"query": "key", "limit": 1000}))
            assert not (await me.call_tool("search", {"query": "key"})).is_error
            refused = await me.call_tool("search", {"query": "key"})
    assert refused.is_error and "ATTUNE_SEARCHES_PER_MINUTE" in told(refused)


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({}, 200),
        ({"Authorization": ""}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "", "Cookie": "attune_session=TOKEN", "Sec-Fetch-Site": "same-origin"}, 401),
        ({"Authorization": "Basic x", "Cookie": "attune_session=TOKEN", "Sec-Fetch-Site": "same-origin"}, 401),
        ({"Host": "rebound.example:8420"}, 421),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": ADDRESS}, 200),
        ({"Host": "rebound.example:8420", "Origin": "http://rebound.example:8420"}, 421),
    ],
)
async def test_who_is_let_in(app: FastAPI, client: httpx.AsyncClient, changed: dict[str, str], status: int) -> None:
    key = client.headers["Authorization"]
    sent = {"Authorization": key, "Host": "127.0.0.1:8420"} | TAKING | changed
    sent = {name: value.replace("TOKEN", key.removeprefix("Bearer ")) for name, value in sent.items() if value}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=ADDRESS) as bare:
        response = await bare.post("/mcp", json=PING, headers=sent)
    assert response.status_code == status
    assert response.headers["x-content-type-options"] == "nosniff"
    assert ("www-authenticate" in response.headers) is (status == 401)


async def test_there_is_no_session_to_listen_to_or_to_end(client: httpx.AsyncClient) -> None:
    for method in ("GET", "DELETE"):
        response = await client.request(method, "/mcp")
        assert (response.status_code, response.headers["allow"]) == (405, "POST")


def started(*arguments: str) -> StdioServerParameters:
    """`attune mcp`, as a desktop program starts it."""
    return StdioServerParameters(
        command=sys.executable, args=["-c", "from app.cli import main; main()", *arguments], cwd=Path.cwd()
    )


@asynccontextmanager
async def at_home(settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    """A server of this home with a document, spoken to as the home's owner."""
    app = create_app(settings)
    async with serving(app, "127.0.0.1", 0) as url, publishing(app, Home(settings.home), url) as address:
        headers = {"Authorization": f"Bearer {address.token}"}
        async with httpx.AsyncClient(base_url=url, headers=headers) as owner:
            await owner.post("/api/v1/documents", files={"file": ("hut.txt", NOTE.encode())})
            yield owner


async def test_a_desktop_program_speaks_to_a_server_elsewhere(settings: Settings, tmp_path: Path) -> None:
    async with at_home(settings) as owner:
        (tmp_path / "token").write_text(owner.headers["Authorization"].removeprefix("Bearer ") + "\n")
        program = started("mcp", "--url", str(owner.base_url), "--token-file", str(tmp_path / "token"))
        async with Client(program) as desk:
            listed = structured(await desk.call_tool("list_documents", {}))
            refused = await desk.call_tool("search", {"query": "key", "documents": ["nobody's"]})
    assert [one["name"] for one in listed["documents"]] == ["hut.txt"]
    assert refused.is_error and "documents" in told(refused)


@pytest.mark.slow  # the command loads the whole server, for it may have to be one
async def test_a_desktop_program_speaks_to_the_server_of_the_home_and_leaves_no_token(settings: Settings) -> None:
    async with at_home(settings) as owner:
        async with Client(started("--home", str(settings.home), "mcp")) as desk:
            listed = structured(await desk.call_tool("list_documents", {}))
            assert "attune mcp" in await _held(owner)
        assert "attune mcp" not in await _held(owner)
    assert [one["name"] for one in listed["documents"]] == ["hut.txt"]


async def _held(owner: httpx.AsyncClient) -> list[str]:
    return [one["label"] for one in (await owner.get("/api/v1/me/tokens")).json()["items"]]
