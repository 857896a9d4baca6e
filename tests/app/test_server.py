"""Serving: no answer waits for the network's politeness, and the way to a long-lived server stays open."""

import asyncio
import socket

import pytest

from app.home import Home
from app.main import create_app
from app.server import _listen, find_server, publishing, serving
from app.settings import Settings


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
