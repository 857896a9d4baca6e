"""Fetching what a person names, from the open internet and from nowhere behind us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import Any

import httpcore
import pytest

from app.fetching import Fetcher, FetchError, is_public

PAGE = b"<h1>Rules</h1>"
Reply = dict[str, bytes]


def reply(body: bytes = PAGE, status: str = "200 OK", **headers: str) -> bytes:
    given = {"Content-Type": "text/html", "Content-Length": str(len(body)), "Connection": "close"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in given.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


@asynccontextmanager
async def serving(replies: Reply) -> AsyncIterator[int]:
    """A server on the loopback that answers each path with these bytes, and nothing to a path it does not know."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split(b" ")[1].decode()
        if path not in replies:
            await asyncio.sleep(30)
        writer.write(replies[path].replace(b"PORT", str(port).encode()))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port: int = server.sockets[0].getsockname()[1]
    try:
        yield port
    finally:
        server.close()


async def fetched(port: int, path: str, **settings: Any) -> tuple[str, bytes]:
    """Name and bytes of what a fetcher gets that may speak to this loopback server alone."""
    body = bytearray()

    async def write(part: bytes) -> None:
        body.extend(part)

    allowed: dict[str, Any] = {"may_connect": lambda address: True, "ports": frozenset({port})}
    found = await Fetcher(**allowed | settings).fetch(f"http://localhost:{port}{path}", write)
    return found.name, bytes(body)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:db8::1", "fe80::1%eth0", "fec0::1",
    ],
)  # fmt: skip
def test_no_address_behind_us_is_public_however_it_is_spelt(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("http://127.0.0.1/", "no public host"),
        ("http://localhost/", "no public host"),
        ("http://2130706433/", "no public host"),  # 127.0.0.1 as one number
        ("http://0x7f.1/", "no public host"),
        ("http://[::1]/", "no public host"),
        ("http://[::ffff:127.0.0.1]/", "no public host"),
        ("http://169.254.169.254/latest/meta-data/", "no public host"),
        ("http://no-such-name.invalid/", "no public host"),  # as if it were behind us
        ("http://127.0.0.1:8420/", "unusual port"),
        ("http://ada:secret@example.org/", "name or password"),
        ("file:///etc/passwd", "no web address"),
        ("gopher://example.org/", "no web address"),
        ("ftp://example.org/", "no web address"),
        ("http://", "no web address"),
        ("http://[::1", "no web address"),
    ],
)
async def test_what_leads_behind_us_is_refused_before_anything_is_sent(address: str, said: str) -> None:
    async def write(part: bytes) -> None:
        raise AssertionError("something was fetched")

    with pytest.raises(FetchError, match=said):
        await Fetcher().fetch(address, write)


async def test_a_connection_that_ends_up_behind_us_is_closed_unused() -> None:
    """As if the name had changed its address between the look and the connection."""

    class Elsewhere(httpcore.AnyIOBackend):
        async def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
            return await super().connect_tcp("127.0.0.1", served)

    async def write(part: bytes) -> None:
        raise AssertionError("something was fetched")

    async with serving({"/": reply()}) as served:
        with pytest.raises(FetchError, match="no public host"):
            await Fetcher(backend=Elsewhere()).fetch("http://93.184.216.34/", write)


async def test_a_page_is_fetched_through_redirects_and_named_after_itself() -> None:
    named = {"Content_Disposition": 'attachment; filename="house rules.pdf"', "Content_Type": "application/pdf"}
    replies = {
        "/old": reply(status="302 Found", Location="/rules"),
        "/rules": reply(),
        "/file?id=1": reply(b"%PDF", **named),
        "/guide.php": reply(),
    }
    async with serving(replies) as port:
        assert await fetched(port, "/old") == ("rules.html", PAGE)
        assert await fetched(port, "/file?id=1") == ("house rules.pdf", b"%PDF")
        assert (await fetched(port, "/guide.php"))[0] == "guide.php.html"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (reply(status="302 Found", Location="http://127.0.0.1:1/"), "unusual port"),
        (reply(status="302 Found", Location="file:///etc/passwd"), "no web address"),
        (reply(status="302 Found", Location="/x"), "more than 5 times"),
        (reply(status="403 Forbidden"), "answers 403"),
        (reply(Content_Type="video/mp4"), "holds video/mp4"),
        (reply(Content_Encoding="gzip"), "packed data"),
        (b"nonsense\r\n\r\n", "does not answer"),
    ],
)
async def test_what_cannot_be_had_says_why(answer: bytes, said: str) -> None:
    async with serving({"/x": answer}) as port:
        with pytest.raises(FetchError, match=said):
            await fetched(port, "/x")


async def test_a_redirect_to_behind_us_is_refused_as_the_address_itself_is() -> None:
    async with serving({"/x": reply(status="302 Found", Location="http://127.0.0.2:PORT/y"), "/y": reply()}) as port:
        with pytest.raises(FetchError, match=r"127\.0\.0\.2 is no public host"):
            await fetched(port, "/x", may_connect=lambda address: address == ip_address("127.0.0.1"))


async def test_an_address_that_never_ends_is_given_up_and_a_writer_may_stop_it() -> None:
    async with serving({"/big": reply()}) as port:
        with pytest.raises(FetchError, match=r"longer than 0\.2 s"):
            await fetched(port, "/hangs", seconds=0.2)

        async def full(part: bytes) -> None:
            raise OverflowError

        with pytest.raises(OverflowError):
            await Fetcher(may_connect=lambda address: True, ports=frozenset({port})).fetch(
                f"http://localhost:{port}/big", full
            )
