"""The server ends while an answer is written: in order on SIGTERM, at once on kill -9. Whoever asked is told."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.schemas import ConversationDetail
from app.services import Services
from tests.app.answering import settings_in
from tests.conftest import running

REPOSITORY = Path(__file__).parents[2]
NOTE = "The hut keeps its spare key under the blue flower pot."
QUESTION = "Where does the hut keep its spare key?"


@asynccontextmanager
async def answering(home: Path) -> AsyncIterator[tuple[Process, httpx.AsyncClient]]:
    """A server process whose next answer takes minutes, and a client that speaks as the home's owner."""
    server = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.app.answering", str(home), cwd=REPOSITORY, stdout=PIPE, stderr=PIPE
    )
    assert server.stdout is not None
    try:
        async with asyncio.timeout(60):
            _, url, token = (await server.stdout.readline()).decode().split()
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=30, trust_env=False) as client:
            await _ingested(client)
            yield server, client
    finally:
        if server.returncode is None:
            server.kill()
            await server.wait()


async def _ingested(client: httpx.AsyncClient) -> None:
    added = (await client.post("/api/v1/documents", files={"file": ("hut.txt", NOTE.encode())})).json()
    await client.get(f"/api/v1/jobs/{added['job_id']}/events")
    document = (await client.get(f"/api/v1/documents/{added['document']['id']}")).json()
    assert document["status"] == "indexed"


async def conversation_in(app: FastAPI) -> ConversationDetail:
    """The owner's only conversation, as the API shows it."""
    services: Services = app.state.services
    token = await services.auth.issue_token(await services.auth.ensure_owner(), "test")
    headers = {"Authorization": f"Bearer {token}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        (known,) = (await client.get("/api/v1/conversations")).json()["items"]
        read = await client.get(f"/api/v1/conversations/{known['id']}")
    return ConversationDetail.model_validate_json(read.content)


async def test_asked_to_stop_the_server_ends_an_answer_with_an_error_event_and_keeps_what_was_written(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    names: list[str] = []
    last: dict[str, Any] = {}
    async with asyncio.timeout(90), answering(home) as (server, client):
        async with client.stream("POST", "/api/v1/chat", json={"question": QUESTION}) as response:
            async for line in response.aiter_lines():
                if line.startswith("event: "):
                    names.append(line.removeprefix("event: "))
                    if names.count("token") == 3 and names[-1] == "token":
                        server.send_signal(signal.SIGTERM)
                elif line.startswith("data: "):
                    last = json.loads(line.removeprefix("data: "))
        _, logged = await server.communicate()
    assert names[-1] == "error" and last["status"] == 503 and "ask again" in last["detail"]
    assert names.count("token") > 8  # it went on for a while
    assert server.returncode == 0
    assert b"Traceback" not in logged and b"CancelledError" not in logged, logged.decode()
    async with running(settings_in(home)) as app:
        (turn,) = (await conversation_in(app)).turns
    assert (turn.state, turn.error, turn.question) == ("failed", last["detail"], QUESTION)
    assert turn.answer.startswith("word0 word1") and turn.exposures


@pytest.mark.slow
@pytest.mark.parametrize("tokens", [1, 20])
async def test_killed_while_it_answers_the_server_leaves_an_interrupted_turn_and_the_terminal_says_what_to_do(
    tmp_path: Path, tokens: int
) -> None:
    home = tmp_path / "home"
    environment = {**os.environ, "ATTUNE_HOME": str(home), "ATTUNE_ENCODER": "hash", "ATTUNE_LLM": "scripted"}
    async with asyncio.timeout(120), answering(home) as (server, client):
        command = (sys.executable, "-c", "from app.cli import main; main()", "ask", QUESTION)
        ask = await asyncio.create_subprocess_exec(*command, cwd=REPOSITORY, env=environment, stdout=PIPE, stderr=PIPE)
        await _being_answered(client)
        await asyncio.sleep(0.05 * tokens)
        server.send_signal(signal.SIGKILL)
        _, told = await ask.communicate()
    assert ask.returncode == 1
    assert told.startswith(b"attune: ") and b"attune up" in told and b"Traceback" not in told, told.decode()
    async with running(settings_in(home)) as app:
        (turn,) = (await conversation_in(app)).turns
    assert (turn.state, turn.question) == ("failed", QUESTION)
    assert turn.error is not None and "ask again" in turn.error


async def _being_answered(client: httpx.AsyncClient) -> None:
    while True:
        for conversation in (await client.get("/api/v1/conversations")).json()["items"]:
            if (await client.get(f"/api/v1/conversations/{conversation['id']}")).json()["turns"]:
                return
        await asyncio.sleep(0.05)
