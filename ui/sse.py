"""Server-sent events out of raw bytes. Knows the wire format, not what the events mean."""

import re
from collections.abc import AsyncIterable, AsyncIterator
from dataclasses import dataclass

# Only these three end a line here; str.splitlines would also break at U+2028 and U+0085, which may stand inside JSON.
_LINE_END = re.compile(rb"\r\n|\n|\r")


@dataclass(frozen=True)
class ServerEvent:
    """One dispatched event: its name and its data lines joined with a newline."""

    name: str
    data: str


async def read_lines(chunks: AsyncIterable[bytes]) -> AsyncIterator[str]:
    """Whole lines, whatever the borders of the chunks; a last line without an end is dropped, as the standard asks."""
    rest = b""
    async for chunk in chunks:
        rest += chunk
        # A carriage return at the very end may be half of a CRLF: leave it until more is known.
        held = b"\r" if rest.endswith(b"\r") else b""
        *lines, rest = _LINE_END.split(rest.removesuffix(held))
        rest += held
        for line in lines:
            yield line.decode("utf-8", "replace")
    if rest.endswith(b"\r"):
        yield rest[:-1].decode("utf-8", "replace")


async def read_events(chunks: AsyncIterable[bytes]) -> AsyncIterator[ServerEvent]:
    """Events of a `text/event-stream` body (WHATWG HTML, 9.2.6). Comments, ids and retry times are not used here."""
    name, data = "", list[str]()
    async for line in read_lines(chunks):
        if not line:
            if data:
                yield ServerEvent(name or "message", "\n".join(data))
            name, data = "", []
            continue
        key, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if key == "event":
            name = value
        elif key == "data":
            data.append(value)
