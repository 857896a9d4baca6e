"""A backup of a home in use, for admins: what `attune backup` speaks to where a server runs."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from starlette.concurrency import iterate_in_threadpool

from app import audit
from app.backup import BackupError, Snapshot, discard, require_embedded, take
from app.backup_archive import Manifest, describe, pieces
from app.deps import CurrentPerson, ServicesDep, require_role
from app.problems import Problem

router = APIRouter(prefix="/api/v1/admin", tags=["admin"])

_TAR = "application/x-tar"
_ARCHIVE: dict[int | str, dict[str, Any]] = {200: {"content": {_TAR: {}}}}


@router.post("/backup", response_class=StreamingResponse, responses=_ARCHIVE)
async def back_up(person: CurrentPerson, services: ServicesDep) -> StreamingResponse:
    """Everything in this home, of everybody, as a tar: `attune restore` makes a home of it. Work goes on meanwhile."""
    from retrieval.index_edge import EdgeIndex

    require_role(person, "admin")
    try:
        require_embedded(services.settings)
    except BackupError as error:
        raise Problem(409, str(error)) from None
    assert isinstance(services.index, EdgeIndex), "the settings say so"
    snapshot = await take(services.home, services.index.copy_out)
    try:
        manifest = await asyncio.to_thread(describe, snapshot)
    except BaseException:
        await asyncio.to_thread(discard, snapshot)
        raise
    audit.note("home backed up", by=person.id)
    return StreamingResponse(_stream(snapshot, manifest), media_type=_TAR, headers={"Cache-Control": "no-store"})


async def _stream(snapshot: Snapshot, manifest: Manifest) -> AsyncIterator[bytes]:
    try:
        async for piece in iterate_in_threadpool(pieces(snapshot.folder, manifest)):
            yield piece
    finally:
        discard(snapshot)  # at once: a client that has gone cancels whatever is awaited here
