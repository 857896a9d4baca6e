"""The database: one engine, short sessions, migrations. Knows no table by name."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from app import sqlite

CONNECTIONS = 8  # at once; to SQLite each is a thread, and only one of them writes


def sqlite_url(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


class Database:
    """One engine for the life of the process. Sessions are short: none is held while an answer streams."""

    def __init__(self, url: str) -> None:
        self.url = url
        embedded = url.startswith("sqlite")
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_pre_ping=not embedded,
            pool_size=CONNECTIONS,
            max_overflow=0,  # a connection above the size is closed when it comes back, and whoever waits not told
            connect_args={"async_creator_fn": sqlite.connect} if embedded else {},
        )
        if embedded:
            event.listen(self.engine.sync_engine, "connect", tune_sqlite)

    @asynccontextmanager
    async def session(self) -> AsyncIterator[AsyncSession]:
        """A session that commits when the block ends well and rolls back when it raises."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    async def migrate(self) -> None:
        """Bring the schema to the newest revision."""
        await asyncio.to_thread(command.upgrade, alembic_config(self.url), "head")

    async def forget_deleted(self) -> None:
        """Empty SQLite's write-ahead log, where deleted rows would be readable until it happens to be overwritten."""
        if self.url.startswith("sqlite"):
            async with self.engine.connect() as connection:
                await connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    async def compact(self) -> None:
        """Write SQLite's file anew: for what `secure_delete` left between the rows. Takes its size on the disk."""
        if self.url.startswith("sqlite"):
            async with self.engine.connect() as connection:
                await connection.exec_driver_sql("VACUUM")

    async def close(self) -> None:
        await self.engine.dispose()


def alembic_config(url: str) -> Config:
    """Alembic's configuration without an ini file; the URL may hold a password, so it is never printed."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    return config


def tune_sqlite(connection: Any, _record: Any) -> None:
    """Set up a new SQLite connection; a listener of SQLAlchemy's `connect` event."""
    cursor = connection.cursor()
    # WAL lets readers go on while one writes; NORMAL survives kill -9 (only a power cut can lose the last commits).
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute("PRAGMA secure_delete=ON")  # deleted means overwritten: what a person erased is in no free page
    cursor.close()
