"""Finding the process that already serves a home. Loads nothing that serving takes, so a command starts at once."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeVar

import httpx

from app.home import Home, HomeBusyError, ServerAddress

Taken = TypeVar("Taken")

STARTING_SECONDS = 60.0  # how long the owner of a home may take from its lock to its first answer
_LOOK_SECONDS = 0.1


async def join_or_take(
    stack: AsyncExitStack, home: Home, take: Callable[[], Awaitable[Taken]]
) -> ServerAddress | Taken:
    """The server that answers, or, where none does, what `take` makes of the home.

    Raises HomeBusyError where the home's owner neither answers nor ends for STARTING_SECONDS."""
    deadline = asyncio.get_running_loop().time() + STARTING_SECONDS
    while (address := await join(stack, home)) is None:
        try:
            return await take()
        except HomeBusyError:  # its owner starts, or ends, or is a command like this one
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(_LOOK_SECONDS)
    return address


def speaking_to(address: ServerAddress, timeout: float | httpx.Timeout) -> httpx.AsyncClient:
    """A client in the name of the home's owner; it goes through no proxy, for the server is on this machine."""
    headers = {"Authorization": f"Bearer {address.token}"}
    return httpx.AsyncClient(base_url=address.url, headers=headers, timeout=timeout, trust_env=False)


async def join(stack: AsyncExitStack, home: Home) -> ServerAddress | None:
    """The server that answers; a command that serves while it works is kept from ending before we do."""
    address = await find_server(home)
    if address is None or address.lasting:
        return address
    try:
        _, foot_in_the_door = await asyncio.open_connection(httpx.URL(address.url).host, httpx.URL(address.url).port)
    except OSError:  # it has ended since
        return None
    stack.callback(foot_in_the_door.close)
    return address if await find_server(home) == address else None  # it may have begun to end before we came


async def find_server(home: Home) -> ServerAddress | None:
    """The server that published itself in this home, if it still answers."""
    address = home.server()
    if address is None:
        return None
    try:
        async with speaking_to(address, 5) as client:
            answer = await client.get("/api/v1/me")
    except httpx.HTTPError:
        return None
    return address if answer.status_code == httpx.codes.OK else None
