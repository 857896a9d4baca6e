"""kill -9 while documents are shared and taken back: after the next start index and tables say the same."""

import asyncio
import random
import signal
import sys
from pathlib import Path

import pytest

from app import access
from app.services import Services
from tests.app.ingesting import settings_in
from tests.conftest import running

REPOSITORY = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
async def test_what_was_acknowledged_holds_and_the_index_follows(tmp_path: Path, seed: int) -> None:
    home = tmp_path / "home"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.app.sharing_killed", str(home), cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"ready\n"
        first = await process.stdout.readline()
    await asyncio.sleep(random.Random(seed).uniform(0.0, 1.5))
    process.send_signal(signal.SIGKILL)
    told, _ = await process.communicate()
    lines = [line.split() for line in (first + told).decode().splitlines()]
    held_in = {line[1]: line[2] == "in" for line in lines if line[0] == "ack" and len(line) == 3}
    held_in.pop(lines[-1][1], None)  # what was just being changed, or was said only in half
    async with running(settings_in(home)) as app:
        services: Services = app.state.services
        async with asyncio.timeout(30):
            while await services.index.count() < 4:  # what was uploaded is still being read  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await services.sharing.settle()
        async with services.database.session() as session:
            wanted = await access.readers(session, None)
        held = {passage.document_id: allowed async for passage, allowed in services.index.scroll()}
    assert held == wanted
    assert {document: access.is_shared(wanted[document]) for document in held_in} == held_in
