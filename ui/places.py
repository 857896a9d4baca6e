"""Where things stand: addresses of documents, of their pages and of passages with their used sentences. Asks nothing.

Addresses carry places (`mark=12-80`), never the text itself: texts of documents have no business in logs and histories.
"""

from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

from app.schemas import DocumentPublic, ExposurePublic, HitPublic

Spans = Sequence[tuple[int, int]]


def original_url(document_id: str) -> str:
    """The file as it was uploaded."""
    return f"/api/v1/documents/{quote(document_id)}/content"


def document_url(document: DocumentPublic) -> str:
    """Where a document's name leads: its text, and the original of one that could not be read, or not yet."""
    return text_url(document.id) if document.status == "indexed" else original_url(document.id)


def place_url(exposure: ExposurePublic) -> str:
    """Where a click on a source leads: what the person said, a conversation, or a place in a document."""
    if exposure.kind == "fact":
        return f"/about-me#f-{quote(exposure.document_id)}"
    if exposure.kind == "conversation":
        return f"/?c={quote(exposure.document_id)}"
    return hit_url(exposure, exposure.used)


def hit_url(hit: HitPublic, used: Spans = ()) -> str:
    """The drawn page of a PDF, or the passage in the document's text, with the `used` parts of it marked."""
    if hit.page and has_pages(hit.document):
        return page_url(hit.document_id, hit.page, hit.passage_id, used)
    return f"{text_url(hit.document_id, hit.passage_id, used)}#p-{quote(hit.passage_id)}"


def has_pages(name: str) -> bool:
    """Whether a file of this name can be looked at page by page."""
    return name.lower().endswith(".pdf")


def text_url(document_id: str, passage_id: str | None = None, used: Spans = ()) -> str:
    return f"/read/{quote(document_id)}{_marking(passage_id if used else None, used)}"


def page_url(document_id: str, page: int, passage_id: str | None = None, used: Spans = ()) -> str:
    anchor = "#mark" if passage_id else ""
    return f"/read/{quote(document_id)}/page/{page}{_marking(passage_id, used)}{anchor}"


def spans_of(marks: Iterable[str]) -> list[tuple[int, int]]:
    """What `mark=12-80` names; anything else that somebody typed there marks nothing."""
    pairs = [mark.partition("-") for mark in marks]
    return [(int(start), int(end)) for start, _, end in pairs if start.isdecimal() and end.isdecimal()]


def marks_of(spans: Spans) -> list[str]:
    return [f"{start}-{end}" for start, end in spans]


def _marking(passage_id: str | None, used: Spans) -> str:
    if passage_id is None:
        return ""
    return "?" + urlencode([("passage", passage_id), *(("mark", mark) for mark in marks_of(used))])
