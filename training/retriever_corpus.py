"""The documents that a retriever is fitted to: read, cut as the product cuts them, and encoded once.

Reads corpus.jsonl, or the files where there is none, and nothing else: whatever questions and judgements lie beside
them, nobody looks.
"""

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from app.versions import file_hash
from evaluation.datasets import is_document, read_entries
from evaluation.errors import DataError
from evaluation.indexing import EVERYONE, JudgedText, cut_text
from evaluation.progress import for_each, progress
from retrieval.passages import Cutter
from retrieval.ports import Encoder, Loader, LoadError, Vectors
from retrieval.types import Passage, document_id

Read = Callable[[Sequence[str]], Awaitable[Vectors]]

ENTRIES = "corpus.jsonl"
_AT_ONCE = 256  # passages encoded between two files of the cache: what a killed run loses at most


@dataclass(frozen=True)
class Corpus:
    """Passages, which of a data set's entries each belongs to, and the hash of all that was read."""

    name: str
    passages: tuple[Passage, ...]
    entries: tuple[str, ...]  # ids, as many as passages
    sha256: str


async def read_corpus(folder: Path, encoder: Encoder, loader: Loader) -> Corpus:
    """The corpus in `folder`. Raises DataError where it holds no text."""
    read = _entries if (folder / ENTRIES).exists() else _files
    corpus = await read(folder, encoder, loader)
    if not corpus.passages:
        raise DataError(f"{folder} holds neither a {ENTRIES} with texts nor a document that can be read")
    return corpus


async def _entries(folder: Path, encoder: Encoder, loader: Loader) -> Corpus:  # noqa: ARG001  one signature for both
    cutter, passages, names = Cutter(encoder), [], []
    for entry in read_entries(folder):
        pieces = cut_text(JudgedText(entry.id, entry.title, entry.text, entry.group or EVERYONE), cutter)
        passages += pieces
        names += [entry.id] * len(pieces)
    return Corpus(folder.name, tuple(passages), tuple(names), file_hash(folder / ENTRIES))


async def _files(folder: Path, encoder: Encoder, loader: Loader) -> Corpus:
    cutter = Cutter(encoder)
    files = await asyncio.to_thread(_documents, folder)

    async def read(file: Path) -> tuple[str, list[Passage]]:
        digest = await asyncio.to_thread(file_hash, file)
        try:
            loaded = await loader.load(file, file.name)
        except LoadError:  # as on ingest, a file that cannot be read is left out; `attune ingest` says why
            return digest, []
        return digest, await asyncio.to_thread(cutter.cut, document_id(EVERYONE, digest), loaded)

    found = dict(zip(files, await for_each(files, read, "reading", in_flight=2), strict=True))
    passages = {
        passage.id: passage for _, pieces in found.values() for passage in pieces
    }  # a copy is the same document
    names = tuple(passage.document_id for passage in passages.values())
    whole = hashlib.sha256("".join(sorted(digest for digest, _ in found.values())).encode()).hexdigest()
    return Corpus(folder.name, tuple(passages.values()), names, whole)


def _documents(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and is_document(folder, path)]


async def encode_passages(texts: Sequence[str], encoder: Encoder, cache: Path) -> Vectors:
    """Vectors of passages, shape (n, dimension); what was encoded before is read from the folder `cache`."""
    return await _encode(texts, encoder, ("passages", encoder.encode_passages), cache)


async def encode_questions(texts: Sequence[str], encoder: Encoder, cache: Path) -> Vectors:
    """The same for questions, which an encoder may read otherwise."""
    return await _encode(texts, encoder, ("questions", encoder.encode_queries), cache)


async def _encode(texts: Sequence[str], encoder: Encoder, read: tuple[str, Read], cache: Path) -> Vectors:
    found = [np.zeros((0, encoder.dimension), dtype=np.float32)]
    with progress(f"encoding {read[0]}", len(texts)) as advance:
        for start in range(0, len(texts), _AT_ONCE):
            some = list(texts[start : start + _AT_ONCE])
            named = json.dumps([encoder.version, read[0], some]).encode()
            kept = cache / f"{hashlib.sha256(named).hexdigest()[:24]}.npy"
            found.append(await _known_or_read(kept, read[1], some))
            for _ in some:
                advance()
    return np.concatenate(found)


async def _known_or_read(kept: Path, read: Read, texts: list[str]) -> Vectors:
    vectors = await asyncio.to_thread(_known, kept)
    if vectors is None:
        vectors = await read(texts)
        await asyncio.to_thread(_keep, kept, vectors)
    return vectors


def _known(kept: Path) -> Vectors | None:
    return np.load(kept) if kept.exists() else None


def _keep(kept: Path, vectors: Vectors) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    beside = kept.with_suffix(".part")
    with beside.open("wb") as file:
        np.save(file, vectors)
    beside.replace(kept)
