"""`attune mcp`: the same tools over standard input and output, for desktop programs that start what they speak to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated

import httpx
import typer

from app.command import Installation, fetch_models, run, settings_from
from app.settings import Settings

TIMEOUT = httpx.Timeout(30.0, read=600.0)  # seconds; a long answer on a slow machine takes minutes


def mcp(
    context: typer.Context,
    user: Annotated[str | None, typer.Option("--user", help="Act for this person (their e-mail).")] = None,
    url: Annotated[str | None, typer.Option("--url", help="A server elsewhere; needs --token-file.")] = None,
    token_file: Annotated[Path | None, typer.Option(help="A file with a token of that server.", exists=True)] = None,
    home: Installation = None,
) -> None:
    """Serve MCP over standard input and output, through the server of this home or the one at --url."""
    if (url is None) != (token_file is None) or (url and user):
        raise typer.BadParameter("--url and --token-file go together, and without --user: the token says who asks")

    async def work() -> None:
        from app.auth import OWNER_EMAIL

        if url and token_file:
            async with _speaking_to(url, token_file.read_text().strip()) as client:
                await _serve(client)
            return
        async with _own(settings_from(home=home or context.obj), user or OWNER_EMAIL) as client:
            await _serve(client)

    run(work(), httpx.HTTPError)


async def _serve(client: httpx.AsyncClient) -> None:
    from app.mcp_tools import Call, mcp_server

    @asynccontextmanager
    async def speaking(_: Call) -> AsyncIterator[httpx.AsyncClient]:
        yield client

    await mcp_server(speaking).run_stdio_async()


@asynccontextmanager
async def _own(settings: Settings, email: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of this home's server as this person, whose token ends with the block."""
    from app.main import create_app
    from app.server import connect

    await asyncio.to_thread(fetch_models, settings)  # where no server runs, this process is one
    body = {"email": email, "label": "attune mcp"}
    async with connect(settings, create_app(settings, warm=False)) as address:
        async with _speaking_to(address.url, address.token) as owner:
            made = (await owner.post("/api/v1/admin/tokens", json=body)).raise_for_status().json()
        async with _speaking_to(address.url, made["token"]) as client:
            try:
                yield client
            finally:
                await _end(client)


async def _end(client: httpx.AsyncClient) -> None:
    """Make the client's token worth nothing any more; one that is too old is so already."""
    held = await client.get("/api/v1/me/tokens", params={"limit": 200})
    for token in held.json().get("items", ()):
        if token["current"]:
            await client.delete(f"/api/v1/me/tokens/{token['id']}")


def _speaking_to(url: str, token: str) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT, trust_env=False)
