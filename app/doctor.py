"""What `attune doctor` looks at: this machine, this home, and what the settings point to."""

import asyncio
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.db import Database, sqlite_url
from app.home import Home
from app.promotions import Promotions
from app.running import find_server
from app.settings import Settings

FREE_BYTES = 2 * 1024**3  # weights, an index of a few thousand documents, and room to write


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at; `detail` says what was found, or what is wrong and the remedy."""

    what: str
    ok: bool
    detail: str

    def __str__(self) -> str:
        return f"{'ok  ' if self.ok else 'FAIL'}  {self.what}: {self.detail}"


async def examine(settings: Settings) -> list[Finding]:
    """Look at everything; nothing is changed, and one failure does not keep the rest from being looked at."""
    looks: list[Callable[[Settings], Awaitable[Finding]]] = [
        _python,
        _home,
        _disk,
        _server,
        _database,
        _index,
        _model,
        _promoted,
    ]
    return [await look(settings) for look in looks]


async def _python(_settings: Settings) -> Finding:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Finding("python", sys.version_info >= (3, 11), f"{version} (3.11 or newer is needed)")


async def _home(settings: Settings) -> Finding:
    try:
        Home(settings.home).create()
    except OSError as error:
        return Finding("home", False, str(error))
    return Finding("home", True, str(settings.home))


async def _disk(settings: Settings) -> Finding:
    place = settings.home if settings.home.exists() else Path.home()
    free = shutil.disk_usage(place).free
    detail = f"{free / 1024**3:.1f} GiB free at {place}"
    return Finding("disk", free > FREE_BYTES, detail if free > FREE_BYTES else f"{detail}: free at least 2 GiB")


async def _server(settings: Settings) -> Finding:
    found = await find_server(Home(settings.home))
    return Finding("server", True, f"running at {found.url} (pid {found.pid})" if found else "not running")


async def _database(settings: Settings) -> Finding:
    home = Home(settings.home)
    if settings.database_url is None and not home.database.exists():
        return Finding("database", True, "none yet: the first start makes it")
    database = Database(settings.database_url or sqlite_url(home.database))
    try:
        async with database.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
    except Exception as error:
        return Finding("database", False, f"cannot be opened ({type(error).__name__}): check ATTUNE_DATABASE_URL")
    finally:
        await database.close()
    return Finding("database", True, "answers")


async def _index(settings: Settings) -> Finding:
    if settings.index == "edge":
        found = sorted(path.name for path in Home(settings.home).index.glob("*")) if settings.home.exists() else []
        return Finding("index", True, f"embedded: {', '.join(found) or 'none yet'}")
    return await _reachable("index", f"{settings.qdrant_url}/readyz", "start Qdrant or correct ATTUNE_QDRANT_URL")


async def _model(settings: Settings) -> Finding:
    if settings.llm == "openai":
        return await _reachable("generator", f"{settings.llm_base_url}/models", "check ATTUNE_LLM_BASE_URL")
    if settings.llm == "scripted":
        return Finding("generator", True, "scripted: no model is used")
    from generation import weights

    path = await asyncio.to_thread(weights.find, settings.llm_model, settings.cache)
    detail = str(path) if path else f"{settings.llm_model} is not here yet: the first start fetches it"
    return Finding("generator", True, detail)


async def _promoted(settings: Settings) -> Finding:
    home = Home(settings.home)
    if settings.database_url is None and not home.database.exists():
        return Finding("models", True, "none promoted: what ships is in use")
    database = Database(settings.database_url or sqlite_url(home.database))
    try:
        overview = await Promotions(settings, home, database).overview()
    except SQLAlchemyError as error:  # tables of an earlier version: the next start migrates them
        return Finding("models", True, f"not looked at ({type(error).__name__}): the next start brings the tables up")
    finally:
        await database.close()
    problems = [one.problem for one in overview.in_use if one.problem]
    promoted = ", ".join(one.version for one in overview.in_use if one.source == "promoted")
    return Finding("models", not problems, "; ".join(problems) or promoted or "none promoted: what ships is in use")


async def _reachable(what: str, url: str, remedy: str) -> Finding:
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(url)
    except httpx.HTTPError as error:
        return Finding(what, False, f"{url} does not answer ({type(error).__name__}): {remedy}")
    alive = answer.status_code < httpx.codes.INTERNAL_SERVER_ERROR
    return Finding(what, alive, f"{url} answers {answer.status_code}" + ("" if alive else f": {remedy}"))
