"""POST /mcp: the door for MCP clients (streamable HTTP), one request at a time. What can be called is in
app/mcp_tools.py."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
from fastapi import APIRouter, Request, Response
from starlette.types import Receive, Scope, Send

from app.auth import token_in
from app.deps import ServicesDep
from app.problems import Problem
from app.settings import Settings

if TYPE_CHECKING:
    from mcp.server.mcpserver import Context, MCPServer
    from mcp.server.transport_security import TransportSecuritySettings

router = APIRouter(tags=["mcp"])

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


# Not in the OpenAPI description: what MCP's messages are is MCP's to say.
@router.post("/mcp", include_in_schema=False)
async def speak(request: Request, services: ServicesDep) -> Response:
    """Whoever has a token may come in; what it is for, the request that a tool makes of our API is asked."""
    if token_in(request)[1]:
        # A cookie comes along wherever a browser is led; a token is sent by whoever means to.
        detail = "send a token as `Authorization: Bearer ...`: POST /api/v1/me/tokens makes one"
        raise Problem(401, detail, headers={"WWW-Authenticate": "Bearer"})
    await services.auth.asker_of(request)
    server = await asyncio.to_thread(_server)  # the library takes a second to load, of which a server at rest is free
    return _Answering(server, _security(request, services.settings))


class _Answering(Response):
    """Hands the request to the library, which answers by itself."""

    def __init__(self, server: "MCPServer[Any]", security: "TransportSecuritySettings") -> None:
        super().__init__()
        self._server = server
        self._security = security

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

        # No session outlives its request: there is none to steal, and any process can answer the next one.
        manager = StreamableHTTPSessionManager(
            self._server._lowlevel_server,  # the public way to it makes one manager for good
            json_response=True,
            stateless=True,
            security_settings=self._security,
        )
        async with manager.run():
            await manager.handle_request(scope, receive, send)


@cache
def _server() -> "MCPServer[Any]":
    from app.mcp_tools import mcp_server

    return mcp_server(_speaking)


@asynccontextmanager
async def _speaking(call: "Context[Any, Any]") -> AsyncIterator[httpx.AsyncClient]:
    """Our own API without a network, with the header that the caller sent."""
    request = call.request_context.request
    assert isinstance(request, Request)  # the one that came to `speak`
    transport = httpx.ASGITransport(request.app, raise_app_exceptions=False)
    headers = {"Authorization": request.headers["authorization"]}
    url = str(request.base_url)
    async with httpx.AsyncClient(transport=transport, base_url=url, headers=headers, trust_env=False) as client:
        yield client


def _security(request: Request, settings: Settings) -> "TransportSecuritySettings":
    """Against pages that lead a browser here under a name of theirs: on a laptop this machine's names alone, and a page
    of another origin nowhere."""
    from mcp.server.transport_security import TransportSecuritySettings

    host = request.headers.get("host", "")
    hosts = [name for one in _LOOPBACK for name in (one, f"{one}:*")] if settings.deployment == "laptop" else [host]
    return TransportSecuritySettings(allowed_hosts=hosts, allowed_origins=[f"{request.url.scheme}://{host}"])
