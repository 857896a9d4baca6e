"""A wire between a browser and a server that a test can cut: everything on it ends, and nothing gets through."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Wire:
    """Forwards bytes to `port` of this machine while it is whole."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._open: set[asyncio.StreamWriter] = set()
        self.whole = True

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.whole:
            writer.transport.abort()
            return
        behind, onward = await asyncio.open_connection("127.0.0.1", self._port)
        ends = {writer, onward}
        self._open |= ends
        try:
            await asyncio.gather(_pass(reader, onward), _pass(behind, writer), return_exceptions=True)
        finally:
            self._open -= ends

    def cut(self) -> None:
        self.whole = False
        for end in self._open:
            end.transport.abort()

    def mend(self) -> None:
        self.whole = True


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


@asynccontextmanager
async def wired(url: str) -> AsyncIterator[tuple[str, Wire]]:
    """The address of the wire's own end, and the wire."""
    wire = Wire(int(url.rsplit(":", 1)[1]))
    server = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", wire
    finally:
        wire.cut()
        server.close()
