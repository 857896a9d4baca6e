"""Liveness, readiness, and the versions in use."""

import httpx

from app.models import ModelVersion
from app.services import Services


async def test_a_started_app_lives_and_is_ready_and_names_its_versions(
    stranger: httpx.AsyncClient, services: Services
) -> None:
    assert (await stranger.get("/healthz")).json()["status"] == "ok"
    ready = await stranger.get("/readyz")
    assert (ready.status_code, ready.json()["missing"]) == (200, [])
    assert ready.json()["versions"]["encoder"] == f"encoder-{services.encoder.version}"


async def test_a_lost_database_makes_it_unready_and_says_so(stranger: httpx.AsyncClient, services: Services) -> None:
    await services.database.close()
    for path in services.home.root.glob("attune.db*"):
        path.unlink()
    services.home.database.mkdir()
    ready = await stranger.get("/readyz")
    assert ready.status_code == 503
    assert ready.json()["missing"] == ["database: OperationalError"]
    assert (await stranger.get("/healthz")).status_code == 200


async def test_everything_in_use_has_a_model_version_with_a_manifest(services: Services) -> None:
    async with services.database.session() as session:
        for kind in ("encoder", "selector", "generator"):
            row = await session.get(ModelVersion, services.serving.now.versions[kind])
            assert row is not None
            assert row.kind == kind
            assert {"name", "version", "from", "created"} <= set(row.manifest)
