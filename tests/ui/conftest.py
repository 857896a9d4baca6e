"""Real servers on loopback for the tests of the interface: the scripted API alone, and with the pages on it."""

import asyncio
import shutil
import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.async_api import Browser, async_playwright

from tests.ui.browsing import ARTIFACTS, CHROMIUM, FLAGS
from tests.ui.stand_in import StandIn
from tests.ui.wire import build
from ui.client import ApiClient


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def serving(app: FastAPI, port: int) -> Iterator[str]:
    """Run `app` in a thread of its own until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 30
        while not server.started:
            assert thread.is_alive(), "the server died at start-up"
            assert time.monotonic() < deadline, "the server did not start within 30 s"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture
def script() -> StandIn:
    return StandIn()


@pytest.fixture
def base_url(script: StandIn) -> Iterator[str]:
    with serving(build(script), free_port()) as url:
        yield url


@pytest.fixture
async def ada(script: StandIn, base_url: str) -> AsyncIterator[ApiClient]:
    """A client logged in as Ada."""
    async with ApiClient(base_url, script.add_person("ada@example.org")) as client:
        yield client


@pytest.fixture(scope="module")
def pages_script() -> StandIn:
    return StandIn()


@pytest.fixture(scope="module")
def pages_url(pages_script: StandIn) -> Iterator[str]:
    """The scripted API with the pages mounted on it. Importing gradio takes seconds, so once a module."""
    from ui.pages import mount

    app = build(pages_script)
    mount(app)
    with serving(app, free_port()) as url:
        yield url


async def eventually(condition: object, seconds: float = 5.0) -> bool:
    """Whether a threading.Event is set in time, without blocking the loop."""
    assert isinstance(condition, threading.Event)
    return await asyncio.to_thread(condition.wait, seconds)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium, or set CHROMIUM to its path")
    await asyncio.to_thread(ARTIFACTS.mkdir, exist_ok=True)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        await launched.close()


@pytest.fixture
def scripted(pages_script: StandIn) -> StandIn:
    """The scripted server as new, under the same pages."""
    pages_script.__init__()  # type: ignore[misc]  # the pages hold this very object
    pages_script.add_person("ada@example.org")
    return pages_script
