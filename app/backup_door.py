"""The way of `attune backup` to the data: through the server that owns the home, or, where none runs, right here."""

import asyncio
import time
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from typing import IO, Any

import httpx

from app.backup import LEFT_OUT, SECRETS, BackupError, copy_closed_index, discard, require_embedded, take
from app.backup_archive import manifest_of, write_all, writing
from app.home import Home, ServerAddress
from app.running import join_or_take, speaking_to
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
        address = await join_or_take(stack, home, partial(_own, stack, home))
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


async def _own(stack: AsyncExitStack, home: Home) -> None:
    """The home is ours until the stack is closed. Raises HomeBusyError."""
    stack.enter_context(home.own())


async def _fetch(address: ServerAddress, sink: IO[bytes]) -> None:
    async with (
        speaking_to(address, _PATIENCE) as client,
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
