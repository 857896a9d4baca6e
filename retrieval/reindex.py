"""Builds a new encoder's index beside the old one until the two hold the same. Knows nothing of which one is in use."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from retrieval.ports import PassageIndex, Vectors

_AT_ONCE = 16  # documents; the encoder batches across them
_ROUNDS = 20


class ReindexError(Exception):
    """The old index changed faster than the new one could follow."""


class EncodesPassages(Protocol):
    """The one thing that re-indexing asks of an encoder."""

    async def encode_passages(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True)
class _Content:
    """A document as an index holds it; the readers stand apart from the digest because they need no model."""

    digest: int
    readers: frozenset[str]


async def rebuild(old: PassageIndex, new: PassageIndex, encoder: EncodesPassages) -> int:
    """Bring `new` to what `old` holds, encoded by `encoder`; the passages in the new index when both agree.

    May be stopped and started again: only what differs is done. Documents that change meanwhile are caught up; call it
    once more while nothing writes to `old`, then hand over. Passages keep their cuts, so where the new window is
    shorter than the old one their tails are lost to the dense vector until the documents are ingested again.
    Raises ReindexError.
    """
    for _ in range(_ROUNDS):
        before, after = await _contents(old), await _contents(new)
        changed = [document for document, content in before.items() if after.get(document) != content]
        gone = after.keys() - before.keys()
        if not changed and not gone:
            return await new.count()
        for document in gone:
            await new.delete_document(document)
        for some in _groups(changed):
            await asyncio.gather(*[_follow(document, before, after, (old, new), encoder) for document in some])
    raise ReindexError("documents kept changing while they were re-indexed: pause what writes them and start it again")


async def _contents(index: PassageIndex) -> dict[str, _Content]:
    """What nobody may read counts as absent: no search will miss it."""
    digests: dict[str, int] = {}
    readers: dict[str, frozenset[str]] = {}
    async for passage, allowed in index.scroll():
        if allowed:
            # A sum, because a scroll gives passages in no order of the document's.
            digests[passage.document_id] = digests.get(passage.document_id, 0) + hash(passage)
            readers[passage.document_id] = allowed
    return {document: _Content(digest, readers[document]) for document, digest in digests.items()}


async def _follow(
    document: str,
    before: dict[str, _Content],
    after: dict[str, _Content],
    indexes: tuple[PassageIndex, PassageIndex],
    encoder: EncodesPassages,
) -> None:
    old, new = indexes
    readers = before[document].readers
    if document in after and after[document].digest == before[document].digest:
        await new.set_readers(document, readers)
        return
    passages = await old.passages(document, readers)
    vectors = await encoder.encode_passages([passage.indexed_text for passage in passages])
    await new.replace_document(document, passages, vectors, readers)


def _groups(documents: list[str]) -> Iterator[Iterable[str]]:
    for start in range(0, len(documents), _AT_ONCE):
        yield documents[start : start + _AT_ONCE]
