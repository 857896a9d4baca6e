"""A home made of a backup: unpacked beside its place, checked, put right, named last. Overwrites nothing."""

import asyncio
import errno
import os
import shutil
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from alembic.script import ScriptDirectory

from app import access, backup_rows, forgetting_rows
from app.backup import BackupError, require_embedded
from app.backup_archive import Manifest, reading, write_member
from app.db import Database, alembic_config, sqlite_url
from app.home import RESERVED_BYTES, Home
from app.originals import sync_folder
from app.settings import Settings

if TYPE_CHECKING:
    from retrieval.index_edge import EdgeIndex


async def restore(archive: Path, settings: Settings) -> dict[str, Any]:
    """Make the home of these settings out of a backup; the figures of the command.

    Raises BackupError where the home is not empty, the archive is damaged or not ours, or its schema is unknown here;
    HomeBusyError where the same is being restored already.
    """
    require_embedded(settings)
    started = time.perf_counter()
    place = settings.home.absolute()
    if place.is_file() or (place.is_dir() and any(place.iterdir())):
        raise BackupError(f"{place} is not empty: name a folder that is, or that does not exist, with --home")
    draft = Home(place.with_name(f".{place.name}.restoring"))
    with draft.own():
        try:
            manifest = await asyncio.to_thread(_unpack, archive, draft)
            put_right = await _put_right(draft)
            await asyncio.to_thread(_name, draft, place)
        except BaseException:
            await asyncio.to_thread(shutil.rmtree, draft.root, ignore_errors=True)
            raise
    held = {"files": len(manifest.files), "bytes": manifest.bytes, "people": manifest.people}
    figures = {"home": str(place), "created": manifest.created, **held, "documents": manifest.documents, **put_right}
    return figures | {"seconds": round(time.perf_counter() - started, 3)}


def _unpack(archive: Path, draft: Home) -> Manifest:
    for left in draft.root.iterdir():  # of a restore that was killed
        if left.name != "lock":
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    draft.create()
    with reading(archive) as (manifest, members):
        if manifest.schema not in _known_schemas():
            raise BackupError(
                f"the backup was made by Attune {manifest.attune} with schema {manifest.schema}, which this version "
                "does not know: update Attune, and restore then"
            )
        draft.require_space(manifest.bytes + RESERVED_BYTES)
        for name, content in members:
            target = draft.root / name
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_member(content, target, manifest.files[name])
            if name.startswith(f"{draft.models.name}/"):
                target.chmod(0o400)
    if not draft.database.exists():
        raise BackupError(f"{archive} holds no database: it was not made by `attune backup`")
    return manifest


def _known_schemas() -> set[str]:
    scripts = ScriptDirectory.from_config(alembic_config("sqlite://"))
    return {script.revision for script in scripts.walk_revisions()}


async def _put_right(draft: Home) -> dict[str, int]:
    """Bring the schema up to date, and database and index, which were not taken at one moment, to the same."""
    database = Database(sqlite_url(draft.database))
    try:
        await database.migrate()
        indexes = await _open_indexes(draft)
        try:
            return await _reconcile(database, draft, indexes)
        finally:
            for index in indexes.values():
                await index.close()
    finally:
        await database.close()


async def _open_indexes(draft: Home) -> dict[str, "EdgeIndex"]:
    from retrieval import index_versions
    from retrieval.index_edge import EdgeIndex

    versions = await asyncio.to_thread(index_versions.beside, draft.index, "")
    return {
        version: await EdgeIndex.open(draft.index, version, index_versions.dimension(draft.index, version))
        for version in versions
    }


async def _reconcile(database: Database, draft: Home, indexes: Mapping[str, "EdgeIndex"]) -> dict[str, int]:
    """What is indexed and not whole is read again; what nobody owns, or has lost both text and file, goes. Who may read
    what is as the tables say."""
    figures = {"read_again": 0, "dropped": 0}
    async with database.session() as session:
        rows = await backup_rows.everybodys(session)
        allowed = await access.readers(session, None)
        whole = {version: await _tidy(index, allowed) for version, index in indexes.items()}
        for row in rows:
            held = whole.get(row.encoder_version or "", Counter())[row.id]
            if row.status != "indexed" or held == row.passages:
                continue
            if draft.original(row.owner_id, row.sha256).exists():
                await backup_rows.read_again(session, row)
                figures["read_again"] += 1
            else:  # deleted while the backup was made
                await forgetting_rows.erase_document(session, row.owner_id, row.id)
                figures["dropped"] += 1
    return figures


async def _tidy(index: "EdgeIndex", allowed: Mapping[str, frozenset[str]]) -> Counter[str]:
    """Passages of each document that somebody is `allowed` to read; those of others are removed."""
    held, told = Counter[str](), defaultdict[str, set[frozenset[str]]](set)
    async for passage, readers in index.scroll():
        held[passage.document_id] += 1
        told[passage.document_id].add(readers)
    for document, readers_told in told.items():
        if document not in allowed:
            await index.delete_document(document)
        elif readers_told != {allowed[document]}:
            await index.set_readers(document, allowed[document])
    return held


def _name(draft: Home, place: Path) -> None:
    os.sync()
    try:
        draft.root.rename(place)
    except OSError as error:
        if error.errno not in {errno.EBUSY, errno.EXDEV, errno.ENOTEMPTY}:
            raise
        raise BackupError(
            f"{place} cannot be replaced ({error.strerror}): name a folder that does not exist, below it for instance"
        ) from error
    sync_folder(place.parent)
