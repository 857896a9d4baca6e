"""The same buckets for all processes that share a PostgreSQL database. Knows not what is counted.

The database's clock counts, and whose a bucket is stands there as a digest. The table is not logged: after a crash of
the database all buckets are full, and no request waits for a disk.
"""

import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from app.buckets import Buckets, Limit, OwnBuckets
from app.db import Database

_SWEEP_SECONDS = 60.0
# Of what is taken at the same moment, one waits for the other's row and then looks again.
_TAKE = sa.text("""
    INSERT INTO bucket AS held (key, full_at) VALUES (:key, now() + make_interval(secs => :interval))
    ON CONFLICT (key) DO UPDATE SET full_at = greatest(held.full_at, now()) + make_interval(secs => :interval)
    WHERE greatest(held.full_at, now()) + make_interval(secs => :interval)
        <= now() + make_interval(secs => :patience)
    RETURNING key
""")
_WAIT = sa.text("SELECT extract(epoch FROM full_at - now()) + :interval - :patience FROM bucket WHERE key = :key")
_GIVE_BACK = sa.text("UPDATE bucket SET full_at = full_at - make_interval(secs => :interval) WHERE key = :key")
_FILL = sa.text("DELETE FROM bucket WHERE key = :key")
_SWEEP = sa.text("DELETE FROM bucket WHERE full_at <= now()")


class SharedBuckets:
    """Each call is one statement outside any transaction."""

    def __init__(self, database: Database, digest: Callable[[str], str]) -> None:
        self._engine = database.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._digest = digest
        self._swept = time.monotonic()

    async def take(self, limit: Limit, key: str) -> float:
        bucket = self._named(limit, key)
        async with self._engine.connect() as connection:
            if time.monotonic() - self._swept > _SWEEP_SECONDS:
                self._swept = time.monotonic()
                await connection.execute(_SWEEP)
            asked = bucket | {"interval": limit.interval, "patience": limit.patience}
            if (await connection.execute(_TAKE, asked)).first():
                return 0.0
            wait = (await connection.execute(_WAIT, asked)).scalar()
        return max(0.001, float(wait or 0))  # it may have filled since; asking again finds out

    async def give_back(self, limit: Limit, key: str) -> None:
        await self._run(_GIVE_BACK, self._named(limit, key) | {"interval": limit.interval})

    async def fill(self, limit: Limit, key: str) -> None:
        await self._run(_FILL, self._named(limit, key))

    async def _run(self, statement: sa.TextClause, values: dict[str, Any]) -> None:
        async with self._engine.connect() as connection:
            await connection.execute(statement, values)

    def _named(self, limit: Limit, key: str) -> dict[str, Any]:
        return {"key": self._digest(f"{limit.name}:{key}")}


def buckets_for(database: Database, digest: Callable[[str], str]) -> Buckets:
    """Shared where the database can be shared."""
    return SharedBuckets(database, digest) if database.url.startswith("postgresql") else OwnBuckets()
