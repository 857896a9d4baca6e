"""Pages of PDFs as pictures with a quote marked, drawn in worker processes of their own. Knows no person."""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from retrieval.loader_process import LoadLimits, Workers

# Apart from the loader's: somebody looks at a page while large files are read.
_LIMITS = LoadLimits(seconds=20.0, memory_bytes=1024 * 1024 * 1024, characters=8_000_000)


@dataclass(frozen=True)
class PageView:
    """A page as it is seen: how many there are, its size in points, and boxes (left, top, width, height) as shares."""

    pages: int
    width: float
    height: float
    marks: tuple[tuple[float, float, float, float], ...]


class PageViewer:
    """Draws one page at a time; starts its process at the first one."""

    def __init__(self, limits: LoadLimits = _LIMITS) -> None:
        self._workers = Workers(limits, files_per_worker=200)

    async def find(self, path: Path, number: int, quotes: Sequence[str]) -> PageView:
        """Where `quotes` stand on page `number` (from 1). Raises LoadError."""
        place = await asyncio.to_thread(path.absolute)
        reply = await self._workers.ask({"path": str(place), "page": number, "quotes": list(quotes)})
        marks = tuple((left, top, width, height) for left, top, width, height in reply["marks"])
        width, height = reply["size"]
        return PageView(reply["pages"], width, height, marks)

    async def draw(self, path: Path, number: int, width: int) -> bytes:
        """Page `number` as a PNG, `width` pixels wide or less where it is very tall. Raises LoadError."""
        place = await asyncio.to_thread(path.absolute)
        reply = await self._workers.ask({"path": str(place), "page": number, "width": width})
        return await asyncio.to_thread(base64.b64decode, reply["image"])

    async def close(self) -> None:
        """End the process."""
        await self._workers.close()
