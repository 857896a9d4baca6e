"""Serving the app from this process, and finding the process that already serves this home."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from app.home import Home, HomeBusyError, ServerAddress
from app.services import Services
from app.settings import Settings

STARTING_SECONDS = 60.0  # how long the owner of a home may take from its lock to its first answer
GOODBYE_SECONDS = 5  # for other requests, after the answers have ended
RENEW_SECONDS = 12 * 3600.0  # half the life of the token that lies in the home


class _QuietServer(uvicorn.Server):
    """uvicorn without its signal handling: it would end the process before our services are closed."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listening.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def serving(app: FastAPI, host: str, port: int) -> AsyncIterator[str]:
    """Open the app's services, serve it, and yield its URL. Port 0 takes a free one. Raises OSError if taken.

    The lifespan runs out here, not inside uvicorn, so that what goes wrong at start reaches the caller as it is.
    """
    with _listen(host, port) as listener:
        async with app.router.lifespan_context(app):
            services: Services = app.state.services
            patience = services.settings.drain_seconds
            latest = int(patience) + GOODBYE_SECONDS
            config = uvicorn.Config(
                app, lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=latest
            )
            server = _QuietServer(config)
            task = asyncio.create_task(server.serve(sockets=[listener]))
            await server.listening.wait()
            try:
                shown = f"[{host}]" if ":" in host else host
                yield f"http://{shown}:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True  # nobody new is let in
                await services.under_way.stop(patience)
                await task


@contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named TCP, or asyncio leaves Nagle's algorithm on: each answer would wait 40 ms for the client's delayed ACK.
    with socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            raise OSError(
                f"cannot listen on {host}:{port} ({error.strerror}): choose another with --port or ATTUNE_PORT"
            ) from error
        yield listener


@asynccontextmanager
async def publishing(app: FastAPI, home: Home, url: str) -> AsyncIterator[ServerAddress]:
    """Let later commands on this machine find this server and speak to it as the home's owner."""
    services: Services = app.state.services
    address = await _publish(services, home, url)
    renewing = asyncio.create_task(_renew(services, home, url))
    try:
        yield address
    finally:
        renewing.cancel()
        await asyncio.wait([renewing])
        home.withdraw()


async def _publish(services: Services, home: Home, url: str) -> ServerAddress:
    owner = await services.auth.ensure_owner()
    token = await services.auth.issue_token(owner, label="command line", days=1)
    address = ServerAddress(url=url, token=token, pid=os.getpid())
    home.publish(address)
    return address


async def _renew(services: Services, home: Home, url: str) -> None:
    """A server may run for months; the token that lies in its home never lives longer than a day."""
    while True:
        await asyncio.sleep(RENEW_SECONDS)
        await _publish(services, home, url)


@asynccontextmanager
async def connect(settings: Settings, app: FastAPI) -> AsyncIterator[ServerAddress]:
    """The address to speak to: the server that owns this home, or `app` served here for as long as the block lasts."""
    home = Home(settings.home)
    async with AsyncExitStack() as stack:
        address = await find_server(home)
        if address is None:
            try:
                url = await stack.enter_async_context(serving(app, "127.0.0.1", 0))
                address = await stack.enter_async_context(publishing(app, home, url))
            except HomeBusyError:
                address = await _await_server(home)
        yield address


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


async def _await_server(home: Home) -> ServerAddress:
    deadline = asyncio.get_running_loop().time() + STARTING_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        found = await find_server(home)
        if found is not None:
            return found
        await asyncio.sleep(0.2)
    raise HomeBusyError(f"{home.root} is in use by another Attune process that does not answer: stop it and try again")
