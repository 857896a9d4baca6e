"""Serving the app from this process, or working through the one that already serves this home."""

import asyncio
import gc
import logging
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from functools import partial

import uvicorn
from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError

from app.home import Home, ServerAddress
from app.parts import ready
from app.running import join_or_take
from app.services import Services
from app.settings import Settings
from generation.port import GenerationError

log = logging.getLogger(__name__)

GOODBYE_SECONDS = 5  # for other requests, after the answers have ended
RENEW_SECONDS = 12 * 3600.0  # half the life of the token that lies in the home
RENEW_AGAIN_SECONDS = 60.0  # after a renewal that failed: the old token lives for hours yet
LOOK_SECONDS = 0.05
SWITCH_SECONDS = 0.001  # Python's own 5 ms are what every token waits each time that another thread computes


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
    sys.setswitchinterval(SWITCH_SECONDS)
    with _listen(host, port) as listener:
        async with app.router.lifespan_context(app):
            services: Services = app.state.services
            patience = services.settings.drain_seconds
            latest = int(patience) + GOODBYE_SECONDS
            proxies = services.settings.trusted_proxies
            config = uvicorn.Config(
                app,
                lifespan="off",
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=latest,
                forwarded_allow_ips=proxies,
            )
            server = app.state.server = _QuietServer(config)
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
async def publishing(app: FastAPI, home: Home, url: str, *, lasting: bool = True) -> AsyncIterator[ServerAddress]:
    """Let later commands on this machine find this server and speak to it as the home's owner."""
    services: Services = app.state.services
    address = await _publish(services, home, url, lasting)
    behind = [asyncio.create_task(_renew(services, home, url, lasting))]
    if lasting:
        behind.append(asyncio.create_task(_settle(services)))
    try:
        yield address
    finally:
        for task in behind:
            task.cancel()
        await asyncio.wait(behind)
        home.withdraw()


async def _settle(services: Services) -> None:
    """Leave what was read at the start out of garbage collection for good: looking through all of it again and again
    would stop every answer for half a second."""
    with suppress(GenerationError):  # the model says itself, to whoever asks it, why it is not there
        await ready(services.serving.part("generator"))
    gc.collect()
    gc.freeze()


async def _publish(services: Services, home: Home, url: str, lasting: bool) -> ServerAddress:
    owner = await services.auth.ensure_owner()
    token = await services.auth.issue_token(owner, label="command line", days=1)
    address = ServerAddress(url=url, token=token, pid=os.getpid(), lasting=lasting)
    home.publish(address)
    return address


async def _renew(services: Services, home: Home, url: str, lasting: bool) -> None:
    """A server may run for months; the token that lies in its home never lives longer than a day."""
    pause = RENEW_SECONDS
    while True:
        await asyncio.sleep(pause)
        pause = RENEW_SECONDS
        try:
            await _publish(services, home, url, lasting)
        except (OSError, SQLAlchemyError) as error:  # a full disk, say: it may have room again by then
            pause = RENEW_AGAIN_SECONDS
            said = "the token in %s, by which commands find this server, was not renewed (%s): trying again in %g s"
            log.error(said, home.root, error, pause)


@asynccontextmanager
async def connect(settings: Settings, app: FastAPI) -> AsyncIterator[ServerAddress]:
    """The address to speak to: the server that owns this home, or `app` served here for as long as the block lasts.

    Commands that came to us meanwhile are let finish, unless the block is cancelled.
    """
    home = Home(settings.home)
    async with AsyncExitStack() as stack:
        yield await join_or_take(stack, home, partial(_become, stack, home, app))


async def _become(stack: AsyncExitStack, home: Home, app: FastAPI) -> ServerAddress:
    url = await stack.enter_async_context(serving(app, "127.0.0.1", 0))
    address = await stack.enter_async_context(publishing(app, home, url, lasting=False))
    stack.push_async_exit(partial(_let_guests_finish, app.state.server))
    return address


async def _let_guests_finish(server: _QuietServer, kind: type[BaseException] | None, *_: object) -> None:
    if kind is not None and not issubclass(kind, Exception):  # Ctrl-C
        return
    await asyncio.sleep(LOOK_SECONDS)  # our own client has just hung up
    if server.server_state.connections:
        log.warning("attune: other commands still work through this one; it ends when they have (Ctrl-C ends them all)")
    while server.server_state.connections:  # noqa: ASYNC110 (uvicorn tells nobody that one has ended)
        await asyncio.sleep(LOOK_SECONDS)
