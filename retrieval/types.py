"""The vocabulary of retrieval: frozen values that every other layer uses under the same names."""

import uuid
from dataclasses import dataclass
from typing import Literal

# Namespaces only have to be constant: changing one re-identifies every document of every home.
_DOCUMENTS = uuid.UUID("5b0d7c3e-63b7-4c62-9c0e-0a7d3a0f1a11")

Mode = Literal["fused", "dense", "lexical"]
SourceKind = Literal["document", "fact", "conversation"]


@dataclass(frozen=True)
class Block:
    """A run of text as the loader found it: a paragraph, a table, a slide, with where it stands."""

    text: str
    page: int | None = None  # counted from 1; None where the format has no pages
    heading: str | None = None  # path of headings above it, joined with " > "
    header: str | None = None  # of a table: its first row, repeated wherever the table has to be cut


@dataclass(frozen=True)
class LoadedDocument:
    """What a loader read out of one file."""

    title: str
    media_type: str
    blocks: tuple[Block, ...]
    pages: int | None = None
    note: str | None = None  # what of the file stayed unread, and why


@dataclass(frozen=True)
class Passage:
    """A piece of a document that fits the encoder's window; the unit that is retrieved, selected and cited."""

    id: str
    document_id: str
    position: int  # 0-based order within the document
    text: str
    title: str
    page: int | None = None
    heading: str | None = None
    kind: SourceKind = "document"  # else `document_id` names what a person told us, or an earlier conversation

    @property
    def head(self) -> str:
        """Title and heading on one line; empty where there is neither."""
        return " > ".join(part for part in (self.title, self.heading) if part)

    @property
    def indexed_text(self) -> str:
        """What the encoder and BM25 read: title and heading give a passage torn from its place its context."""
        return f"{self.head}\n{self.text}" if self.head else self.text


@dataclass(frozen=True)
class Hit:
    """A passage with the scores that brought it here. `score` orders the list; bigger is better."""

    passage: Passage
    score: float
    rank: int  # from 1
    dense: float | None = None  # cosine, on the encoder's own scale
    lexical: float | None = None  # BM25


@dataclass(frozen=True)
class Query:
    """One search. A reader sees a passage only if one of `readers` is among the passage's readers."""

    text: str
    readers: frozenset[str]
    limit: int = 10
    document_ids: frozenset[str] | None = None  # None: all that the readers may see
    mode: Mode = "fused"


@dataclass(frozen=True)
class Selection:
    """The passages judged useful, best first; empty means that the documents do not answer."""

    kept: tuple[Hit, ...]
    utilities: dict[str, float]  # passage id -> score of the selector, for every hit it read
    pseudo_answer: str | None = None


def document_id(owner: str, sha256: str) -> str:
    """Stable per owner and content, so that ingesting the same bytes again finds the same document."""
    return str(uuid.uuid5(_DOCUMENTS, f"{owner}:{sha256}"))


def passage_id(document: str, position: int, text: str) -> str:
    """Stable per document, place and content, so that writing a document again overwrites instead of doubling."""
    return str(uuid.uuid5(uuid.UUID(document), f"{position}:{text}"))
