"""The composition root: one owner of a home, everything given back at the end, and what a killed process left."""

from pathlib import Path

import pytest

from app.home import Home, HomeBusyError
from app.models import Turn
from app.opening import open_services
from app.settings import Settings, SettingsError
from app.turns import create_conversation
from app.worker import work


async def test_a_home_is_open_once_and_free_again_afterwards(settings: Settings) -> None:
    async with open_services(settings):
        with pytest.raises(HomeBusyError, match="in use"):
            async with open_services(settings):
                pass
    async with open_services(settings) as services:
        assert await services.missing() == []


async def test_a_start_that_fails_gives_the_home_back(settings: Settings, tmp_path: Path) -> None:
    broken = settings.model_copy(update={"encoder": str(tmp_path)})
    with pytest.raises(ValueError, match=r"config\.json"):
        async with open_services(broken):
            pass
    async with open_services(settings):
        pass


async def test_what_a_killed_process_left_is_cleared_away_at_start(settings: Settings) -> None:
    home = Home(settings.home)
    async with open_services(settings) as services:
        owner = await services.auth.ensure_owner()
        async with services.database.session() as session:
            conversation = await create_conversation(session, owner.id, "cut off")
            turn = Turn(conversation_id=conversation.id, person_id=owner.id, question="cut off?")
            session.add(turn)
    orphans = [home.originals / ".incoming" / "half", home.original(owner.id, "ab" * 32)]
    for orphan in orphans:
        orphan.parent.mkdir(parents=True, exist_ok=True)
        orphan.write_text("half a file")
    async with open_services(settings) as services, services.database.session() as session:
        found = await session.get(Turn, turn.id)
        assert found is not None
        assert found.state == "failed"
    assert not any(orphan.exists() for orphan in orphans)


async def test_a_worker_of_its_own_refuses_an_embedded_home(settings: Settings) -> None:
    with pytest.raises(SettingsError, match="Postgres"):
        await work(settings)
