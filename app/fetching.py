"""Fetches a file from an address that a person names, and from nowhere they could not reach themselves.

A server that fetches what it is told to is a way into the network behind it (OWASP: server-side request forgery). So a
name is resolved here, every address it has must be a public one, the connection goes to the very address that was
checked, and the peer is looked at once more when it stands; every redirect begins anew. Knows no document.
"""

import asyncio
import mimetypes
import socket
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from email.message import Message
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

import httpcore
import httpx

Address = IPv4Address | IPv6Address
MayConnect = Callable[[Address], bool]

SECONDS = 60.0  # for all of it
REDIRECTS = 5
PORTS = frozenset({80, 443})  # others of a public host are no web pages, and some do things when they are spoken to
_TIMEOUT = {"connect": 5.0, "read": 10.0, "write": 5.0, "pool": 5.0}
_NAT64 = ip_network("64:ff9b::/96")
_HEADERS = (("User-Agent", "Attune"), ("Accept", "*/*"), ("Accept-Encoding", "identity"))
_TYPES = ("text/", "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")
_READABLE = frozenset(
    [
        "application/pdf",
        "application/xhtml+xml",
        "application/xml",
        "application/json",
        "application/rtf",
        "application/msword",
        "application/epub+zip",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
        "application/octet-stream",
        "message/rfc822",
        "image/png",
        "image/jpeg",
        "image/tiff",
    ]
)


class FetchError(Exception):
    """What stands at the address cannot be had; the message says why and what to do."""


def is_public(address: Address) -> bool:
    """Whether the address is of the open internet, and not one that leads somewhere else by another spelling."""
    if isinstance(address, IPv6Address):
        teredo = address.teredo
        inner = address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else None)
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:  # withdrawn long ago, and routed inside some networks still
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


@dataclass(frozen=True)
class Found:
    """What an address gave: the name that the file goes by. Its bytes went to the writer."""

    name: str


class Fetcher:
    """Fetches one file at a time, each over connections of its own."""

    def __init__(
        self,
        may_connect: MayConnect = is_public,
        ports: frozenset[int] = PORTS,
        seconds: float = SECONDS,
        backend: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._ports = ports
        self._seconds = seconds
        self._backend = _Guarded(may_connect, backend or httpcore.AnyIOBackend())

    async def fetch(self, address: str, write: Callable[[bytes], Awaitable[None]]) -> Found:
        """Write what stands at `address`. Raises FetchError, and whatever `write` raises."""
        try:
            async with (
                asyncio.timeout(self._seconds),
                httpcore.AsyncConnectionPool(network_backend=self._backend) as pool,
            ):
                return await self._follow(pool, self._checked(address), write)
        except TimeoutError:
            raise FetchError(
                f"the address took longer than {self._seconds:g} s: download the file and add it"
            ) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            raise FetchError(f"the address does not answer ({type(error).__name__}): check it, or try later") from None

    async def _follow(self, pool: httpcore.AsyncConnectionPool, url: httpx.URL, write: Any) -> Found:
        for _ in range(REDIRECTS + 1):
            target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
            async with pool.stream("GET", target, headers=_HEADERS, extensions={"timeout": _TIMEOUT}) as response:
                headers = httpx.Headers(response.headers)
                if response.status in {301, 302, 303, 307, 308} and "location" in headers:
                    url = self._checked(headers["location"], url)
                    continue
                kind = _require_readable(response.status, headers)
                async for part in response.aiter_stream():
                    await write(part)
                return Found(_name(url, headers, kind))
        raise FetchError(f"the address leads on more than {REDIRECTS} times: give the one where it ends")

    def _checked(self, address: str, base: httpx.URL | None = None) -> httpx.URL:
        try:
            url = base.join(address) if base else httpx.URL(address)
        except (httpx.InvalidURL, ValueError, TypeError):
            raise FetchError("this is no web address: give one that begins with https://") from None
        if url.scheme not in {"http", "https"} or not url.host:
            raise FetchError("this is no web address: give one that begins with https://")
        if url.userinfo:
            raise FetchError("the address holds a name or password: download the file yourself and add it")
        if (url.port or {"http": 80, "https": 443}[url.scheme]) not in self._ports:
            raise FetchError("the address names an unusual port: download the file yourself and add it")
        return url


class _Guarded(httpcore.AsyncNetworkBackend):
    """Connects to addresses that may be connected to, resolved here so that nobody can change them in between."""

    def __init__(self, may_connect: MayConnect, inner: httpcore.AsyncNetworkBackend) -> None:
        self._may_connect = may_connect
        self._inner = inner

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        addresses = await _resolve(host, port)
        # One text for what is not there and what is behind us: nobody shall learn which names exist inside.
        if not addresses or not all(map(self._may_connect, addresses)):
            raise FetchError(f"{host} is no public host: download the file yourself and add it")
        stream = await self._inner.connect_tcp(str(addresses[0]), port, timeout, local_address, socket_options)
        peer = stream.get_extra_info("server_addr")
        if not peer or not self._may_connect(ip_address(peer[0])):
            await stream.aclose()
            raise FetchError(f"{host} is no public host: download the file yourself and add it")
        return stream

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore.AsyncNetworkStream:
        raise FetchError("sockets of this machine are nobody's web address")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


async def _resolve(host: str, port: int) -> list[Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # the latter: no name can be spelt like that
        return []
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


def _require_readable(status: int, headers: httpx.Headers) -> str:
    """The media type. Raises FetchError for an error page and for what nobody could read."""
    if status != 200:
        raise FetchError(f"the address answers {status}: check that it opens without logging in")
    if headers.get("content-encoding", "identity") != "identity":  # what unpacks to terabytes is not unpacked here
        raise FetchError("the address sends packed data, which was not asked for: download the file and add it")
    kind = headers.get("content-type", "application/octet-stream").split(";")[0].strip().lower()
    if kind not in _READABLE and not kind.startswith(_TYPES):
        raise FetchError(f"the address holds {kind[:80]}, which holds no text to read: give a page or a document")
    return kind


def _name(url: httpx.URL, headers: httpx.Headers, kind: str) -> str:
    """What the server calls the file, else the end of its address; with the ending that its kind has."""
    message = Message()
    message["Content-Disposition"] = headers.get("content-disposition", "")
    name = message.get_filename() or unquote(PurePosixPath(url.path).name) or url.host
    ending = mimetypes.guess_extension(kind) or ""
    is_page = kind in {"text/html", "application/xhtml+xml"} and not name.lower().endswith((".html", ".htm", ".xhtml"))
    return name + ending if is_page or not PurePosixPath(name).suffix else name
