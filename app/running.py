"""Finding the process that already serves a home. Loads nothing that serving takes, so a command starts at once."""

import asyncio
from contextlib import AsyncExitStack

import httpx

from app.home import Home, ServerAddress

STARTING_SECONDS = 60.0  # how long the owner of a home may take from its lock to its first answer


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
        async with httpx.AsyncClient(timeout=5) as client:
            answer = await client.get(f"{address.url}/api/v1/me", headers={"Authorization": f"Bearer {address.token}"})
    except httpx.HTTPError:
        return None
    return address if answer.status_code == httpx.codes.OK else None
