"""Serving: no answer waits for the network's politeness, and the way to a long-lived server stays open."""

import asyncio
import socket

import pytest

from app.home import Home, HomeBusyError
from app.main import create_app
from app.running import find_server
from app.server import _listen, connect, publishing, serving
from app.settings import Settings
from ui.client import ApiClient


async def test_an_answer_is_sent_at_once_and_does_not_wait_for_the_clients_acknowledgement() -> None:
    delays: asyncio.Queue[int] = asyncio.Queue()

    def met(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sent_by = writer.get_extra_info("socket")
        delays.put_nowait(sent_by.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    with _listen("127.0.0.1", 0) as listener:
        async with await asyncio.start_server(met, sock=listener):
            _, writer = await asyncio.open_connection(*listener.getsockname())
            assert await delays.get() != 0
            writer.close()


async def test_a_server_that_runs_for_long_renews_the_token_that_lies_in_its_home(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.server.RENEW_SECONDS", 0.05)
    app = create_app(settings)
    home = Home(settings.home)
    async with serving(app, "127.0.0.1", 0) as url, publishing(app, home, url) as first, asyncio.timeout(10):
        while (address := home.server()) == first:  # noqa: ASYNC110 (a file tells nobody that it changed)
            await asyncio.sleep(0.02)
        assert address is not None
        assert await find_server(home) is not None
    assert home.server() is None


async def test_a_renewal_that_failed_is_told_and_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("app.server.RENEW_SECONDS", 0.05)
    monkeypatch.setattr("app.server.RENEW_AGAIN_SECONDS", 0.05)
    app = create_app(settings)
    home = Home(settings.home)
    async with serving(app, "127.0.0.1", 0) as url, publishing(app, home, url) as first, asyncio.timeout(10):
        (home.root / "server.json").unlink()
        (home.root / "server.json").mkdir()  # nothing can be renamed onto it
        while "was not renewed" not in caplog.text:  # noqa: ASYNC110 (a log tells nobody that it grew)
            await asyncio.sleep(0.02)
        (home.root / "server.json").rmdir()
        while home.server() in {None, first}:  # noqa: ASYNC110 (a file tells nobody that it changed)
            await asyncio.sleep(0.02)
        assert await find_server(home) is not None


async def test_a_command_ends_after_those_that_came_to_it(settings: Settings) -> None:
    """Two commands at once: the first owns the home, the second works through it and outlives it."""
    host = connect(settings, create_app(settings))
    first = await host.__aenter__()
    async with connect(settings, create_app(settings)) as second, ApiClient(second.url, second.token) as guest:
        assert second == first
        ending = asyncio.create_task(host.__aexit__(None, None, None))
        await asyncio.sleep(0.3)
        assert (await guest.me()).role == "admin"
        assert not ending.done()
    await asyncio.wait_for(ending, 10)
    assert Home(settings.home).server() is None


async def test_a_command_that_waits_for_a_home_takes_it_when_its_owner_ends(settings: Settings) -> None:
    with Home(settings.home).own():
        waiting = asyncio.create_task(_who_i_am(settings))
        await asyncio.sleep(0.3)
        assert not waiting.done()
    assert await asyncio.wait_for(waiting, 10) == "admin"


async def _who_i_am(settings: Settings) -> str:
    async with connect(settings, create_app(settings)) as address, ApiClient(address.url, address.token) as client:
        return (await client.me()).role


async def test_a_command_at_work_is_not_taken_for_a_server(settings: Settings) -> None:
    async with connect(settings, create_app(settings)) as address:
        assert await find_server(Home(settings.home)) == address
        with pytest.raises(HomeBusyError, match="start again when it is done"):
            address.require_lasting()
