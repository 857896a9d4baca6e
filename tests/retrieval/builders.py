"""Builds passages and their vectors with the hash encoder. Knows no index."""

from collections.abc import Sequence

from retrieval.encoder_hash import HashEncoder
from retrieval.ports import PassageIndex, Vectors
from retrieval.types import Passage, document_id, passage_id

ENCODER = HashEncoder()


def make_document(name: str) -> str:
    return document_id("owner", name)


def make_passages(document: str, texts: Sequence[str], title: str = "") -> list[Passage]:
    return [
        Passage(passage_id(document, position, text), document, position, text, title)
        for position, text in enumerate(texts)
    ]


async def vectors_of(passages: Sequence[Passage]) -> Vectors:
    return await ENCODER.encode_passages([passage.indexed_text for passage in passages])


async def put(index: PassageIndex, name: str, texts: Sequence[str], readers: Sequence[str], title: str = "") -> str:
    """Write a document and give its id."""
    document = make_document(name)
    passages = make_passages(document, texts, title)
    await index.replace_document(document, passages, await vectors_of(passages), frozenset(readers))
    return document
