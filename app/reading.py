"""From a file to passages and their vectors: what any machine can do of taking in a document. Knows no table."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from retrieval.passages import Cutter
from retrieval.ports import Encoder, Loader, LoadError, Vectors
from retrieval.types import LoadedDocument, Passage


class Reader(Protocol):
    """Reads a file; afterwards it may be asked for the vectors of what it read."""

    @property
    def version(self) -> str:
        """Of the encoder."""

    async def read(self, path: Path, name: str, document_id: str) -> tuple[LoadedDocument, Sequence[Passage]]:
        """What is in the file, and its passages, at least one. Raises LoadError."""

    async def encode(self, passages: Sequence[Passage]) -> Vectors:
        """Shape (passages, dimension)."""


@dataclass(frozen=True)
class OwnReader:
    """Reads on this machine."""

    loader: Loader
    encoder: Encoder
    cutter: Cutter

    @property
    def version(self) -> str:
        return self.encoder.version

    async def read(self, path: Path, name: str, document_id: str) -> tuple[LoadedDocument, Sequence[Passage]]:
        loaded = await self.loader.load(path, name)
        passages = await asyncio.to_thread(self.cutter.cut, document_id, loaded)
        if not passages:
            raise LoadError("no_text", "the file holds no text")
        return loaded, passages

    async def encode(self, passages: Sequence[Passage]) -> Vectors:
        return await self.encoder.encode_passages([passage.indexed_text for passage in passages])
