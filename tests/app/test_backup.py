"""A backup of a home in use, and the home made of it: the same people, answers and models."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.backup import BackupError, copy_closed_index, discard, take
from app.backup_archive import manifest_of, write_all, writing
from app.backup_door import back_up
from app.backup_restore import restore
from app.home import Home, HomeBusyError
from app.main import create_app
from app.server import publishing, serving
from app.services import Services
from app.settings import Settings
from retrieval.index_edge import EdgeIndex
from tests.app.confiding import confide, export_of
from tests.app.trained import adopted
from tests.conftest import Upload, client_of, running

TIDES = "The spring tide of Quenholm comes at noon."
MILL = "The mill of Quenholm was built in 1702."


def elsewhere(settings: Settings, name: str = "restored") -> Settings:
    return settings.model_copy(update={"home": settings.home.with_name(name)})


async def hits(client: httpx.AsyncClient, query: str) -> list[str]:
    found = (await client.post("/api/v1/search", json={"query": query})).json()["hits"]
    return [hit["text"] for hit in found]


@asynccontextmanager
async def as_before(settings: Settings, headers: httpx.Headers) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """A home with a client whose token was made in another one."""
    async with running(settings) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as client:
            yield app, client


async def all_indexed(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    async with asyncio.timeout(30):
        while True:
            items: list[dict[str, Any]] = (await client.get("/api/v1/documents")).json()["items"]
            if all(item["status"] == "indexed" for item in items):
                return items
            await asyncio.sleep(0.02)


async def test_a_backup_of_a_running_server_makes_the_same_home(
    settings: Settings, upload: Upload, tmp_path: Path
) -> None:
    out = tmp_path / "backup.tar.zst"
    version = adopted(settings.home, tmp_path / "trained")
    app = create_app(settings)
    async with (
        serving(app, "127.0.0.1", 0) as url,
        publishing(app, Home(settings.home), url),
        client_of(app, "ann@example.org") as ann,
    ):
        await confide(ann, upload, "Plimsoll")
        before = await export_of(ann)
        figures = await back_up(settings, out)
        await upload(ann, "late.txt", MILL)
    assert (figures["people"], figures["documents"], figures["missing_originals"]) == (2, 1, 0)
    assert figures["secrets"] == ["secret_key"]
    assert out.stat().st_mode & 0o777 == 0o600
    names = manifest_of(out).files
    assert f"models/{version}/manifest.json" in names
    assert not [name for name in names if name.startswith(("server.json", "lock", "jobs.db"))]
    copied = elsewhere(settings)
    restored = await restore(out, copied)
    assert (restored["read_again"], restored["dropped"]) == (0, 0)
    assert (copied.home / "models" / version).is_dir()
    async with as_before(copied, ann.headers) as (_, client):
        assert await export_of(client) == before
        assert [text for text in await hits(client, "Plimsolldocument key") if "stairs" in text]
        assert MILL not in await hits(client, MILL)


async def test_a_home_that_nobody_has_open_is_backed_up_without_a_server(
    settings: Settings, upload: Upload, tmp_path: Path
) -> None:
    out = tmp_path / "backup.tar.gz"
    async with running(settings) as app, client_of(app, "ann@example.org") as ann:
        await upload(ann, "tides.txt", TIDES)
    (settings.home / "attune.toml").write_text("retrieve_limit = 7\n")
    figures = await back_up(settings, out)
    assert (figures["documents"], figures["secrets"]) == (1, ["secret_key", "attune.toml"])
    assert not any((settings.home / ".backup").iterdir())
    await restore(out, elsewhere(settings))
    assert (elsewhere(settings).home / "attune.toml").read_text() == "retrieve_limit = 7\n"
    async with as_before(elsewhere(settings), ann.headers) as (_, client):
        assert await hits(client, "spring tide") == [TIDES]


async def test_what_changes_while_a_backup_is_made_is_put_right(
    settings: Settings, upload: Upload, tmp_path: Path
) -> None:
    out = tmp_path / "backup.tar"
    async with running(settings) as app, client_of(app, "ann@example.org") as ann:
        services: Services = app.state.services
        await upload(ann, "tides.txt", TIDES)
        gone = await upload(ann, "mill.txt", MILL)

        async def late(folder: Path) -> None:
            """After the database was copied, one document goes and another one comes."""
            await ann.delete(f"/api/v1/documents/{gone.document.id}")
            await upload(ann, "late.txt", "The lighthouse of Quenholm was built in 1871.")
            assert isinstance(services.index, EdgeIndex)
            await services.index.copy_out(folder)

        snapshot = await take(services.home, late)
        with writing(out) as sink:
            write_all(snapshot, sink)
        discard(snapshot)
    restored = await restore(out, elsewhere(settings))
    assert (restored["dropped"], restored["read_again"]) == (1, 0)
    async with as_before(elsewhere(settings), ann.headers) as (app, client):
        assert [item["name"] for item in await all_indexed(client)] == ["tides.txt"]
        assert await hits(client, "Quenholm") == [TIDES]
        assert await app.state.services.index.count() == 1


async def test_documents_that_the_index_lacks_are_read_again(
    settings: Settings, upload: Upload, tmp_path: Path
) -> None:
    out = tmp_path / "backup.tar"
    async with running(settings) as app, client_of(app, "ann@example.org") as ann:
        await upload(ann, "tides.txt", TIDES)

        async def lost(_: Path) -> None: ...

        snapshot = await take(app.state.services.home, lost)
        with writing(out) as sink:
            write_all(snapshot, sink)
    assert (await restore(out, elsewhere(settings)))["read_again"] == 1
    async with as_before(elsewhere(settings), ann.headers) as (_, client):
        await all_indexed(client)
        assert await hits(client, "spring tide") == [TIDES]


async def test_a_backup_of_a_newer_schema_and_a_home_that_is_not_empty_are_refused(
    settings: Settings, upload: Upload, tmp_path: Path
) -> None:
    async with running(settings):
        pass
    await back_up(settings, tmp_path / "good.tar")
    with pytest.raises(BackupError, match="is not empty"):
        await restore(tmp_path / "good.tar", settings)
    with closing(sqlite3.connect(settings.home / "attune.db", isolation_level=None)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    await back_up(settings, tmp_path / "newer.tar")
    with pytest.raises(BackupError, match="schema 9999, which this version does not know"):
        await restore(tmp_path / "newer.tar", elsewhere(settings))
    assert not [path for path in settings.home.parent.iterdir() if "restor" in path.name]
    copied = elsewhere(settings)
    with Home(copied.home.with_name(".restored.restoring")).own(), pytest.raises(HomeBusyError):
        await restore(tmp_path / "good.tar", copied)


async def test_data_that_lies_elsewhere_is_not_backed_up(settings: Settings, tmp_path: Path) -> None:
    chosen = settings.model_copy(update={"database_url": "postgresql+psycopg://a@b/c"})
    with pytest.raises(BackupError, match="pg_dump"):
        await back_up(chosen, tmp_path / "a.tar")
    with pytest.raises(BackupError, match="is no home"):
        await back_up(elsewhere(settings, "nowhere"), tmp_path / "a.tar")


async def test_admins_alone_may_take_everything(settings: Settings) -> None:
    async with running(settings) as app, client_of(app, "ann@example.org") as ann:
        assert (await ann.post("/api/v1/admin/backup")).status_code == 403


def test_a_half_built_index_is_left_out(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    for name in ("done", "half", ".gone"):
        (home.index / name / "generation-1").mkdir(parents=True)
        (home.index / name / "current").write_text("generation-1")
    (home.index / "half" / "building").touch()
    copy_closed_index(home, tmp_path / "copy")
    assert [path.name for path in (tmp_path / "copy").iterdir()] == ["done"]
