"""A page of a PDF as it looks, with a quote marked on it. The file itself never reaches the browser's own viewer."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.schemas import DocumentPublic
from app.schemas_documents import DocumentPagePublic
from ui.client import ApiClient, ApiError
from ui.language import tr
from ui.markup import esc
from ui.places import marks_of, page_url, spans_of
from ui.plain import HEADERS, page, refused
from ui.reader import Marks, render_head
from ui.session import visitor

_WIDTH = 1240  # pixels: sharp at twice the width of the column


def page_routes(api: ApiClient) -> APIRouter:
    """GET /read/{document_id}/page/{number}, for whoever may read the document."""
    router = APIRouter(include_in_schema=False)

    @router.get("/read/{document_id}/page/{number}")
    async def read(
        document_id: str,
        number: int,
        request: Request,
        passage: str | None = None,
        mark: Marks = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        try:
            person = visitor(api, request)
            document = await person.document(document_id)
            seen = await person.document_page(document_id, number, passage, marks_of(spans_of(mark)))
        except ApiError as error:
            if error.status == 401:
                return RedirectResponse("/login", 303)
            return refused(error, "reader")
        body = render_head(document, page_number=number) + render_page(document, seen)
        return HTMLResponse(
            page(tr("{name}, page {page}", name=document.name, page=number), body, "reader paged"), headers=HEADERS
        )

    return router


def render_page(document: DocumentPublic, seen: DocumentPagePublic) -> str:
    """The ways to its neighbours, what is marked in words, and the page with the marks over it."""
    boxes = "".join(
        f'<rect {"id=mark" if place == 0 else ""} x="{box.left:.5f}" y="{box.top:.5f}" width="{box.width:.5f}" '
        f'height="{box.height:.5f}"/>'
        for place, box in enumerate(seen.marks)
    )
    source = f"/api/v1/documents/{esc(document.id)}/pages/{seen.page}/image?width={_WIDTH}"
    said = tr("Page {page} of {name}. Its words are under As text.", page=seen.page, name=esc(document.name))
    return f"""{_turning(document, seen)}{_quoted(seen)}
<figure class="page"><img src="{source}" width="{round(seen.width)}" height="{round(seen.height)}"
 alt="{said}">
<svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">{boxes}</svg></figure>"""


def _turning(document: DocumentPublic, seen: DocumentPagePublic) -> str:
    def way(label: str, to: int) -> str:
        if not 1 <= to <= seen.pages:
            return f'<span class="muted">{label}</span>'
        return f'<a href="{esc(page_url(document.id, to))}">{label}</a>'

    return (
        f'<nav class="turning" aria-label="{tr("Pages")}">{way(tr("‹ Previous"), seen.page - 1)}'
        f"<span>{tr('Page {page} of {pages}', page=seen.page, pages=seen.pages)}</span>"
        f"{way(tr('Next ›'), seen.page + 1)}</nav>"
    )


def _quoted(seen: DocumentPagePublic) -> str:
    if not seen.quotes:
        return ""
    said = tr("Not found in the letters of this page, which may be a scan")
    said = tr("Marked on this page") if seen.marks else said
    quotes = "".join(f"<p>{esc(quote)}</p>" for quote in seen.quotes)
    return f'<details class="quoted"{"" if seen.marks else " open"}><summary>{said}</summary>{quotes}</details>'
