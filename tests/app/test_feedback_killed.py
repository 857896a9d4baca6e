"""kill -9 right after an event was taken: every event that was acknowledged is there at the next start, once."""

from pathlib import Path

from sqlmodel import select

from app.models import Feedback
from app.services import Services
from tests.app.answering import settings_in
from tests.app.giving import a_key, give, post
from tests.app.rewriting import ask
from tests.app.test_stopped_answering import answering
from tests.conftest import client_of, running

EVENTS = 20


async def test_what_was_acknowledged_before_kill_9_is_there_after_it_and_sent_again_is_the_same(tmp_path: Path) -> None:
    home = tmp_path / "home"
    keys = [a_key() for _ in range(EVENTS)]
    async with answering(home) as (server, client):
        turn = await ask(client, "Hello!")
        given = [await give(client, "turns", turn.id, "copied", key=key) for key in keys]
        server.kill()
        await server.wait()
    async with running(settings_in(home)) as app, client_of(app, "ann@example.org") as client:
        services: Services = app.state.services
        owner = await services.auth.ensure_owner()
        client.headers["Authorization"] = f"Bearer {await services.auth.issue_token(owner, 'test')}"
        again = await post(client, "turns", turn.id, "copied", key=keys[-1])
        async with services.database.session() as session:
            kept = (await session.exec(select(Feedback))).all()
    assert (again.status_code, again.json()["id"]) == (200, given[-1].id)
    assert sorted(event.id for event in kept) == sorted(event.id for event in given)
