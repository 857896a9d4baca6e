"""That a run has ended is news for each operator until they have seen it, and is told once to an address."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr, ValidationError

from app import announcing
from app.announcing import Announcer
from app.models import ModelVersion, Promotion, utc_now
from app.models_training import TrainingRun
from app.services import Services
from app.settings import Settings
from tests.conftest import client_of

NEWS = "/api/v1/admin/announcements"
SECRET = "T0K3N"


async def ended(services: Services, hours_ago: int, **fields: Any) -> TrainingRun:
    at = utc_now() - timedelta(hours=hours_ago)
    values: dict[str, Any] = {
        "kind": "selector",
        "state": "done",
        "ended_at": at,
        "error": "of ann@example.org",
    } | fields
    run = TrainingRun(job_id="gone", minutes=1.0, **values)
    async with services.database.session() as session:
        session.add(run)
    return run


async def refused(services: Services) -> TrainingRun:
    decided = Promotion(kind="selector", version_id="selector-1", accepted=False, reasons=["worse"])
    async with services.database.session() as session:
        session.add(ModelVersion(id="selector-1", kind="selector", manifest={}))
        await session.flush()
        session.add(decided)
    return await ended(services, 1, promotion_id=decided.id, version_id="selector-1")


async def test_each_operator_sees_what_ended_until_they_say_that_they_have_seen_it(
    app: FastAPI, operator: httpx.AsyncClient, client: httpx.AsyncClient, services: Services
) -> None:
    assert (await operator.get(NEWS)).json() == {"items": [], "unseen": 0}
    await ended(services, 3, state="failed")
    await ended(services, 2, state="running", ended_at=None)
    await refused(services)
    told = (await operator.get(NEWS)).json()
    assert [one["outcome"] for one in told["items"]] == ["refused", "failed"]
    assert (await client.get(NEWS)).status_code == 403
    until = {"until": told["items"][0]["ended_at"]}
    assert (await client.post(f"{NEWS}/seen", json=until)).status_code == 403
    await ended(services, 0, state="cancelled")  # since the page was drawn
    assert (await operator.post(f"{NEWS}/seen", json=until)).status_code == 204
    left = (await operator.get(NEWS)).json()
    assert ([one["outcome"] for one in left["items"]], left["unseen"]) == (["cancelled"], 1)
    older = {"until": told["items"][1]["ended_at"]}
    assert (await operator.post(f"{NEWS}/seen", json=older)).status_code == 204
    assert (await operator.get(NEWS)).json() == left, "what was seen stays seen"
    future = (utc_now() + timedelta(days=9)).isoformat()
    assert (await operator.post(f"{NEWS}/seen", json={"until": future})).status_code == 204
    await asyncio.sleep(0.01)
    await ended(services, 0)
    assert (await operator.get(NEWS)).json()["unseen"] == 1, "nobody has seen what is yet to come"
    async with client_of(app, "other@example.org", "operator") as another:
        assert (await another.get(NEWS)).json()["unseen"] == 4


@asynccontextmanager
async def listening(*statuses: int) -> AsyncIterator[tuple[str, list[dict[str, Any]]]]:
    """A server that answers with these, and what was sent to it."""
    heard: list[dict[str, Any]] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length: ")[1].split("\r\n")[0])
        heard.append(json.loads(await reader.readexactly(length)))
        status = statuses[min(len(heard), len(statuses)) - 1]
        writer.write(b"HTTP/1.1 %d Said\r\nContent-Length: 0\r\nLocation: /elsewhere\r\n\r\n" % status)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/hooks/{SECRET}", heard


def announcer(services: Services, url: str | None) -> Announcer:
    return Announcer(services.database, Settings(home=services.home.root, announce_url=url and SecretStr(url)))


async def test_the_end_of_a_run_is_told_once_without_a_word_of_anybody(services: Services) -> None:
    run = await refused(services)
    await ended(services, 0, state="running", ended_at=None)
    async with listening(204) as (url, heard):
        for _ in range(2):
            await announcer(services, url).look()  # also by a process that knows nothing of the one before
    assert heard == [
        {
            "event": "training run ended", "id": run.id, "kind": "selector", "method": None, "outcome": "refused",
            "version_id": "selector-1", "ended_at": heard[0]["ended_at"],
        }
    ]  # fmt: skip


async def test_what_ended_before_an_address_was_set_is_not_told(services: Services) -> None:
    await ended(services, 1)
    await announcer(services, None).look()
    async with listening(204) as (url, heard):
        await announcer(services, url).look()
    assert heard == []


async def test_an_address_that_fails_is_tried_twice_and_logged_without_its_secret(
    services: Services, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(announcing, "_PAUSE", 0.0)
    first = await ended(services, 1)
    async with listening(503, 204, 302) as (url, heard):
        await announcer(services, url).look()
        assert ([one["id"] for one in heard], caplog.messages) == ([first.id] * 2, [])
        second = await ended(services, 0)
        with caplog.at_level(logging.WARNING):
            await announcer(services, url).look()  # it leads elsewhere, and nobody goes there
    await ended(services, 0)
    await announcer(services, url).look()  # nobody listens any more
    assert [one["id"] for one in heard] == [first.id] * 2 + [second.id] * 2
    assert [line.rsplit(": ", 1)[1] for line in caplog.messages] == ["it answered 302", "ConnectError"]
    assert SECRET not in caplog.text


@pytest.mark.parametrize(
    "url",
    [f"chat.example.org/hooks/{SECRET}", f"https://chat:99999/{SECRET}", f"https://x..org/{SECRET}\x07", "http://"],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="ATTUNE_ANNOUNCE_URL") as refused:
        Settings(announce_url=SecretStr(url))
    assert SECRET not in str(refused.value)
