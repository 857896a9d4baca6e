"""Folders of Qdrant Edge shards: made, opened, copied, optimised and switched. Knows no passage and no query."""

import asyncio
import os
import shutil
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import qdrant_edge as edge

from retrieval import index_migration
from retrieval.index_points import BM25, DENSE, DOCUMENT, foreign
from retrieval.ports import ForeignIndexError

_BUILDING = "building"  # a file in the folder of an index that is not to be used yet
_CURRENT = "current"  # a file that names the generation in use; it is replaced by one rename
GONE = ".{}.gone"  # an encoder's index that is being removed
_GENERATION = "generation-{}"
_PAGE = 512  # points in one step of a scroll

_DELETED = "deleted"  # a file that says: bytes of deleted points may lie in the generation in use

# Edge holds the interpreter's lock while it optimises, for minutes, so another process has to. A segment is written
# anew if a single point of it was deleted. The log goes as a whole, for it holds what was deleted. A new one counts its
# operations from 0, and after a crash Edge repeats none that is older than its segment: so we count up to that first.
_OPTIMIZE = """
import ctypes, os, shutil, sys
from qdrant_edge import (Distance, EdgeConfig, EdgeOptimizersConfig, EdgeShard, EdgeSparseVectorParams,
                         EdgeVectorParams, Modifier, UpdateOperation)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG: die with the process that waits for the result
os.nice(10)
place, dimension, dense, bm25 = sys.argv[1:]
shard = EdgeShard.load(place, EdgeConfig(
    vectors={dense: EdgeVectorParams(int(dimension), Distance.Cosine)},
    sparse_vectors={bm25: EdgeSparseVectorParams(modifier=Modifier.Idf)},
    optimizers=EdgeOptimizersConfig(deleted_threshold=0.0, vacuum_min_vector_number=1),
))
shard.optimize()
shard.flush()
newest = max((segment["segment_version"] or 0 for segment in shard.snapshot_manifest().values()), default=0)
shard.close()
shutil.rmtree(os.path.join(place, "wal"))
shard = EdgeShard.load(place)
for _ in range(newest + 1):
    shard.update(UpdateOperation.delete_points([]))
shard.flush()
shard.close()
"""


class IndexBusyError(Exception):
    """Another process has the index open."""


class OptimizeError(Exception):
    """The optimiser's process died; the index goes on as it was."""


@dataclass
class Live:
    """A shard in use. The last reader of a retired one closes it and removes its folder."""

    shard: edge.EdgeShard
    place: Path
    readers: int = 0
    retired: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    async def retire(self) -> None:
        """Return when the last reader has left and the folder is gone."""
        self.retired = True
        await self._discard_unread()
        await self.gone.wait()

    async def leave(self) -> None:
        self.readers -= 1
        await self._discard_unread()

    async def _discard_unread(self) -> None:
        if self.retired and self.readers == 0:
            await asyncio.to_thread(self.shard.close)
            await asyncio.to_thread(shutil.rmtree, self.place)
            self.gone.set()


def open_current(folder: Path, version: str, dimension: int, beside: bool) -> tuple[edge.EdgeShard, Path]:
    """The shard in use of encoder `version`, and where it lies. Raises ForeignIndexError, IndexBusyError."""
    own = folder / version
    if not beside and (not own.exists() or (own / _BUILDING).exists()):
        built_by = [name for name in others(folder, own) if holds_passages(folder / name)]
        if built_by:
            raise ForeignIndexError(foreign(built_by, version))
    if not own.exists():
        _create(own, dimension, beside and bool(others(folder, own)))
    elif beside and others(folder, own) and not holds_passages(own):
        (own / _BUILDING).touch()
    place = current(own)
    shard = load(place)
    index_migration.migrate(shard)
    for path in [*own.glob(_GENERATION.format("*")), *folder.glob(GONE.format("*"))]:
        if path != place:  # a switch or a removal that was cut short
            shutil.rmtree(path, ignore_errors=True)
    return shard, place


def finish(place: Path) -> None:
    """Let an index that was built beside be opened as any other."""
    (place.parent / _BUILDING).unlink(missing_ok=True)


def copy(place: Path) -> Path:
    """The next generation as a copy of a shard that nobody writes to meanwhile."""
    taken = [int(path.name.rpartition("-")[2]) for path in place.parent.glob(_GENERATION.format("*"))]
    return Path(shutil.copytree(place, place.with_name(_GENERATION.format(max(taken) + 1))))


def note_deleted(place: Path) -> None:
    """Remember that bytes of deleted points lie in the generations of `place`."""
    (place.parent / _DELETED).touch()


def note_forgotten(place: Path) -> None:
    """No byte of a deleted point is left."""
    (place.parent / _DELETED).unlink(missing_ok=True)


def holds_deleted(place: Path) -> bool:
    return (place.parent / _DELETED).exists()


async def optimize(place: Path, dimension: int) -> None:
    """Build graphs of a shard that nobody has open and remove what was deleted, in another process.

    Raises OptimizeError.
    """
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _OPTIMIZE, str(place), str(dimension), DENSE, BM25, stderr=asyncio.subprocess.PIPE
    )
    try:
        _, complaint = await child.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):  # it may have ended in this very moment
            child.kill()
        await child.wait()
        raise
    if child.returncode:
        raise OptimizeError(f"optimising {place} ended with {child.returncode}: {complaint.decode()[-500:]}")


def catch_up(target: edge.EdgeShard, source: edge.EdgeShard, documents: Iterable[str]) -> None:
    """Make `target` hold these documents as `source` does."""
    for document_id in documents:
        whole = of_document(document_id)
        target.update(edge.UpdateOperation.delete_points_by_filter(whole))
        offset: Any = None
        while True:
            records, offset = source.scroll(
                edge.ScrollRequest(offset, _PAGE, whole, with_payload=True, with_vector=True)
            )
            points = [edge.Point(record.id, record.vector or {}, record.payload) for record in records]
            target.update(edge.UpdateOperation.upsert_points(points))
            if offset is None:
                break
    target.flush()


def of_document(document_id: str) -> edge.Filter:
    """Every point of a document."""
    return edge.Filter(must=[edge.FieldCondition(DOCUMENT, match=edge.MatchValue(document_id))])


def switch(place: Path) -> None:
    """Make `place` the generation in use, for this process and after any crash."""
    draft = place.parent / f".{_CURRENT}"
    with draft.open("w") as handle:
        handle.write(place.name)
        handle.flush()
        os.fsync(handle.fileno())
    draft.rename(place.parent / _CURRENT)


def load(place: Path) -> edge.EdgeShard:
    """The shard at `place`. Raises IndexBusyError."""
    try:
        return edge.EdgeShard.load(str(place))
    except Exception as error:  # Edge raises nothing narrower
        if "WouldBlock" not in str(error):
            raise
        raise IndexBusyError(f"{place} is open in another process: stop it, or send it the request instead") from error


def close(shard: edge.EdgeShard) -> None:
    """Write everything out and free the folder."""
    shard.flush()
    shard.close()


def _create(own: Path, dimension: int, building: bool) -> None:
    # Made under another name and renamed, so that a folder with the version's name is always a whole index.
    draft = own.with_name(f".{own.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    place = draft / _GENERATION.format(1)
    dense = edge.EdgeVectorParams(dimension, edge.Distance.Cosine)
    sparse = edge.EdgeSparseVectorParams(modifier=edge.Modifier.Idf)
    shard = edge.EdgeShard.create(str(place), edge.EdgeConfig(vectors={DENSE: dense}, sparse_vectors={BM25: sparse}))
    shard.update(edge.UpdateOperation.create_field_index(DOCUMENT, edge.KeywordIndexParams(enable_hnsw=False)))
    index_migration.migrate(shard)
    close(shard)
    switch(place)
    if building:
        (draft / _BUILDING).touch()
    draft.rename(own)


def others(folder: Path, own: Path) -> list[str]:
    """Encoders' versions whose index lies beside `own`."""
    return [path.parent.name for path in sorted(folder.glob(f"[!.]*/{_CURRENT}")) if path.parent != own]


def current(own: Path) -> Path:
    """The generation in use."""
    return own / (own / _CURRENT).read_text()


def is_finished(own: Path) -> bool:
    """Whether this is an index that may be used."""
    return (own / _CURRENT).exists() and not (own / _BUILDING).exists()


def holds_passages(own: Path) -> bool:
    """Whether this index is finished and not empty. Raises IndexBusyError."""
    if not is_finished(own):
        return False
    shard = load(current(own))
    try:
        return shard.count(edge.CountRequest(exact=True)) > 0
    finally:
        shard.close()
