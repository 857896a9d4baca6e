"""kill -9 while a home is backed up or restored: nothing half has the final name, and trying again works."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.backup_door import back_up
from app.backup_restore import restore
from app.settings import Settings
from tests.conftest import Upload, client_of, running

pytestmark = pytest.mark.slow  # each starts processes of its own

REPOSITORY = Path(__file__).parents[2]
DIES = """
import asyncio, os, signal, sys
from pathlib import Path
from app import backup, backup_archive, backup_door, backup_restore
from app.settings import Settings

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

home, archive = Path(sys.argv[1]), Path(sys.argv[2])
settings = Settings(home=home, encoder="hash", llm="scripted")
"""
WHILE_STAGING = "backup._add_files = die; asyncio.run(backup_door.back_up(settings, archive))"
WHILE_WRITING = "backup_archive._padding = die; asyncio.run(backup_door.back_up(settings, archive))"
WHILE_UNPACKING = "backup_restore.write_member = die; asyncio.run(backup_restore.restore(archive, settings))"
BEFORE_THE_NAME = "backup_restore._name = die; asyncio.run(backup_restore.restore(archive, settings))"


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def killed(home: Path, archive: Path, how: str) -> None:
    command = [sys.executable, "-c", DIES + how, str(home), str(archive)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr


@pytest.fixture
async def filled(settings: Settings, upload: Upload) -> Settings:
    """A home with one document."""
    async with running(settings) as app, client_of(app, "ann@example.org") as client:
        await upload(client, "tides.txt", "The spring tide of Quenholm comes at noon.")
    return settings


@pytest.mark.parametrize("how", [WHILE_STAGING, WHILE_WRITING], ids=["while staging", "while writing"])
async def test_a_backup_that_was_killed_is_none(filled: Settings, tmp_path: Path, how: str) -> None:
    out = tmp_path / "backup.tar.zst"
    killed(filled.home, out, how)
    assert out.name not in names_in(tmp_path)
    async with running(filled):
        assert ".backup" not in names_in(filled.home)
    assert (await back_up(filled, out))["documents"] == 1


@pytest.mark.parametrize("how", [WHILE_UNPACKING, BEFORE_THE_NAME], ids=["while unpacking", "before the name"])
async def test_a_restore_that_was_killed_is_none_and_can_be_repeated(
    filled: Settings, tmp_path: Path, how: str
) -> None:
    archive, place = tmp_path / "backup.tar.zst", tmp_path / "restored"
    await back_up(filled, archive)
    killed(place, archive, how)
    assert "restored" not in names_in(tmp_path)
    figures = await restore(archive, filled.model_copy(update={"home": place}))
    assert (figures["documents"], figures["read_again"]) == (1, 0)
    assert sorted(name for name in names_in(tmp_path) if "restor" in name) == ["restored"]
