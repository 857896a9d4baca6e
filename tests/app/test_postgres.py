"""The main job on PostgreSQL; tests/postgres.py starts a server for it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from app.db import Database
from app.promotions import PromotionConflictError, Promotions
from app.schemas_models import Moved, Verdict
from app.services import Services
from app.settings import Settings
from tests.app.test_chat import NOTE, ask
from tests.app.test_isolation_random import watched, world_in
from tests.app.trained import adopted, verdict
from tests.conftest import Upload, client_of, running

pytestmark = pytest.mark.postgres


async def test_documents_and_answers_are_there_after_a_restart_and_gone_once_deleted(
    settings: Settings, upload: Upload
) -> None:
    async with AsyncExitStack() as first:
        app = await first.enter_async_context(running(settings))
        ann = await first.enter_async_context(client_of(app, "ann@example.org"))
        ben = await first.enter_async_context(client_of(app, "ben@example.org"))
        added = await upload(ann, "hut.txt", NOTE)
        job = (await ann.get(f"/api/v1/jobs/{added.job_id}")).json()
        assert (job["state"], job["error"]) == ("done", None)
        stored = (await ann.get(f"/api/v1/documents/{added.document.id}")).json()
        assert (stored["status"], stored["passages"]) == ("indexed", 1)
        turn = await ask(ann)
        assert [citation["document"] for citation in turn["citations"]] == ["hut.txt"]
        assert (await ben.get(f"/api/v1/documents/{added.document.id}")).status_code == 404
        assert (await ask(ben))["abstained"]
        bearer = ann.headers["Authorization"]
    async with AsyncExitStack() as second:
        app = await second.enter_async_context(running(settings))
        ann = await second.enter_async_context(client_of(app, "later@example.org"))
        ann.headers["Authorization"] = bearer
        assert [one["name"] for one in (await ann.get("/api/v1/documents")).json()["items"]] == ["hut.txt"]
        kept = (await ann.get(f"/api/v1/conversations/{turn['conversation_id']}")).json()
        assert [one["answer"] for one in kept["turns"]] == [turn["answer"]]
        assert (await ann.delete(f"/api/v1/documents/{added.document.id}")).status_code == 204
        assert (await ask(ann))["abstained"]
        assert (await ann.get("/api/v1/documents")).json()["items"] == []


async def test_of_two_processes_that_promote_at_once_one_is_told_and_the_other_follows(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.promotions.LOOK_SECONDS", 0.05)
    versions = [adopted(settings.home, tmp_path / str(seed), seed) for seed in (1, 2)]
    async with running(settings) as app:
        services: Services = app.state.services
        others = [Promotions(settings, services.home, Database(services.database.url)) for _ in versions]
        said = Verdict(**verdict(None))
        decided = [one.decide(version, said) for one, version in zip(others, versions, strict=True)]
        outcomes = await asyncio.gather(*decided, return_exceptions=True)
        (won,) = [one for one in outcomes if isinstance(one, Moved)]
        (lost,) = [one for one in outcomes if isinstance(one, PromotionConflictError)]
        assert "by now, and no longer what ships" in str(lost)
        async with asyncio.timeout(30):
            while services.serving.now.versions["retriever"] != won.promotion.version_id:  # noqa: ASYNC110 (an exchange tells nobody)
                await asyncio.sleep(0.01)
        assert (await services.promotions.rollback("retriever")).promotion.number == 2
        for one in others:
            await one._database.close()


async def test_conversations_are_found_by_their_words_in_any_case(settings: Settings, upload: Upload) -> None:
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running(settings))
        ann = await stack.enter_async_context(client_of(app, "finder@example.org"))
        await upload(ann, "hut.txt", NOTE)
        turn = await ask(ann)
        await ann.post("/api/v1/conversations", json={"title": "Übernachtung 100 %"})
        for sought, found in (("FLOWER hut", turn["question"]), ("übernachtung %", "Übernachtung 100 %")):
            listed = (await ann.get("/api/v1/conversations", params={"q": sought})).json()["items"]
            assert [one["title"] for one in listed] == [found]


async def test_answers_stand_beside_each_other_and_one_is_shown(settings: Settings, upload: Upload) -> None:
    async with AsyncExitStack() as stack:
        app = await stack.enter_async_context(running(settings))
        ann = await stack.enter_async_context(client_of(app, "twice@example.org"))
        await upload(ann, "hut.txt", NOTE)
        first = await ask(ann)
        within = {"conversation_id": first["conversation_id"]}
        second = await ask(ann, **within, regenerates=first["id"])
        assert (await ann.put(f"/api/v1/turns/{first['id']}/shown")).status_code == 204
        await ask(ann, "And what does it say about him?", **within)
        turns = (await ann.get(f"/api/v1/conversations/{first['conversation_id']}")).json()["turns"]
        assert [(one["id"], one["shown"]) for one in turns[:2]] == [(first["id"], True), (second["id"], False)]


async def test_what_five_people_share_leaks_nothing(
    settings: Settings, upload: Upload, caplog: pytest.LogCaptureFixture
) -> None:
    async with world_in(settings, upload) as world:
        await watched(world, caplog, seed=3, steps=200)
