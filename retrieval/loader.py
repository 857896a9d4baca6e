"""The Loader that reads each file in a worker process, because uploads are hostile. Knows no file format itself."""

import asyncio
from pathlib import Path

from retrieval.loader_ocr import ocr_installed, remedy
from retrieval.loader_process import LoadLimits, Workers
from retrieval.ports import LoadError
from retrieval.types import Block, LoadedDocument

__all__ = ["LoadLimits", "SubprocessLoader"]


class SubprocessLoader:
    """Reads files in worker processes."""

    def __init__(
        self, limits: LoadLimits | None = None, *, ocr: bool = False, workers: int = 1, files_per_worker: int = 500
    ) -> None:
        if ocr and not ocr_installed():
            raise RuntimeError(f"reading scans needs the extra `ocr`: {remedy()}")
        self._limits = limits or LoadLimits()
        self._workers = Workers(self._limits, ocr=ocr, workers=workers, files_per_worker=files_per_worker)

    async def load(self, path: Path, name: str) -> LoadedDocument:
        """Read `path`, once called `name`. Raises LoadError."""
        path = await asyncio.to_thread(path.absolute)
        size = (await asyncio.to_thread(path.stat)).st_size
        if size > self._limits.file_bytes:
            raise LoadError("too_large", f"the file has {size} bytes, {self._limits.file_bytes} are allowed: split it")
        reply = await self._workers.ask({"path": str(path), "name": name})
        blocks = tuple(Block(*values) for values in reply["blocks"])
        return LoadedDocument(reply["title"], reply["media_type"], blocks, reply["pages"], reply["note"])

    async def close(self) -> None:
        """End the workers."""
        await self._workers.close()
