"""Documents: upload, list, read, delete."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse

from app import documents, library
from app.cursor import cursor_after, decode_cursor
from app.deps import CurrentPerson, ServicesDep
from app.models import Document
from app.problems import Problem, not_found
from app.receiving import receiving, too_large
from app.schemas import DocumentPublic, DocumentsPublic, Identifier, PassagePublic, PassagesPublic, UploadPublic
from app.services import Services
from app.uploading import AROUND_BYTES, Form

router = APIRouter(prefix="/api/v1/documents", tags=["documents"])

_FORM = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary"},
        "source": {
            "type": "string",
            "description": "where the file lies with you: a changed file replaces its old self",
        },
    },
}
_UPLOAD = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}}
# What a browser may show inside our origin; the rest is a download. SVG runs scripts, so it is no image here.
_INLINE = frozenset({"application/pdf", "text/plain", "image/png", "image/jpeg", "image/gif", "image/webp"})
_CONTENT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
    "frame-ancestors 'none'",
    "Cache-Control": "private, no-store",
}


@router.post("", status_code=202, openapi_extra=_UPLOAD)
async def upload(request: Request, person: CurrentPerson, services: ServicesDep) -> UploadPublic:
    """Take in a file. It is safe when this answers; the job that indexes it goes on in the background."""
    await services.limits.uploads.take(person.id)
    limit = services.settings.max_upload_bytes
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit + AROUND_BYTES:
        raise too_large(limit)
    with receiving(services.home, limit) as receiver:
        form = Form(request, receiver, services.settings.upload_stall_seconds)
        await form.read()
        incoming = await receiver.finish()
        source = form.fields.get("source") or None
        added = await library.add(services, person.id, incoming, form.name or "", source)
    return UploadPublic(document=_public(added.document), outcome=added.outcome, job_id=added.job_id)


@router.get("")
async def read_all(
    person: CurrentPerson,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
    q: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = "",
) -> DocumentsPublic:
    """Your documents, newest first; with `q` only those whose name or title hold all of its words."""
    async with services.database.session() as session:
        found = await documents.page(session, person.id, limit + 1, decode_cursor(cursor), q)
    shown = found[:limit]
    more = cursor_after(found, limit, lambda one: (one.created_at, one.id))
    return DocumentsPublic(items=[_public(document) for document in shown], next_cursor=more)


@router.get("/{document_id}")
async def read(document_id: Identifier, person: CurrentPerson, services: ServicesDep) -> DocumentPublic:
    """One document and how far it is."""
    return _public(await _readable(services, person.id, document_id), person.id)


@router.get("/{document_id}/passages")
async def read_passages(
    document_id: Identifier,
    person: CurrentPerson,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: Annotated[int, Query(ge=0)] = 0,
) -> PassagesPublic:
    """What was read out of the document, in order; `cursor` is the position to go on from."""
    document = await _readable(services, person.id, document_id)
    found = await services.index.passages(document_id, frozenset({document.owner_id}))
    shown = found[cursor : cursor + limit]
    fields = PassagePublic.model_fields
    items = [PassagePublic(**{name: getattr(passage, name) for name in fields}) for passage in shown]
    more = str(cursor + limit) if len(found) > cursor + limit else None
    return PassagesPublic(items=items, next_cursor=more)


@router.get("/{document_id}/content")
async def read_content(document_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """The original file. Only what a browser shows safely is shown; the rest is a download."""
    document = await _readable(services, person.id, document_id)
    path = services.home.original(document.owner_id, document.sha256)
    if not path.exists():
        raise Problem(410, f"the original of {document.name} is gone: upload it again")
    inline = document.media_type in _INLINE
    kind = document.media_type if inline else "application/octet-stream"
    disposition = f"{'inline' if inline else 'attachment'}; filename*=utf-8''{quote(document.name, safe='')}"
    headers = {**_CONTENT, "Content-Disposition": disposition}
    return FileResponse(path, media_type=f"{kind}; charset=utf-8" if kind == "text/plain" else kind, headers=headers)


@router.delete("/{document_id}", status_code=204)
async def remove(document_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """Remove a document of yours with every trace: vectors, file, and its text in past turns. One that is shared with
    you is its owner's alone to delete; take it out of a collection that you manage."""
    if not await library.remove(services, person.id, document_id):
        raise not_found("document", document_id)
    return Response(status_code=204)


async def _readable(services: Services, person_id: str, document_id: str) -> Document:
    async with services.database.session() as session:
        found = await documents.find_readable(session, person_id, document_id)
    if found is None:
        raise not_found("document", document_id)
    return found


def _public(document: Document, reader_id: str | None = None) -> DocumentPublic:
    """To its owner, or to `reader_id`."""
    fields = document.model_dump(include=set(DocumentPublic.model_fields))
    return DocumentPublic(mine=reader_id in {None, document.owner_id}, **fields)
