"""kill -9 while somebody is forgotten: after the next start they are, to the last byte, and the result says so."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.services import Services
from tests.app.confiding import admin_of, places_of
from tests.app.forgetting_killed import MOMENTS
from tests.app.ingesting import settings_in
from tests.conftest import WaitForJob, running

REPOSITORY = Path(__file__).parents[2]


def run_to_its_end(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=120, check=False)


QUICK = ("before the proof",)


@pytest.mark.parametrize(
    "moment", [pytest.param(one, marks=() if one in QUICK else pytest.mark.slow, id=one) for one in MOMENTS]
)
async def test_an_erasure_goes_on_after_kill_9(tmp_path: Path, wait_for_job: WaitForJob, moment: str) -> None:
    home = tmp_path / "home"
    command = [sys.executable, "-m", "tests.app.forgetting_killed", str(home), moment]
    killed = run_to_its_end(command)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    job_id = killed.stdout.strip()
    async with running(settings_in(home)) as app, admin_of(app) as admin:
        services: Services = app.state.services
        job = await wait_for_job(admin, job_id)
        assert (job.state, job.error) == ("done", None)
        assert job.result is not None
        assert job.result["erased"]["documents"] == 1
        assert job.result["proof"]["traces"] == []
        assert await services.index.count() == 0
        for trace in ("Zyxquartz", "vrbloom"):
            assert places_of(home, trace) == []
        assert not any((home / "forgetting").iterdir())
