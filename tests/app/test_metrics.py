"""GET /metrics: what it counts, what it must not say, and who may read it."""

import httpx
import pytest

from app.models import Person
from app.services import Services
from app.settings import Settings
from tests.app.confiding import admin_of
from tests.app.rewriting import ask
from tests.conftest import Upload, client_of, running


async def test_turns_requests_jobs_documents_and_models_are_counted(settings: Settings, upload: Upload) -> None:
    async with running(settings) as app, client_of(app, "ann@example.org") as client, admin_of(app) as admin:
        added = await upload(client, "hut.md", "The hut does not lock its door at night.")
        turn = await ask(client, "Does the hut lock its door?")
        response = await admin.get("/metrics")
        assert response.headers["content-type"].startswith("text/plain; version=")
        lines = response.text.splitlines()
        versions = app.state.services.serving.now.versions
    outcome = "abstained" if turn.abstained else "answered"
    for line in (
        f'attune_turns_total{{outcome="{outcome}"}} 1.0',
        f'attune_tokens_total{{of="completion"}} {float(turn.completion_tokens)}',
        'attune_jobs{kind="ingest",state="done"} 1.0',
        'attune_documents{status="indexed"} 1.0',
        'attune_request_seconds_count{method="POST",route="/api/v1/chat",status="200"} 1.0',
        f'attune_model_info{{kind="encoder",version="{versions["encoder"]}"}} 1.0',
    ):
        assert line in lines
    assert any(line.startswith("attune_turn_stage_seconds_count") for line in lines)
    for private in ("ann@", "hut", added.document.id, turn.id):
        assert private not in response.text


async def test_a_made_up_path_or_method_makes_no_series_of_its_own(
    settings: Settings,
) -> None:
    async with running(settings) as app, client_of(app, "ann@example.org") as client, admin_of(app) as admin:
        for number in range(3):
            await client.get(f"/api/v1/documents/00000000-0000-0000-0000-00000000000{number}")
            await client.request(f"MADE{number}", f"/made/up/{number}")
        text = (await admin.get("/metrics")).text
    assert 'route="/api/v1/documents/{document_id}",status="404"} 3.0' in text
    assert 'method="other",route="none"' in text
    assert "made" not in text.lower()


@pytest.mark.parametrize(
    ("setting", "statuses"),
    [("off", [404, 404, 404]), ("operators", [401, 403, 200]), ("open", [200, 200, 200])],
)
async def test_who_may_read_is_a_setting(settings: Settings, setting: str, statuses: list[int]) -> None:
    chosen = settings.model_copy(update={"metrics": setting})
    async with running(chosen) as app, client_of(app, "ann@example.org") as client:
        services: Services = app.state.services
        async with client_of(app, "olga@example.org") as operator:
            me = (await operator.get("/api/v1/me")).json()["id"]
            async with services.database.session() as session:
                person = await session.get_one(Person, me)
                person.role = "operator"
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as nobody:
                found = [(await one.get("/metrics")).status_code for one in (nobody, client, operator)]
    assert found == statuses
