"""A recipe that goes on reads the log that it began with, as long as nobody has taken back what is in it."""

import asyncio
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlmodel import col, delete

from app.home import Home
from app.models import Person, Turn
from app.server import publishing, serving
from app.settings import Settings
from tests.app.training import Judged, write_log
from training.from_log import fetched
from training.recipe import RecipeError


async def test_what_is_said_since_waits_for_the_next_run_and_what_is_taken_back_ends_this_one(
    settings: Settings, tmp_path: Path
) -> None:
    from app.main import create_app

    app: FastAPI = create_app(settings)
    out = tmp_path / "run"
    async with serving(app, "127.0.0.1", 0) as url, publishing(app, Home(settings.home), url):
        services = app.state.services
        owner = Person(**(await services.auth.ensure_owner()).model_dump())
        await write_log(services, owner, [Judged("Where is the hut?", ["North."])])
        begun = (await asyncio.to_thread(fetched, settings, "turns", out)).read_text()
        await write_log(services, owner, [Judged("When?", ["At noon."])])
        again = await asyncio.to_thread(fetched, settings, "turns", out)
        assert (again.read_text(), len(list(out.iterdir()))) == (begun, 1)
        async with services.database.session() as session:
            await session.exec(delete(Turn).where(col(Turn.question) == "Where is the hut?"))
        with pytest.raises(RecipeError, match="begin anew"):
            await asyncio.to_thread(fetched, settings, "turns", out)
