"""What both indexes store for a passage: its payload, its BM25 vector, its names. Knows neither of the two stores."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from qdrant_edge import Bm25, Bm25Config

from retrieval.index_words import pairs, words
from retrieval.ports import Vectors
from retrieval.types import Passage

DENSE = "dense"
BM25 = "bm25"
READERS = "readers"
DOCUMENT = "document_id"
WORDS = "words"  # of head and text, and a little further: what a phrase is compared with
PAIRS = "pairs"  # of these words: how a phrase is found

# Chosen on trainable data, docs/decisions/004. The head is repeated so that its words weigh more (a poor man's BM25F).
_BM25_K, _BM25_B, _BM25_LENGTH = 1.2, 0.75, 100.0
_HEAD_REPEATED = 3
# Points that a search of the graph keeps in view; where documents are chosen as well, it also looks past those that are
# not (ACORN). Recall is in docs/decisions/008.
GRAPH_WIDTH = 200
_SEAM = 200  # characters of the next passage: a phrase that runs across the cut is found where it begins


@lru_cache(maxsize=1)
def bm25() -> Bm25:
    """English stems without stop words; accents are folded. The server's own BM25 makes the same token ids."""
    return Bm25(Bm25Config(k=_BM25_K, b=_BM25_B, avg_len=_BM25_LENGTH, language="english", ascii_folding=True))


def terms(text: str) -> frozenset[int]:
    """Ids of the stems that BM25 sees in `text`."""
    return frozenset(bm25().embed_query(text).indices)


def lexical_text(passage: Passage) -> str:
    """What BM25 reads."""
    return f"{passage.head}\n" * (_HEAD_REPEATED if passage.head else 0) + passage.text


def payloads_of(passages: Sequence[Passage], readers: frozenset[str]) -> list[dict[str, Any]]:
    """What is stored beside the vectors of a document's passages, which are given in order."""
    following = [*(passage.text[:_SEAM] for passage in passages[1:]), ""]
    return [_payload_of(passage, readers, seam) for passage, seam in zip(passages, following, strict=False)]


def _payload_of(passage: Passage, readers: frozenset[str], following: str) -> dict[str, Any]:
    spelled = words(f"{passage.indexed_text}\n{following}")
    return {
        DOCUMENT: passage.document_id,
        READERS: sorted(readers),
        "position": passage.position,
        "text": passage.text,
        "title": passage.title,
        "page": passage.page,
        "heading": passage.heading,
        WORDS: spelled,
        PAIRS: pairs(spelled),
    }


def passage_of(identity: object, payload: Mapping[str, Any]) -> Passage:
    return Passage(
        id=str(identity),
        document_id=payload[DOCUMENT],
        position=payload["position"],
        text=payload["text"],
        title=payload["title"],
        page=payload["page"],
        heading=payload["heading"],
    )


def check_rows(document_id: str, passages: Sequence[Passage], vectors: Vectors, dimension: int) -> None:
    """Raises ValueError where the vectors do not fit the passages, or a passage is another document's."""
    if vectors.shape != (len(passages), dimension):
        raise ValueError(
            f"{len(passages)} passages need vectors of shape {(len(passages), dimension)}, got {vectors.shape}"
        )
    strangers = {passage.document_id for passage in passages} - {document_id}
    if strangers:
        raise ValueError(f"passages of {sorted(strangers)} were given for document {document_id!r}")


def foreign(built_by: Sequence[str], version: str) -> str:
    """The message of a ForeignIndexError."""
    return (
        f"the index was built by the encoder {' and '.join(built_by)}, and the configured one is {version}: "
        "re-index with `attune reindex`, or set ATTUNE_ENCODER back to the one that built it"
    )
