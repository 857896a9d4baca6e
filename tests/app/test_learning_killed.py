"""kill -9 in the middle of learning: the edit is there, and the next start learns from it, once."""

import asyncio
import signal
import sys
from pathlib import Path

from sqlmodel import select

from app.models_preferences import Edit, Preference, PreferenceEvidence
from app.services import Services
from tests.app.ingesting import settings_in
from tests.app.rewriting import LONG
from tests.conftest import running

REPOSITORY = Path(__file__).parents[2]


async def test_an_edit_that_was_being_learned_from_at_kill_9_is_learned_from_at_the_next_start(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.app.learning_slowly",
        str(tmp_path / "home"),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"learning\n"
    process.send_signal(signal.SIGKILL)
    await process.wait()
    async with running(settings_in(tmp_path / "home")) as app:
        services: Services = app.state.services
        edit = await learned(services)
        async with services.database.session() as session:
            (preference,) = (await session.exec(select(Preference))).all()
            (evidence,) = (await session.exec(select(PreferenceEvidence))).all()
    assert (edit.text, edit.learning) == (LONG, "learned")
    assert (evidence.preference_id, evidence.edit_id, evidence.supports) == (preference.id, edit.id, True)


async def learned(services: Services) -> Edit:
    async with asyncio.timeout(30):
        while True:
            async with services.database.session() as session:
                edit = (await session.exec(select(Edit))).one()
            if edit.learning != "pending":
                return edit
            await asyncio.sleep(0.05)
