"""A PostgreSQL server of the tests' own. Needs its programs (Debian: postgresql); where there are none, tests skip."""

import asyncio
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg
import pytest

from app.db import Database

_DEBIAN = Path("/usr/lib/postgresql")  # where the server's programs lie off the PATH


class Server:
    """Gives each test a database of its own: a copy of one that was migrated once."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._numbers = count()
        database = Database(self._url("postgres"))

        async def migrate() -> None:
            await database.migrate()
            await database.close()

        asyncio.run(migrate())

    @contextmanager
    def database(self) -> Iterator[str]:
        name = f"test{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE postgres")
        try:
            yield self._url(name)
        finally:
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _url(self, name: str) -> str:
        return f"postgresql+psycopg://attune@127.0.0.1:{self._port}/{name}"

    def _run(self, statement: str) -> None:
        address = f"host=127.0.0.1 port={self._port} user=attune dbname=template1"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def server() -> Iterator[Server]:
    """Running, in a folder of its own. It refuses to run as root, so there it runs as its own user."""
    user = "postgres" if os.geteuid() == 0 else None
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="attune-postgres-") as name:
        folder = Path(name)
        if user:
            shutil.chown(folder, user)
        data = ["-D", str(folder / "data")]
        options = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        subprocess.run([_program("initdb"), *data, "-U", "attune", "--auth=trust"], user=user, check=True, cwd=folder)
        starting = [_program("pg_ctl"), *data, "-w", "-l", str(folder / "log"), "-o", options, "start"]
        subprocess.run(starting, user=user, check=True, cwd=folder)
        try:
            yield Server(port)
        finally:
            stopping = [_program("pg_ctl"), *data, "-m", "immediate", "stop"]
            subprocess.run(stopping, user=user, check=True, cwd=folder)


def _program(name: str) -> str:
    found = shutil.which(name) or next(map(str, sorted(_DEBIAN.glob(f"*/bin/{name}"))), None)
    if found is None:
        pytest.skip(f"there is no {name} here: install PostgreSQL (Debian: apt-get install postgresql)")
    return found
