"""Texts of a data set as documents of a real index, and the way back from a hit to the text that was judged."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from evaluation.progress import progress
from retrieval.passages import Cutter
from retrieval.ports import Encoder, PassageIndex
from retrieval.types import Block, Hit, LoadedDocument, Passage, document_id

EVERYONE = "everyone"  # the reader of texts that belong to no group
_ENCODED_AT_ONCE = 1_024  # passages; enough to sort by length, few enough to see the bar move


@dataclass(frozen=True)
class JudgedText:
    """A text with the id that the judgements use; only `reader` finds it."""

    id: str
    title: str
    text: str
    reader: str = EVERYONE


@dataclass
class IndexedTexts:
    """Leads from a document of the index back to the judged text that it was made of."""

    texts: dict[str, str] = field(default_factory=dict)  # document id -> id of the judged text
    passages: int = 0

    def judged_id(self, hit: Hit) -> str:
        return self.texts[hit.passage.document_id]

    def ranking(self, hits: Iterable[Hit]) -> list[str]:
        """Judged ids by their best passage, each once."""
        return list(dict.fromkeys(self.judged_id(hit) for hit in hits))


async def index_texts(texts: Sequence[JudgedText], encoder: Encoder, index: PassageIndex) -> IndexedTexts:
    """Cut every text as an ingested document is cut, encode the passages and write them."""
    indexed = IndexedTexts()
    with progress("indexing", len(texts)) as advance:
        for batch in _batches(texts, Cutter(encoder)):
            vectors = await encoder.encode_passages([one.indexed_text for _, cut in batch for one in cut])
            for text, cut in batch:
                advance()
                if not cut:  # neither title nor text: nothing could find it
                    continue
                document = cut[0].document_id
                await index.replace_document(document, cut, vectors[: len(cut)], frozenset({text.reader}))
                vectors = vectors[len(cut) :]
                indexed.texts[document] = text.id
                indexed.passages += len(cut)
    return indexed


def _batches(texts: Sequence[JudgedText], cutter: Cutter) -> Iterator[list[tuple[JudgedText, list[Passage]]]]:
    batch: list[tuple[JudgedText, list[Passage]]] = []
    size = 0
    for text in texts:
        batch.append((text, cut_text(text, cutter)))
        size += len(batch[-1][1])
        if size >= _ENCODED_AT_ONCE:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def cut_text(text: JudgedText, cutter: Cutter) -> list[Passage]:
    """The passages of a text; none where it has neither title nor text."""
    content = text.text.strip() or text.title.strip()
    if not content:
        return []
    # The same text under two readers is two documents, as two people's copies of one file are.
    identity = document_id(text.reader, text.id)
    return cutter.cut(identity, LoadedDocument(text.title, "text/plain", (Block(content),)))
