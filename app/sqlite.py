"""SQLite's asynchronous driver with one visit to its thread a statement. Knows no statement.

aiosqlite goes there and back for the cursor, the execution, the rows and the closing: four visits, each of which waits
for a thread to wake and for the interpreter's lock. A turn makes a dozen statements.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

import aiosqlite


def connect(database: str, **options: Any) -> aiosqlite.Connection:
    """What SQLAlchemy calls for a new connection (`async_creator_fn`); awaiting it opens the file."""
    connection = _Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # as SQLAlchemy sets it: a connection left open must not keep the process
    return connection


class _Connection(aiosqlite.Connection):
    """A connection whose transactions cost nothing where nothing was written."""

    def cursor(self) -> Any:  # SQLAlchemy enters it as a context, awaits its methods and reads its attributes
        return _Cursor(self)

    async def commit(self) -> None:
        if self.in_transaction:
            await super().commit()

    async def rollback(self) -> None:
        if self.in_transaction:
            await super().rollback()


class _Cursor(aiosqlite.Cursor):
    """Holds all that a statement gave when `execute` returns."""

    def __init__(self, connection: _Connection) -> None:
        super().__init__(connection, None)  # type: ignore[arg-type]  # the real one lives only while it executes
        self._driver: Any = connection  # untyped where we need it
        self._rows: list[Any] = []
        self._facts: tuple[Any, int, int | None] = (None, -1, None)

    async def execute(self, sql: str, parameters: Any = ()) -> "_Cursor":
        return await self._run(lambda cursor: cursor.execute(sql, parameters))

    async def executemany(self, sql: str, parameters: Any) -> "_Cursor":
        return await self._run(lambda cursor: cursor.executemany(sql, parameters))

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    @property
    def description(self) -> Any:
        return self._facts[0]

    @property
    def rowcount(self) -> int:
        return self._facts[1]

    @property
    def lastrowid(self) -> int | None:
        return self._facts[2]

    async def _run(self, statement: Callable[[sqlite3.Cursor], Any]) -> "_Cursor":
        def whole() -> tuple[list[Any], tuple[Any, int, int | None]]:
            with closing(self._driver._conn.cursor()) as cursor:
                statement(cursor)
                rows = cursor.fetchall() if cursor.description else []
                return rows, (cursor.description, cursor.rowcount, cursor.lastrowid)

        self._rows, self._facts = await self._driver._execute(whole)
        return self
