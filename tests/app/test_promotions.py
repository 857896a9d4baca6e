"""Promote, refuse and roll back over REST: what answers, what is written down, and what is said when it cannot be."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.doctor import examine
from app.models import ModelVersion
from app.promotions import Promotions
from app.services import Services
from app.settings import Settings
from app.versions import VersionError
from retrieval.query_adapter import WEIGHTS
from tests.app.trained import adopted, trained_retriever, verdict
from tests.conftest import running

MODELS = "/api/v1/admin/models"


@pytest.fixture
async def operator(app: FastAPI, services: Services) -> Any:
    """Speaks as somebody with the role operator."""
    person = await services.auth.create_person("op@example.org", None, "operator")
    headers = {"Authorization": f"Bearer {await services.auth.issue_token(person, 'test')}"}
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
        yield client


async def promoted(operator: httpx.AsyncClient, version: str, champion: str | None) -> dict[str, Any]:
    answer = await operator.post(f"{MODELS}/{version}/promote", json=verdict(champion))
    assert answer.status_code == 200, answer.text
    moved: dict[str, Any] = answer.json()
    return moved


async def rolled_back(operator: httpx.AsyncClient) -> dict[str, Any]:
    answer = await operator.post(f"{MODELS}/rollback", json={"kind": "retriever"})
    assert answer.status_code == 200, answer.text
    moved: dict[str, Any] = answer.json()
    return moved


async def answering(stranger: httpx.AsyncClient) -> str:
    versions: dict[str, str] = (await stranger.get("/readyz")).json()["versions"]
    return versions["retriever"]


async def test_an_empty_home_lists_what_ships(operator: httpx.AsyncClient) -> None:
    models = (await operator.get(MODELS)).json()
    assert models["versions"] == []
    named = {one["kind"]: (one["version"], one["source"], one["champion"]) for one in models["in_use"]}
    assert named["retriever"] == ("retriever-stock", "shipped", None)
    assert named["generator"] == ("generator-scripted@1", "setting", None)
    assert named.keys() == {"generator", "selector", "verifier", "retriever"}


async def test_a_promoted_version_answers_and_rolling_back_goes_to_the_one_before(
    operator: httpx.AsyncClient, stranger: httpx.AsyncClient, settings: Settings, tmp_path: Path
) -> None:
    first, second = (adopted(settings.home, tmp_path / str(seed), seed) for seed in (1, 2))
    await promoted(operator, first, None)
    moved = await promoted(operator, second, first)
    assert (moved["in_use"]["version"], moved["promotion"]["number"]) == (second, 2)
    assert await answering(stranger) == second
    await rolled_back(operator)
    assert await answering(stranger) == first
    moved = await rolled_back(operator)
    assert (moved["promotion"]["version_id"], moved["in_use"]["source"]) == (None, "shipped")
    assert await answering(stranger) == "retriever-stock"
    again = await operator.post(f"{MODELS}/rollback", json={"kind": "retriever"})
    assert (again.status_code, "nothing to roll back" in again.json()["detail"]) == (409, True)
    listed = {one["id"]: one["decision"] for one in (await operator.get(MODELS)).json()["versions"]}
    assert listed == {first: "rolled back", second: "rolled back"}


async def test_the_champion_is_still_the_champion_after_a_restart(settings: Settings, tmp_path: Path) -> None:
    version = adopted(settings.home, tmp_path / "out")
    async with running(settings) as app:
        services: Services = app.state.services
        await services.promotions.decide(version, _body(verdict(None)))
    async with running(settings) as app:
        assert app.state.services.serving.now.versions["retriever"] == version
    given = settings.model_copy(update={"retriever": "stock"})
    async with running(given) as app:
        assert app.state.services.serving.now.versions["retriever"] == "retriever-stock", "a setting comes first"
        overview = await app.state.services.promotions.overview()
        (of_kind,) = [one for one in overview.in_use if one.kind == "retriever"]
        assert (of_kind.source, of_kind.setting, of_kind.champion) == ("setting", "ATTUNE_RETRIEVER", version)


def _body(body: dict[str, Any]) -> Any:
    from app.schemas_models import Verdict

    return Verdict(**body)


async def test_a_refused_version_keeps_its_reasons_and_changes_nothing(
    operator: httpx.AsyncClient, stranger: httpx.AsyncClient, settings: Settings, tmp_path: Path
) -> None:
    version = adopted(settings.home, tmp_path / "out")
    said = "ndcg@10 is not better beyond noise."
    answer = await operator.post(f"{MODELS}/{version}/promote", json=verdict(None, said))
    assert answer.json()["promotion"]["accepted"] is False
    assert await answering(stranger) == "retriever-stock"
    shown = (await operator.get(f"{MODELS}/{version}")).json()
    assert (shown["decision"], shown["champion"], shown["problem"]) == ("refused", False, None)
    (decision,) = shown["decisions"]
    assert (decision["reasons"], decision["report"], decision["number"]) == ([said], {"n": 40}, None)
    assert shown["files"].keys() == {"manifest.json", "query_adapter.json", WEIGHTS}


async def test_of_two_promotions_at_once_one_wins_and_the_other_says_so(
    operator: httpx.AsyncClient, stranger: httpx.AsyncClient, settings: Settings, tmp_path: Path
) -> None:
    names = [adopted(settings.home, tmp_path / str(seed), seed) for seed in (1, 2)]
    answers = await asyncio.gather(*(operator.post(f"{MODELS}/{name}/promote", json=verdict(None)) for name in names))
    by_status = {answer.status_code: (name, answer) for name, answer in zip(names, answers, strict=True)}
    assert by_status.keys() == {200, 409}
    winner = by_status[200][0]
    said = by_status[409][1].json()["detail"]
    assert f"the champion of kind retriever is {winner} by now, and no longer what ships" in said
    assert await answering(stranger) == winner
    assert [one["id"] for one in (await operator.get(MODELS)).json()["versions"]] == [winner]


async def test_two_processes_at_once_cannot_write_the_same_number(
    operator: httpx.AsyncClient, services: Services, settings: Settings, tmp_path: Path
) -> None:
    from sqlalchemy.exc import IntegrityError

    from app.models import Promotion

    version = adopted(settings.home, tmp_path / "out")
    await promoted(operator, version, None)
    with pytest.raises(IntegrityError):
        async with services.database.session() as session:
            session.add(Promotion(kind="retriever", version_id=None, previous_id=version, accepted=True, number=1))


async def test_what_is_no_version_is_unknown_and_a_person_is_no_operator(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, services: Services
) -> None:
    for name in ("retriever-0123456789ab", "nothing", "..%2F..%2Fetc"):
        assert (await operator.get(f"{MODELS}/{name}")).status_code == 404
        assert (await operator.post(f"{MODELS}/{name}/promote", json=verdict(None))).status_code == 404
    encoder = services.serving.now.encoder
    assert (await operator.get(f"{MODELS}/{encoder}")).status_code == 404, "nobody trained it here"
    for method, path in (("GET", MODELS), ("GET", f"{MODELS}/x"), ("POST", f"{MODELS}/rollback")):
        assert (await client.request(method, path, json={"kind": "retriever"})).status_code == 403


async def test_a_broken_champion_is_replaced_by_what_ships_and_said_everywhere(
    settings: Settings, tmp_path: Path
) -> None:
    first, second = (adopted(settings.home, tmp_path / str(seed), seed) for seed in (1, 2))
    async with running(settings) as app:
        services: Services = app.state.services
        await services.promotions.decide(first, _body(verdict(None)))
        await services.promotions.decide(second, _body(verdict(first)))
    (settings.home / "models" / second / WEIGHTS).unlink()
    async with running(settings) as app:
        services = app.state.services
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as stranger:
            ready = await stranger.get("/readyz")
        assert (ready.status_code, ready.json()["versions"]["retriever"]) == (200, "retriever-stock")
        (said,) = ready.json()["fallbacks"]
        assert said.startswith("the promoted retriever cannot be used") and str(settings.home) not in said
        (kept,) = services.serving.fallbacks.values()
        assert second in kept and "is gone" in kept and "attune models rollback retriever" in kept
        assert (await services.promotions.show(second)).problem is not None
        finding = next(one for one in await examine(settings) if one.what == "models")
        assert (finding.ok, "is gone" in finding.detail) == (False, True)
        await services.promotions.rollback("retriever")
        assert services.serving.now.versions["retriever"] == first
        assert services.serving.fallbacks == {}
        assert next(one for one in await examine(settings) if one.what == "models").ok


async def test_a_version_that_cannot_be_opened_moves_nothing(
    operator: httpx.AsyncClient, stranger: httpx.AsyncClient, services: Services, settings: Settings, tmp_path: Path
) -> None:
    folder = trained_retriever(tmp_path / "out")
    config = folder / "query_adapter.json"
    config.write_text(config.read_text().replace("hash-1", "minilm-1"))
    from app import versions

    version = versions.adopt(services.home, folder).id
    answer = await operator.post(f"{MODELS}/{version}/promote", json=verdict(None))
    assert (answer.status_code, "train it again" in answer.json()["detail"]) == (422, True)
    assert await answering(stranger) == "retriever-stock"
    async with services.database.session() as session:
        assert await session.get(ModelVersion, version) is None


async def answers(services: Services, version: str) -> None:
    """Return when this version answers."""
    async with asyncio.timeout(30):
        while services.serving.now.versions["retriever"] != version:  # noqa: ASYNC110 (an exchange tells nobody)
            await asyncio.sleep(0.01)


async def test_a_champion_that_was_mended_answers_without_a_restart(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    version = adopted(settings.home, tmp_path / "out")
    async with running(settings) as app:
        await app.state.services.promotions.decide(version, _body(verdict(None)))
    weights = settings.home / "models" / version / WEIGHTS
    kept = weights.read_bytes()
    weights.unlink()
    monkeypatch.setattr("app.promotions.LOOK_SECONDS", 0.05)
    async with running(settings) as app:
        services: Services = app.state.services
        assert services.serving.fallbacks
        weights.write_bytes(kept)
        await answers(services, version)
        assert services.serving.fallbacks == {}


async def test_what_another_process_promotes_on_a_shared_database_is_taken_up(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.promotions.LOOK_SECONDS", 0.05)
    first, second = (adopted(settings.home, tmp_path / str(seed), seed) for seed in (1, 2))
    async with running(settings) as app:
        services: Services = app.state.services
        shared = settings.model_copy(update={"database_url": "shared with others"})
        place = (shared, services.home, services.database)
        following = asyncio.create_task(Promotions(*place, services.serving, services.promotions._parts).follow())
        other = Promotions(*place)  # it answers nothing itself
        await other.decide(first, _body(verdict(None)))
        await answers(services, first)
        (services.home.models / second / WEIGHTS).unlink()
        with pytest.raises(VersionError):
            await other.decide(second, _body(verdict(first)))
        await other.rollback("retriever")
        await answers(services, "retriever-stock")
        following.cancel()
