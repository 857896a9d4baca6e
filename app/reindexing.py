"""`attune reindex`: stored passages encoded anew beside the old index, then a switch. Knows no request and no job."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

from app import adapters, documents
from app.db import Database, sqlite_url
from app.home import Home, HomeBusyError
from app.settings import Settings
from retrieval.ports import Encoder, Vectors

if TYPE_CHECKING:
    from retrieval.index_edge import EdgeIndex

Tell = Callable[[int, int], None]  # passages done, passages in all


class CannotReindexError(Exception):
    """What is there cannot be re-indexed by this command; the message says why and what to do."""


@dataclass
class _Counting:
    """An encoder that tells how far it is."""

    encoder: Encoder
    done: int
    total: int
    tell: Tell

    async def encode_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = await self.encoder.encode_passages(texts)
        self.done += len(texts)
        self.tell(min(self.done, self.total), self.total)
        return vectors


async def reindex(settings: Settings, tell: Tell) -> dict[str, object]:
    """Hand the index of another encoder over to the configured one; the figures of the command.

    Killed and started again, it goes on where it was. Raises CannotReindexError, HomeBusyError.
    """
    if settings.index != "edge":
        raise CannotReindexError("ATTUNE_INDEX is `server`, and this command re-indexes the index in the home alone")
    started = time.perf_counter()
    home = Home(settings.home)
    try:
        with home.own():
            encoder = await asyncio.to_thread(adapters.make_encoder, settings)
            try:
                passages, replaced = await _hand_over(settings, home, encoder, tell)
            finally:
                await encoder.close()
    except HomeBusyError:
        said = f"{settings.home} is in use: stop the Attune process that uses it (`attune up`?), and re-index then"
        raise HomeBusyError(said) from None
    seconds = round(time.perf_counter() - started, 3)
    return {"passages": passages, "seconds": seconds, "from": replaced, "to": encoder.version}


async def reindex_watched(settings: Settings) -> dict[str, object]:
    """The same with a progress bar on stderr."""
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("encoding passages", total=None)
        return await reindex(settings, lambda done, total: progress.update(task, completed=done, total=total))


async def _hand_over(settings: Settings, home: Home, encoder: Encoder, tell: Tell) -> tuple[int, str | None]:
    from retrieval import index_versions
    from retrieval.index_edge import EdgeIndex

    sources = await asyncio.to_thread(index_versions.stored, home.index, encoder.version)
    switched = await asyncio.to_thread(index_versions.finished, home.index, encoder.version)
    if len(sources) > 1 and not switched:
        found = " and ".join(sources)
        raise CannotReindexError(f"{home.index} holds passages of {found}: move away all but the one that was in use")
    new = await EdgeIndex.open(home.index, encoder.version, encoder.dimension, beside=True)
    try:
        if sources and not switched:
            await _follow(home, sources[0], new, encoder, tell)
            await new.finish()
        passages = await new.count()
    finally:
        await new.close()
    # The old index goes last: whatever was cut short before is done by the next run.
    await _note(settings, home, encoder.version)
    for source in sources:
        await asyncio.to_thread(index_versions.remove, home.index, source)
    return passages, " and ".join(sources) or None


async def _follow(home: Home, source: str, new: "EdgeIndex", encoder: Encoder, tell: Tell) -> None:
    from retrieval import index_versions, reindex
    from retrieval.index_edge import EdgeIndex

    dimension = await asyncio.to_thread(index_versions.dimension, home.index, source)
    old = await EdgeIndex.open(home.index, source, dimension)
    try:
        counting = _Counting(encoder, await new.count(), await old.count(), tell)
        await reindex.rebuild(old, new, counting)
    finally:
        await old.close()


async def _note(settings: Settings, home: Home, version: str) -> None:
    database = Database(settings.database_url or sqlite_url(home.database))
    try:
        await database.migrate()
        async with database.session() as session:
            await documents.set_encoder(session, version)
    finally:
        await database.close()
