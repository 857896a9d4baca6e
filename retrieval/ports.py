"""The ports of retrieval. Implementations live beside this file; the composition root picks them."""

from collections.abc import AsyncIterator, Collection, Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from retrieval.types import Hit, LoadedDocument, Passage, Query, Selection

Vectors = npt.NDArray[np.float32]  # (n, dimension), rows of unit length

LoadFailure = Literal["needs_password", "no_text", "unreadable", "unsupported", "too_large"]


class LoadError(Exception):
    """A file that cannot be indexed: `status` says which kind, the message says why and what to do about it."""

    def __init__(self, status: LoadFailure, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


class ForeignIndexError(Exception):
    """The index on disk was built by another encoder than the one configured."""


class Loader(Protocol):
    """Reads one untrusted file within limits of time and memory."""

    async def load(self, path: Path, name: str) -> LoadedDocument:
        """Return the text of `path`, whose original file name is `name`. Raises LoadError."""

    async def close(self) -> None: ...


class Encoder(Protocol):
    """Texts to unit vectors; concurrent calls are batched inside."""

    @property
    def version(self) -> str:
        """Identity of weights and preprocessing; part of the index's name."""

    @property
    def dimension(self) -> int: ...

    @property
    def window(self) -> int:
        """Tokens that one text may have before it is cut."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens included."""

    async def encode_queries(self, texts: Sequence[str]) -> Vectors: ...

    async def encode_passages(self, texts: Sequence[str]) -> Vectors: ...

    async def close(self) -> None: ...


class PassageIndex(Protocol):
    """Passages with dense and BM25 vectors and readers. What `replace_document` acknowledged survives kill -9."""

    async def replace_document(
        self, document_id: str, passages: Sequence[Passage], vectors: Vectors, readers: frozenset[str]
    ) -> None:
        """Make `passages` the whole content of the document. Safe to repeat."""

    async def delete_document(self, document_id: str) -> None:
        """Remove every point of the document. Safe to repeat."""

    async def delete_beside(self, document_ids: Collection[str]) -> None:
        """Remove the documents also from what other encoders left beside, to the last byte where that is ours to do."""

    async def forget_deleted(self) -> None:
        """Return when no byte is left of what was deleted before; where that is the engine's business, at once.

        May be given up waiting for: it happens by itself, soon after the writes, and a crash does not forget it.
        """

    async def set_readers(self, document_id: str, readers: frozenset[str]) -> None: ...

    async def search(self, query: Query, vector: Vectors) -> list[Hit]:
        """Best `query.limit` hits; `vector` has shape (dimension,). The readers filter runs inside the query."""

    async def passages(self, document_id: str, readers: frozenset[str]) -> list[Passage]:
        """The document's passages in order; empty where no reader may see it."""

    def scroll(self) -> AsyncIterator[tuple[Passage, frozenset[str]]]:
        """Every passage with its readers, for re-indexing; no person's request may call this."""

    async def count(self) -> int: ...

    async def close(self) -> None: ...


class Selector(Protocol):
    """Keeps the passages that are useful for answering, possibly none."""

    @property
    def version(self) -> str: ...

    async def select(self, question: str, hits: Sequence[Hit]) -> Selection: ...


class Verifier(Protocol):
    """Says whether a cited passage supports a sentence."""

    @property
    def version(self) -> str: ...

    async def support(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Estimated chance, in [0, 1], that the passage (second) supports the whole of the sentence (first)."""
