"""Lines of JSON as a Parquet file, in constant memory. Knows no feedback: the columns are those of the rows.

Two passes over the lines: what one row leaves empty another fills, so the columns are known at the end only. An object
whose keys are data (versions by kind, events by name) is JSON text in Parquet: it has no columns of its own.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

FREE = frozenset({"versions", "rejected_versions", "value", "events", "next_message", "satisfaction"})
_PIECE = 1 << 18
_BATCH = 500  # rows in memory at once, and in a row group

Rows = list[dict[str, Any]]


class NoParquetError(Exception):
    """The library that writes Parquet is not installed; the message says how it is."""


def require_parquet() -> None:
    """Raises NoParquetError."""
    try:
        import pyarrow.parquet  # noqa: F401 (to see whether it is there)
    except ImportError:
        raise NoParquetError(
            "Parquet needs pyarrow, which is not installed: pip install 'attune[train]', or export to a file that does "
            "not end in .parquet, which is JSON lines"
        ) from None


async def as_parquet(lines: AsyncIterator[str], folder: Path) -> AsyncIterator[bytes]:
    """The file, piece by piece. What it takes lies in `folder` without a name, so that no end of ours leaves it there.
    Whoever calls has looked whether it can be written (`require_parquet`)."""
    with TemporaryFile(dir=folder) as rows, TemporaryFile(dir=folder) as columns:
        async for line in lines:
            rows.write(line.encode())
        await asyncio.to_thread(to_parquet, rows, columns)
        columns.seek(0)
        while piece := await asyncio.to_thread(columns.read, _PIECE):
            yield piece


def to_parquet(lines: IO[bytes], out: IO[bytes]) -> int:
    """Write the rows of a file of JSON lines; how many. Raises NoParquetError."""
    require_parquet()
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema, count = pa.schema([]), 0
    for batch in _batches(lines):
        schema = pa.unify_schemas([schema, _table(batch).schema], promote_options="permissive")
    with pq.ParquetWriter(out, schema, compression="zstd") as writer:
        for batch in _batches(lines):
            writer.write_table(_table(batch, schema))
            count += len(batch)
    return count


def _table(batch: Rows, schema: "pa.Schema | None" = None) -> "pa.Table":
    import pyarrow as pa

    names = schema.names if schema is not None else list(dict.fromkeys(name for row in batch for name in row))
    return pa.Table.from_pydict({name: [row.get(name) for row in batch] for name in names}, schema=schema)


def _batches(lines: IO[bytes]) -> Iterator[Rows]:
    lines.seek(0)
    while batch := [_closed(json.loads(line)) for line in islice(lines, _BATCH)]:
        yield batch


def _closed(value: Any) -> Any:
    """The value with objects of free keys as text."""
    if isinstance(value, list):
        return [_closed(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        name: json.dumps(one, ensure_ascii=False) if name in FREE and one is not None else _closed(one)
        for name, one in value.items()
    }
