"""kill -9 in the middle of an ingest: after the next start every acknowledged document is there, once and whole."""

import asyncio
import random
import signal
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from app.models import Document
from app.services import Services
from retrieval.types import Query
from tests.app.ingesting import settings_in
from tests.conftest import running

REPOSITORY = Path(__file__).parents[2]


async def acknowledged_before_kill(home: Path, seconds: float) -> list[str]:
    """Ids that the process acknowledged until it was killed `seconds` after it was ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.app.ingesting", str(home), cwd=REPOSITORY, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"ready\n"
    await asyncio.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    told, _ = await process.communicate()
    # The last line may be cut: what was not told whole was not acknowledged.
    whole = told.decode().splitlines() if told.endswith(b"\n") else told.decode().splitlines()[:-1]
    return [line.removeprefix("ack ") for line in whole]


async def rows(services: Services) -> list[Document]:
    async with services.database.session() as session:
        return list(await session.exec(select(Document)))


async def all_indexed(services: Services) -> list[Document]:
    async with asyncio.timeout(60):
        while True:
            found = await rows(services)
            if all(row.status == "indexed" for row in found):
                return found
            await asyncio.sleep(0.05)


async def assert_whole(home: Path, acknowledged: list[str]) -> None:
    async with running(settings_in(home)) as app:
        services: Services = app.state.services
        found = {row.id: row for row in await all_indexed(services)}
        assert set(acknowledged) <= set(found)
        for row in found.values():
            readers = frozenset({row.owner_id})
            passages = await services.index.passages(row.id, readers)
            assert [passage.position for passage in passages] == list(range(row.passages))
            word = f"marker{int(row.name.removesuffix('.md')):02d}"
            assert all(word in passage.text for passage in passages)
            retriever = services.serving.now.retriever.thing
            hits = await retriever.search(Query(text=word, readers=readers, limit=1, mode="lexical"))
            assert hits[0].passage.document_id == row.id
            assert services.home.original(row.owner_id, row.sha256).exists()
        assert await services.index.count() == sum(row.passages for row in found.values())


@pytest.mark.parametrize("seconds", [0.15, pytest.param(1.0, marks=pytest.mark.slow)])
async def test_every_acknowledged_document_survives_kill_9(tmp_path: Path, seconds: float) -> None:
    acknowledged = await acknowledged_before_kill(tmp_path / "home", seconds)
    await assert_whole(tmp_path / "home", acknowledged)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20))
async def test_every_acknowledged_document_survives_kill_9_at_any_moment(tmp_path: Path, seed: int) -> None:
    acknowledged = await acknowledged_before_kill(tmp_path / "home", random.Random(seed).uniform(0, 3))
    await assert_whole(tmp_path / "home", acknowledged)
