"""Consent: off until it is given, in every exported row, and withdrawn for whatever is built from then on."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlmodel import update

from app import versions
from app.consent import ALONE, consenting
from app.home import Home
from app.main import create_app
from app.models import Exposure
from app.schemas_models import Verdict
from app.services import Services
from app.settings import Settings
from tests.app.giving import give
from tests.app.rewriting import LONG, NOTE, ask, rewrite, teach
from tests.app.trained import trained_retriever, verdict
from tests.conftest import Upload, running


@pytest.fixture
async def operator(services: Services, stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    token = await services.auth.issue_token(await services.auth.ensure_owner(), "test")
    stranger.headers["Authorization"] = f"Bearer {token}"
    return stranger


async def agreed(services: Services) -> set[str]:
    async with services.database.session() as session:
        return await consenting(session)


async def exported(client: httpx.AsyncClient, form: str) -> list[dict[str, Any]]:
    response = await client.get("/api/v1/admin/feedback", params={"format": form})
    return [json.loads(line) for line in response.text.splitlines()]


async def test_nobody_trains_what_others_use_until_they_say_so_and_may_take_it_back(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, services: Services, operator: httpx.AsyncClient
) -> None:
    ann = (await client.get("/api/v1/me")).json()
    assert (ann["trains_others"], ann["compares"]) == (False, False)
    assert await agreed(services) == set()
    assert (await client.patch("/api/v1/me", json={"trains_others": True})).json()["trains_others"]
    assert await agreed(services) == {ann["id"]}
    for person in (client, other_client):
        await ask(person, "Hello!")
    assert [row["consent"] for row in await exported(operator, "turns")] == [True, False]
    renamed = (await client.patch("/api/v1/me", json={"display_name": "Ann B."})).json()
    assert renamed["trains_others"], "a change of name says nothing of consent"
    await client.patch("/api/v1/me", json={"trains_others": False})
    assert [row["consent"] for row in await exported(operator, "turns")] == [False, False]


async def test_who_is_alone_in_a_home_needs_nobodys_leave(settings: Settings) -> None:
    app = create_app(settings)
    async with app.router.lifespan_context(app):
        services: Services = app.state.services
        owner = await services.auth.ensure_owner()
        assert await agreed(services) == {owner.id}
        await services.auth.create_person("ben@example.org", None)
        assert await agreed(services) == set()


async def test_what_a_person_may_no_longer_read_teaches_nobody(
    client: httpx.AsyncClient, services: Services, operator: httpx.AsyncClient, upload: Upload
) -> None:
    teach(services)
    await upload(client, "hut.txt", NOTE)
    rewritten, voted = await ask(client), await ask(client)
    await rewrite(client, rewritten.id, LONG)
    await give(client, "turns", voted.id, "up")
    assert [len(await exported(operator, form)) for form in ("dpo", "kto", "labels", "turns")] == [1, 1, 2, 2]
    elsewhere = "00000000-0000-0000-0000-000000000000"  # shared with Ann when she asked, and not any more
    async with services.database.session() as session:
        await session.exec(update(Exposure).values(document_id=elsewhere))
    assert [len(await exported(operator, form)) for form in ("dpo", "kto", "labels", "turns")] == [0, 0, 0, 2]
    for row in await exported(operator, "turns"):
        assert row["prompt"] is None and row["exposures"][0]["text"] == ""


async def test_what_was_fitted_to_one_person_without_their_leave_answers_nobody_else(
    client: httpx.AsyncClient, services: Services, operator: httpx.AsyncClient, settings: Settings, tmp_path: Path
) -> None:
    own = versions.adopt(Home(settings.home), trained_retriever(tmp_path / "own", **{ALONE: True})).id
    refused = await operator.post(f"/api/v1/admin/models/{own}/promote", json=verdict(None))
    assert refused.status_code == 422 and "who did not agree" in refused.json()["detail"]
    shared = versions.adopt(Home(settings.home), trained_retriever(tmp_path / "shared", **{ALONE: False})).id
    assert (await operator.post(f"/api/v1/admin/models/{shared}/promote", json=verdict(None))).status_code == 200
    assert (await client.get("/api/v1/me")).json()["trains_others"] is False


async def test_what_one_person_alone_taught_answers_nobody_who_comes_later(settings: Settings, tmp_path: Path) -> None:
    shared = versions.adopt(Home(settings.home), trained_retriever(tmp_path / "shared")).id
    own, later = (
        versions.adopt(Home(settings.home), trained_retriever(tmp_path / f"{seed}", seed, **{ALONE: True})).id
        for seed in (1, 2)
    )
    async with running(settings) as app:
        services: Services = app.state.services
        token = await services.auth.issue_token(await services.auth.ensure_owner(), "test")
        for version, before in ((shared, None), (own, shared), (later, own)):
            await services.promotions.decide(version, Verdict(**verdict(before)))
        assert services.serving.now.versions["retriever"] == later
        ben = {"email": "ben@example.org", "password": "correct horse battery"}
        sent: dict[str, Any] = {"headers": {"Authorization": f"Bearer {token}"}, "json": ben}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as owner:
            made = await owner.post("/api/v1/admin/users", **sent)
        assert made.status_code == 201, made.text
        assert services.serving.now.versions["retriever"] == "retriever-stock"
        assert "who did not agree" in services.serving.fallbacks["retriever"]
    async with running(settings) as app:
        services = app.state.services
        assert services.serving.now.versions["retriever"] == "retriever-stock", "nor after a restart"
        assert "who did not agree" in services.serving.fallbacks["retriever"]
        await services.promotions.rollback("retriever")
        assert services.serving.now.versions["retriever"] == shared, "one that is Ann's alone is passed over"
