"""A change of encoder: refused with the command that helps, done by it, and gone on with after kill -9."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from sqlmodel import select

from app.home import Home, HomeBusyError
from app.models import Document
from app.reindexing import reindex
from app.services import Services
from app.settings import Settings
from retrieval.ports import ForeignIndexError
from retrieval.types import Query
from tests.conftest import Upload, client_of, running

REPOSITORY = Path(__file__).parents[2]

# Re-indexes and is killed by itself once the first batch of documents has been encoded and some of it is written.
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from app.models import Document
from app.reindexing import reindex
from app.settings import Settings

def tell(done, total):
    if done >= 12:
        os.kill(os.getpid(), signal.SIGKILL)

asyncio.run(reindex(Settings(home=Path(sys.argv[1]), encoder="hash-64", llm="scripted"), tell))
"""


def word(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:12]


def with_encoder(settings: Settings, encoder: str) -> Settings:
    return settings.model_copy(update={"encoder": encoder})


async def fill(settings: Settings, upload: Upload) -> None:
    async with running(settings) as app, client_of(app, "ann@example.org") as client:
        for number in range(20):
            await upload(client, f"{number}.md", f"The {word(number)} is a lamp that burns in the tower.")


async def check(settings: Settings) -> None:
    async with running(settings) as app:
        services: Services = app.state.services
        async with services.database.session() as session:
            rows = list(await session.exec(select(Document)))
        assert {(row.status, row.encoder_version) for row in rows} == {("indexed", services.encoder.version)}
        names = {row.id: row.name for row in rows}
        for number in range(20):
            query = Query(word(number), frozenset({rows[0].owner_id}))
            hits = await services.serving.now.retriever.thing.search(query)
            assert names[hits[0].passage.document_id] == f"{number}.md"
        assert len(rows) == 20


async def test_another_encoder_finds_the_same_documents_after_reindexing(settings: Settings, upload: Upload) -> None:
    await fill(settings, upload)
    await check(settings)
    changed = with_encoder(settings, "hash-64")
    with pytest.raises(ForeignIndexError, match="`attune reindex`"):
        async with running(changed):
            pass
    told: list[tuple[int, int]] = []
    figures = await reindex(changed, lambda done, total: told.append((done, total)))
    assert (figures["passages"], figures["from"], figures["to"]) == (20, "hash-1", "hash-1-64")
    assert told[-1] == (20, 20)
    await check(changed)
    assert [path.name for path in Home(settings.home).index.iterdir()] == ["hash-1-64"]
    again = await reindex(changed, lambda done, total: told.append((done, total)))
    assert (again["passages"], again["from"]) == (20, None)


async def test_reindexing_goes_on_after_kill_9(settings: Settings, upload: Upload) -> None:
    await fill(settings, upload)
    killed = subprocess.run([sys.executable, "-c", KILLED, str(settings.home)], cwd=REPOSITORY, check=False)  # noqa: ASYNC221 (nothing else runs here)
    assert killed.returncode == -signal.SIGKILL
    changed = with_encoder(settings, "hash-64")
    with pytest.raises(ForeignIndexError):  # half an index is not an index
        async with running(changed):
            pass
    await check(settings)  # and the old one is as it was
    await reindex(changed, lambda done, total: None)
    await check(changed)


async def test_a_home_in_use_is_not_reindexed(settings: Settings) -> None:
    async with running(settings):
        with pytest.raises(HomeBusyError, match="stop the Attune process"):
            await reindex(with_encoder(settings, "hash-64"), lambda done, total: None)


async def test_the_command_prints_its_figures(settings: Settings, upload: Upload) -> None:
    await fill(settings, upload)
    environment = os.environ | {"ATTUNE_ENCODER": "hash-32", "ATTUNE_LLM": "scripted"}
    code = "from app.cli import main; main()"
    command = [sys.executable, "-c", code, "reindex", "--home", str(settings.home), "--json"]
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)  # noqa: ASYNC221 (nothing else runs here)
    figures = json.loads(done.stdout)
    assert {**figures, "seconds": 0} == {"passages": 20, "seconds": 0, "from": "hash-1", "to": "hash-1-32"}
    await check(with_encoder(settings, "hash-32"))
