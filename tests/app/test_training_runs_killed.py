"""kill -9 of a server that trains: what it began dies with it, and the next start goes on where it was."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

import pytest

from app.training_runs_journal import JOURNAL
from tests.app.ingesting import settings_in
from tests.app.training import ended, until
from tests.app.training_slowly import STEPS
from tests.conftest import client_of, running

REPOSITORY = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


async def test_a_run_goes_on_after_kill_9_of_its_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("ATTUNE_ENCODER", "hash")
    monkeypatch.setenv("ATTUNE_LLM", "scripted")
    words = (sys.executable, "-m", "tests.app.training_slowly", str(home))
    process = await asyncio.create_subprocess_exec(
        *words, cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE, env=dict(os.environ)
    )
    assert process.stdout is not None
    async with asyncio.timeout(300):
        run_id = (await process.stdout.readline()).decode().strip()
    process.send_signal(signal.SIGKILL)
    await process.wait()
    async with running(settings_in(home)) as app, client_of(app, "second@example.org", "operator") as operator:
        before = (await operator.get(f"/api/v1/admin/training-runs/{run_id}")).json()
        assert before["state"] in ("queued", "running")
        done = before["curve"][-1]["step"]
        await until(operator, run_id, lambda run: run["curve"][-1]["step"] > done + 20 or run["ended_at"] is not None)
        journal = (home / "training" / run_id / "run" / JOURNAL).read_text().splitlines()
        run = await ended(operator, run_id)
    assert sum(json.loads(line).get("step") == 10 for line in journal) == 1, "it has begun anew"
    assert (run["state"], run["error"]) == ("done", None)
    assert run["curve"][-1]["step"] == STEPS
    assert run["outcome"] in ("promoted", "refused")
