"""A million events: every figure of the operators' pages within 0.3 s, also right after something was said."""

import sys
import time
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from app.models import Feedback, Person, Turn, table, utc_now
from app.services import Services
from app.settings import Settings
from tests.app.filling_log import DOCUMENTS, EVENTS, TURNS, fill
from tests.conftest import client_of, running

pytestmark = pytest.mark.slow

LIMIT = 0.3  # seconds
TRIES = 7  # of which the best counts: the machine does other things, too
PATHS = (
    "metrics?days=30",
    "metrics?days=365",
    "metrics/slices?by=document&days=30",
    "metrics/slices?by=document&days=365",
    "metrics/slices?by=source&days=365",
    "metrics/slices?by=version&days=365",
    "themes?days=30",
    "themes?days=365",
    "decisions",
)


async def best(client: httpx.AsyncClient, path: str) -> float:
    spent = []
    for _ in range(TRIES):
        started = time.perf_counter()
        response = await client.get(f"/api/v1/admin/{path}")
        spent.append(time.perf_counter() - started)
        assert response.status_code == 200, response.text
    return min(spent)


async def test_a_million_events_are_looked_at_within_a_third_of_a_second(settings: Settings) -> None:
    fill(settings.home / "attune.db", days=360)
    async with running(settings) as app, client_of(app, "olga@example.org") as client:
        services: Services = app.state.services
        async with services.database.session() as session:
            await session.execute(
                sa.update(Person).where(sa.column("email") == "olga@example.org").values(role="admin")
            )
        whole = (await client.get("/api/v1/admin/metrics?days=365", timeout=600)).json()["total"]
        assert (whole["turns"], whole["people"]) == (TURNS, 100)
        log = table(Turn)
        found = {path: await best(client, path) for path in PATHS}
        for name, order in (("today", log.c.created_at.desc()), ("long ago", log.c.created_at)):
            async with services.database.session() as session:
                turn, who = (await session.execute(sa.select(log.c.id, log.c.person_id).order_by(order).limit(1))).one()
                session.add(Feedback(turn_id=turn, person_id=who, kind="up", created_at=utc_now()))
            started = time.perf_counter()
            await client.get("/api/v1/admin/metrics?days=365")
            found[f"after an event on an answer of {name}"] = time.perf_counter() - started
        slices = (await client.get("/api/v1/admin/metrics/slices?by=document&days=365")).json()
        async with services.database.session() as session:
            counted = (await session.execute(sa.select(sa.func.count()).select_from(Feedback))).scalar_one()
    assert (slices["total"], counted) == (DOCUMENTS, EVENTS + 2)
    _say(settings.home, found)
    assert {path: spent for path, spent in found.items() if spent > LIMIT} == {}


def _say(home: Path, found: dict[str, float]) -> None:
    size = (home / "attune.db").stat().st_size / 1e9
    told = ", ".join(f"{path}: {1e3 * spent:.0f} ms" for path, spent in found.items())
    sys.stderr.write(f"{size:.1f} GB: {told}\n")
