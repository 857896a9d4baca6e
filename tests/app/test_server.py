"""Serving: no answer waits for the network's politeness."""

import asyncio
import socket

from app.server import _listen


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
