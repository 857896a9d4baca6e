"""Whatever people do with each other's documents in whatever order: nobody gets a byte that is not open to them."""

import json
import logging
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from app.settings import Settings
from tests.app.confiding import admin_of
from tests.app.giving import give
from tests.app.lending import me
from tests.app.strangers import World
from tests.conftest import Upload, client_of, running

PEOPLE = 5
# How often each thing is done, beside the others.
DONE = {"write": 6, "delete": 3, "collect": 2, "fill": 8, "empty": 3, "share": 8, "take_back": 5, "break_up": 1}
DONE |= {"gather": 2, "join": 5, "leave": 3, "lag": 3}
READ = {"search": 14, "ask": 18, "open": 8}


@pytest.fixture
async def world(settings: Settings, upload: Upload) -> AsyncIterator[World]:
    async with world_in(settings, upload) as world:
        yield world


@asynccontextmanager
async def world_in(settings: Settings, upload: Upload) -> AsyncIterator[World]:
    """Five people in an installation with these settings."""
    emails = [f"person{number}@example.org" for number in range(PEOPLE)]
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running(settings.model_copy(update={"personalization": "off"})))
        clients = [await stack.enter_async_context(client_of(app, email)) for email in emails]
        ids = [(await me(client))["id"] for client in clients]
        admin = await stack.enter_async_context(admin_of(app))
        yield World(app.state.services, clients, admin, ids, emails, upload, random.Random(0))


async def live(world: World, steps: int) -> None:
    """Random things, and looks at all that is kept of the past in between."""
    names = [name for name, often in (DONE | READ).items() for _ in range(often)]
    for step in range(steps):
        person = world.chance.randrange(PEOPLE)
        await getattr(world, world.chance.choice(names))(person)
        if step % 25 == 24:
            await look_back(world, person)
        if step % 100 == 99:
            await look_at_rows(world)


async def look_back(world: World, person: int) -> None:
    """Lists, history and export: what one was answered stays one's own, the passages and names beside it do not."""
    client = world.clients[person]
    for path in ("documents", "collections", "groups", "conversations"):
        world.check(person, path, (await client.get(f"/api/v1/{path}", params={"limit": 200})).text)
    for box in world.boxes:
        listed = await client.get(f"/api/v1/collections/{box.id}/documents")
        assert listed.status_code == (200 if world.level(person, box) else 404)
        if listed.status_code == 200:
            assert {one["id"] for one in listed.json()["items"]} == box.papers
    exported = (await client.get("/api/v1/me/export")).json()
    world.check(person, "the export", json.dumps(without_answers(exported)))
    for who, turn in world.turns[-5:]:
        found = await client.get(f"/api/v1/conversations/{turn['conversation_id']}")
        assert found.status_code == (200 if who == person else 404)
        if who == person:
            world.check(person, "history", json.dumps(without_answers(found.json())))
            if world.chance.random() < 0.5:
                await give(client, "turns", turn["id"], "up")
            else:
                await client.put(f"/api/v1/turns/{turn['id']}/answer", json={"text": "It is so [1]."})


def without_answers(kept: Any) -> Any:
    """What was written for the person before, and quoted of that later, is not looked at: it stays theirs."""
    if isinstance(kept, list):
        return [without_answers(one) for one in kept]
    if not isinstance(kept, dict):
        return kept
    theirs = {"answer", "draft", "written", "style", "difference"}
    theirs |= {"text", "quote"} if kept.get("kind") == "conversation" else set()
    return {name: without_answers(value) for name, value in kept.items() if name not in theirs}


async def look_at_rows(world: World) -> None:
    """Every row to train on, of each person."""
    for form in ("turns", "labels", "kto", "dpo"):
        lines = (await world.admin.get("/api/v1/admin/feedback", params={"format": form})).text.splitlines()
        for line in lines:
            row = json.loads(line)
            if row["person_id"] in world.ids:
                world.check(world.ids.index(row["person_id"]), f"a row of {form}", line)


async def test_three_hundred_random_things_by_five_people_leak_nothing(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    await watched(world, caplog, seed=7, steps=300)
    asked = [turn for _, turn in world.turns if turn["citations"]]
    of_others = [turn for who, turn in world.turns for one in turn["citations"] if owner(world, one) not in {None, who}]
    assert len(asked) >= 20 and len(of_others) >= 5, "else the test looks at nothing"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
async def test_ten_thousand_random_things_leak_nothing(
    world: World, caplog: pytest.LogCaptureFixture, seed: int
) -> None:
    await watched(world, caplog, seed, steps=1000)


async def watched(world: World, caplog: pytest.LogCaptureFixture, seed: int, steps: int) -> None:
    """The log holds no word of any document."""
    caplog.set_level(logging.INFO)
    world.chance.seed(seed)
    await live(world, steps)
    logged = caplog.text.lower()
    assert logged and not {paper.word for paper in world.papers if paper.word in logged}


def owner(world: World, citation: dict[str, Any]) -> int | None:
    """Whose document is cited; None: it is no document."""
    return next((paper.owner for paper in world.papers if paper.id == citation["document_id"]), None)
