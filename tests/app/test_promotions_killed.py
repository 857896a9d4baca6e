"""kill -9 on the way to another champion: the old one answers at the next start, and trying again works."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.schemas_models import Verdict
from app.services import Services
from app.settings import Settings
from tests.app.trained import adopted, trained_retriever, verdict
from tests.conftest import running

REPOSITORY = Path(__file__).parents[2]
BEFORE = """
import asyncio, os, signal, sys
from pathlib import Path
from app import registry, versions
from app.home import Home
from app.schemas_models import Verdict
from app.opening import open_services
from app.settings import Settings
from tests.app.trained import verdict

home, folder, champion = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)
"""
WITHIN_THE_COPY = """
copy = versions._copy
versions._copy = lambda source, target: (copy(source, target), die())
versions.adopt(Home(home), folder)
"""
AFTER_THE_COPY = """
versions.adopt(Home(home), folder)
die()
"""
WITH_THE_POINTER_IN_HAND = """
async def promote():
    async with open_services(Settings(home=home, encoder="hash", llm="scripted")) as services:
        registry.pointer = die
        name = versions.adopt(Home(home), folder).id
        await services.promotions.decide(name, Verdict(**verdict(champion)))

asyncio.run(promote())
"""


@pytest.mark.parametrize(
    "killed",
    [WITHIN_THE_COPY, AFTER_THE_COPY, WITH_THE_POINTER_IN_HAND],
    ids=["within the copy", "after the copy", "within the transaction"],
)
async def test_kill_9_leaves_the_old_champion(settings: Settings, tmp_path: Path, killed: str) -> None:
    old = adopted(settings.home, tmp_path / "old", 1)
    async with running(settings) as app:
        await app.state.services.promotions.decide(old, Verdict(**verdict(None)))
    folder = trained_retriever(tmp_path / "new", 2)
    command = [sys.executable, "-c", BEFORE + killed, str(settings.home), str(folder), old]
    died = subprocess.run(command, cwd=REPOSITORY, env=os.environ, check=False)  # noqa: ASYNC221 (nothing else runs here)
    assert died.returncode == -signal.SIGKILL
    async with running(settings) as app:
        services: Services = app.state.services
        assert services.serving.now.versions["retriever"] == old
        assert (await services.promotions.overview()).versions[-1].id == old, "the new one is no version yet"
        assert not list(services.home.models.glob(".*")), "half a copy is swept away"
        new = adopted(settings.home, tmp_path / "again", 2)
        await services.promotions.decide(new, Verdict(**verdict(old)))
        assert services.serving.now.versions["retriever"] == new
