"""Promoting and rolling back while people ask, over real HTTP: nobody notices but by the version in the answer."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx

from app.main import create_app
from app.server import serving
from app.services import Services
from app.settings import Settings
from generation.scripted import ScriptedModel
from tests.app.trained import adopted, verdict
from tests.conftest import Upload

ASKING = 6
ROUNDS = 10


async def test_no_question_fails_while_models_are_exchanged(settings: Settings, tmp_path: Path, upload: Upload) -> None:
    version = adopted(settings.home, tmp_path / "out")
    app = create_app(settings)
    seen: Counter[str] = Counter()
    done = asyncio.Event()
    async with serving(app, "127.0.0.1", 0) as url:
        services: Services = app.state.services
        model = services.model
        assert isinstance(model, ScriptedModel)
        model._pace = 0.01  # so that turns are under way at every exchange
        token = await services.auth.issue_token(await services.auth.ensure_owner(), "test")
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60, trust_env=False) as client:
            await upload(client, "a.md", "The lighthouse of Quenholm was built in 1871 by Ada Brun.")

            async def ask() -> None:
                while not done.is_set():
                    body = {"question": "When was the lighthouse of Quenholm built?", "stream": False}
                    answer = await client.post("/api/v1/chat", json=body)
                    assert answer.status_code == 200, answer.text
                    assert answer.json()["state"] == "complete"
                    assert answer.json()["citations"]
                    seen[answer.json()["versions"]["retriever"]] += 1

            async def exchange() -> list[float]:
                took = []
                for _ in range(ROUNDS):
                    moved = await client.post(f"/api/v1/admin/models/{version}/promote", json=verdict(None))
                    assert moved.status_code == 200, moved.text
                    await asyncio.sleep(0.1)
                    moved = await client.post("/api/v1/admin/models/rollback", json={"kind": "retriever"})
                    assert moved.status_code == 200, moved.text
                    took.append(moved.json()["milliseconds"])
                    await asyncio.sleep(0.1)
                done.set()
                return took

            asking = [asyncio.create_task(ask()) for _ in range(ASKING)]
            took = await exchange()
            await asyncio.gather(*asking)
    assert seen.keys() == {"retriever-stock", version}, "every answer names a version that existed, and both answered"
    assert max(took) < 1_000, f"a rollback takes less than a second: {took}"
    print(f"{sum(seen.values())} answers, {dict(seen)}, rollback ms {[round(one) for one in took]}")  # noqa: T201 (the figures of a run with -s)
