"""HTTP to the API as one person: tokens, JSON in and out, event streams, problem details. Knows no route."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel

from ui.sse import ServerEvent, read_events

_Schema = TypeVar("_Schema", bound=BaseModel)
_Answer = TypeVar("_Answer")


class ApiError(Exception):
    """The server refused or could not be reached; `detail` is fit to be shown. status 503: no server answered.
    `retry_after`: in how many seconds it may be tried again, where the server says so."""

    def __init__(self, status: int, title: str, detail: str, retry_after: int | None = None) -> None:
        super().__init__(f"{title}: {detail}" if detail else title)
        self.status = status
        self.title = title
        self.detail = detail
        self.retry_after = retry_after


def pool(transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Connections that many people may share: whatever identity a server tries to leave in them is dropped."""
    return httpx.AsyncClient(
        transport=transport,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        # Streams pause while a model computes; the server's pings come every 15 s.
        timeout=httpx.Timeout(30.0, read=120.0),
        # uvicorn closes idle connections after 5 s: let go of ours well before, or a question meets a closed door.
        limits=httpx.Limits(max_connections=None, max_keepalive_connections=50, keepalive_expiry=2.0),
        trust_env=False,  # a proxy from the environment must not stand between us and loopback
    )


class Connection:
    """One server and one identity over a pool. Every call raises ApiError."""

    def __init__(self, http: httpx.AsyncClient, base_url: str, token: str | None) -> None:
        self.http = http
        self.base_url = base_url.rstrip("/")
        self.token = token

    async def get(self, path: str, schema: type[_Schema], query: Mapping[str, Any] | None = None) -> _Schema:
        """The answer to GET; a query value of None is left out."""
        given = {key: value for key, value in (query or {}).items() if value is not None}
        return schema.model_validate_json((await self.send("GET", path, params=given)).content)

    async def post(self, path: str, body: BaseModel, schema: type[_Schema]) -> _Schema:
        """The answer to POST; what is None in the body is left to the server's default."""
        response = await self.send("POST", path, json=body.model_dump(mode="json", exclude_none=True))
        return schema.model_validate_json(response.content)

    async def put(self, path: str, body: BaseModel, schema: type[_Schema]) -> _Schema:
        """The answer to PUT, `body` sent whole."""
        return schema.model_validate_json((await self.send("PUT", path, json=body.model_dump(mode="json"))).content)

    async def patch(self, path: str, body: BaseModel, schema: type[_Schema]) -> _Schema:
        """The answer to PATCH: only what was set in `body` is sent, so that null can mean null."""
        response = await self.send("PATCH", path, json=body.model_dump(mode="json", exclude_unset=True))
        return schema.model_validate_json(response.content)

    async def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Any other request; an answer of 400 or more is raised."""
        response = await self.request(method, path, **options)
        if response.is_error:
            raise problem(response)
        return response

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The response whatever its status."""
        try:
            return await self.http.request(method, self.base_url + path, headers=self._headers(), **options)
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    @asynccontextmanager
    async def events(self, method: str, path: str, **options: Any) -> AsyncIterator[AsyncIterator[ServerEvent]]:
        """The events of a stream. Leaving the block closes the connection, which is how a server is told to stop."""
        headers = self._headers() | {"Accept": "text/event-stream"}
        try:
            async with self.http.stream(method, self.base_url + path, headers=headers, **options) as response:
                if response.is_error:
                    await response.aread()
                    raise problem(response)
                yield read_events(response.aiter_bytes())
        except httpx.TransportError as error:
            raise self._unreachable(error) from error

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def _unreachable(self, error: httpx.TransportError) -> ApiError:
        from ui.language import tr  # commands need no catalogue until something goes wrong

        reason = str(error) or type(error).__name__
        detail = tr(
            "{address} ({reason}): start it with 'attune up', or try again", address=self.base_url, reason=reason
        )
        return ApiError(503, tr("No answer from the server"), detail)


async def patiently(call: Callable[[], Awaitable[_Answer]]) -> _Answer:
    """What a call gives, tried again for as long as the server says that we go too fast; for many calls in a row."""
    while True:
        try:
            return await call()
        except ApiError as error:
            if error.status != 429 or error.retry_after is None:
                raise
            await asyncio.sleep(error.retry_after)


def problem(response: httpx.Response) -> ApiError:
    """Read RFC 9457 problem details; whatever else came back (a proxy's page, say) is cut to a line."""
    status = response.status_code
    wait = response.headers.get("retry-after", "")
    retry_after = int(wait) if wait.isdecimal() else None
    try:
        body = response.json()
        return ApiError(status, str(body["title"]), str(body.get("detail") or ""), retry_after)
    except (ValueError, KeyError, TypeError, AttributeError):
        return ApiError(status, response.reason_phrase or "Error", response.text[:200], retry_after)
