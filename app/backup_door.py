"""The way of `attune backup` to the data: through the server that owns the home, or, where none runs, right here."""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import IO, Any

import httpx

from app.backup import LEFT_OUT, SECRETS, BackupError, copy_closed_index, discard, require_embedded, take
from app.backup_archive import manifest_of, write_all, writing
from app.home import Home, HomeBusyError, ServerAddress
from app.running import STARTING_SECONDS, join
from app.settings import Settings

_PATIENCE = httpx.Timeout(30.0, read=3600.0)  # a large home is copied and hashed before the first byte comes


async def back_up(settings: Settings, out: Path) -> dict[str, Any]:
    """Write a backup of the home of these settings to `out`; the figures of the command. Raises BackupError."""
    require_embedded(settings)
    started = time.perf_counter()
    home = Home(settings.home)
    if not home.database.exists():
        raise BackupError(f"{home.root} is no home: name one with --home")
    async with AsyncExitStack() as stack:
        address = await _find_or_own(stack, home)
        with writing(out) as sink:
            await (_fetch(address, sink) if address else _write(home, sink))
    manifest, size = await asyncio.to_thread(lambda: (manifest_of(out), out.stat().st_size))
    return {
        "out": str(out),
        "bytes": size,
        "files": len(manifest.files),
        "people": manifest.people,
        "documents": manifest.documents,
        "missing_originals": manifest.missing_originals,
        "secrets": [name for name in SECRETS if name in manifest.files],
        "left_out": list(LEFT_OUT),
        "seconds": round(time.perf_counter() - started, 3),
    }


async def _find_or_own(stack: AsyncExitStack, home: Home) -> ServerAddress | None:
    """The server that answers; None once the home is ours until the stack is closed."""
    deadline = asyncio.get_running_loop().time() + STARTING_SECONDS
    while (address := await join(stack, home)) is None:
        try:
            stack.enter_context(home.own())
            return None
        except HomeBusyError:  # its owner starts, or ends, or is a command like this one
            if asyncio.get_running_loop().time() > deadline:
                raise
        await asyncio.sleep(0.1)
    return address


async def _fetch(address: ServerAddress, sink: IO[bytes]) -> None:
    headers = {"Authorization": f"Bearer {address.token}"}
    async with (
        httpx.AsyncClient(base_url=address.url, headers=headers, timeout=_PATIENCE, trust_env=False) as client,
        client.stream("POST", "/api/v1/admin/backup") as response,
    ):
        if response.is_error:
            await response.aread()
            raise BackupError(response.json()["detail"])
        async for piece in response.aiter_bytes():
            sink.write(piece)


async def _write(home: Home, sink: IO[bytes]) -> None:
    async def copy_index(folder: Path) -> None:
        await asyncio.to_thread(copy_closed_index, home, folder)

    snapshot = await take(home, copy_index)
    try:
        await asyncio.to_thread(write_all, snapshot, sink)
    finally:
        await asyncio.to_thread(discard, snapshot)
