"""The way of a command to the registry of a home: through the server that owns it, or, where none runs, right here.

Nothing here opens a model, so that a rollback takes no longer than its one INSERT and the start of Python.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, Protocol, TypeVar

import httpx
from pydantic import BaseModel

from app.home import Home, ServerAddress
from app.running import join_or_take, speaking_to
from app.schemas_models import Kind, ModelsPublic, Moved, Rollback, Verdict, VersionDetail
from app.settings import Settings

_MODELS = "/api/v1/admin/models"
_PATIENCE_SECONDS = 120.0  # a challenger is opened before the server answers

Schema = TypeVar("Schema", bound=BaseModel)


class RefusedError(Exception):
    """The server refused; the message is its own."""


class Registry(Protocol):
    """What both ways offer."""

    async def overview(self) -> ModelsPublic: ...

    async def show(self, version_id: str) -> VersionDetail: ...

    async def decide(self, version_id: str, verdict: Verdict) -> Moved: ...

    async def rollback(self, kind: Kind) -> Moved: ...


class OverHttp:
    """The registry of a running server."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def overview(self) -> ModelsPublic:
        return await self._call("GET", "", ModelsPublic)

    async def show(self, version_id: str) -> VersionDetail:
        return await self._call("GET", f"/{version_id}", VersionDetail)

    async def decide(self, version_id: str, verdict: Verdict) -> Moved:
        return await self._call("POST", f"/{version_id}/promote", Moved, verdict)

    async def rollback(self, kind: Kind) -> Moved:
        return await self._call("POST", "/rollback", Moved, Rollback(kind=kind))

    async def _call(self, method: str, path: str, schema: type[Schema], body: BaseModel | None = None) -> Schema:
        content: dict[str, Any] = {"json": body.model_dump(mode="json")} if body else {}
        response = await self._http.request(method, f"{_MODELS}{path}", **content)
        if response.is_error:
            raise RefusedError(str(response.json()["detail"]))
        return schema.model_validate_json(response.content)


@asynccontextmanager
async def registry_of(settings: Settings) -> AsyncIterator[Registry]:
    """The registry of the home of these settings. Raises HomeBusyError where its owner neither answers nor ends."""
    async with AsyncExitStack() as stack:
        yield await _find_or_open(stack, settings)


async def _find_or_open(stack: AsyncExitStack, settings: Settings) -> Registry:
    home = Home(settings.home)

    async def take() -> Registry:
        if settings.database_url is None or settings.index == "edge":
            stack.enter_context(home.own())
        return await _open(stack, settings, home)

    found = await join_or_take(stack, home, take)
    if not isinstance(found, ServerAddress):
        return found
    return OverHttp(await stack.enter_async_context(speaking_to(found, _PATIENCE_SECONDS)))


async def _open(stack: AsyncExitStack, settings: Settings, home: Home) -> Registry:
    # Here, because a command that finds a server needs neither: its own start would be most of its time.
    from app import versions
    from app.db import Database, sqlite_url
    from app.promotions import Promotions

    home.create()
    database = Database(settings.database_url or sqlite_url(home.database))
    stack.push_async_callback(database.close)
    await database.migrate()
    await asyncio.to_thread(versions.sweep, home)
    return Promotions(settings, home, database)
