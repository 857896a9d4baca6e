"""Pages of a PDF as they are seen: a picture of each, and where on it a passage stands."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from fastapi import Path as InPath
from pydantic import StringConstraints

from app import documents
from app.deps import CurrentPerson, ServicesDep
from app.models import Document
from app.problems import Problem, not_found
from app.schemas import Identifier
from app.schemas_documents import DocumentPagePublic, MarkPublic
from app.services import Services
from retrieval.ports import LoadError

router = APIRouter(prefix="/api/v1/documents", tags=["documents"])

Number = Annotated[int, InPath(ge=1, le=100_000)]
Span = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,7}-[0-9]{1,7}$")]
_PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": {"image/png": {"schema": {"format": "binary"}}}}}
_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}


@router.get("/{document_id}/pages/{number}")
async def read_page(
    document_id: Identifier,
    number: Number,
    person: CurrentPerson,
    services: ServicesDep,
    passage: Annotated[Identifier | None, Query()] = None,
    mark: Annotated[list[Span], Query(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
) -> DocumentPagePublic:
    """A page with the boxes of `passage` on it, or of the parts of its text that `mark` names as `from-to`."""
    document = await _pdf(services, person.id, document_id, number)
    quotes = await _quotes(services, document, passage, mark) if passage else []
    try:
        view = await services.pages.find(_original(services, document), number, quotes)
    except LoadError as error:
        raise Problem(422, error.reason) from None
    marks = [MarkPublic(left=left, top=top, width=wide, height=high) for left, top, wide, high in view.marks]
    size = {"width": view.width, "height": view.height}
    return DocumentPagePublic(page=number, pages=view.pages, **size, quotes=quotes, marks=marks)


@router.get("/{document_id}/pages/{number}/image", response_class=Response, responses=_PICTURE)
async def read_picture(
    document_id: Identifier,
    number: Number,
    person: CurrentPerson,
    services: ServicesDep,
    width: Annotated[int, Query(ge=100, le=2400)] = 1240,
) -> Response:
    """The page as a PNG, `width` pixels wide. Nothing of the file itself reaches the browser."""
    document = await _pdf(services, person.id, document_id, number)
    try:
        picture = await services.pages.draw(_original(services, document), number, width)
    except LoadError as error:
        raise Problem(422, error.reason) from None
    return Response(picture, media_type="image/png", headers=_HEADERS)


async def _pdf(services: Services, person_id: str, document_id: str, number: int) -> Document:
    await services.limits.searches.take(person_id)  # a page costs what a search does, and one is drawn at a time
    async with services.database.session() as session:
        found = await documents.find_readable(session, person_id, document_id)
    if found is None:
        raise not_found("document", document_id)
    if found.media_type != "application/pdf":
        raise Problem(422, f"{found.name} is no PDF with pages to draw: read its text at /passages")
    if number > (found.pages or number):
        raise Problem(404, f"{found.name} has {found.pages} pages, and no page {number}", title="Unknown page")
    return found


def _original(services: Services, document: Document) -> Path:
    path = services.home.original(document.owner_id, document.sha256)
    if not path.exists():
        raise Problem(410, f"the original of {document.name} is gone: upload it again")
    return path


async def _quotes(services: Services, document: Document, passage: str, marks: list[str]) -> list[str]:
    read = await services.index.passages(document.id, frozenset({document.owner_id}))
    text = next((one.text for one in read if one.id == passage), None)
    if text is None:
        raise not_found("passage", passage)
    spans = [tuple(map(int, span.split("-"))) for span in marks]
    return [text[start:end] for start, end in spans] or [text]
