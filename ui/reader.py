"""A document's text as it was read, passage by passage, so that a citation into any format opens at its place."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.schemas import DocumentPublic, PassagePublic
from ui.client import ApiClient, ApiError
from ui.markup import esc, plural
from ui.plain import HEADERS, page, refused
from ui.session import visitor
from ui.sources import original_url

_MAX_PAGES = 40  # of 500 passages: more text than a browser shows well


def reader_routes(api: ApiClient) -> APIRouter:
    """GET /read/{document_id}, for whoever may read the document."""
    router = APIRouter(include_in_schema=False)

    @router.get("/read/{document_id}")
    async def read(document_id: str, request: Request) -> Response:
        try:
            person = visitor(api, request)
            document = await person.document(document_id)
            passages = await _all_passages(person, document_id)
        except ApiError as error:
            if error.status == 401:
                return RedirectResponse("/login", 303)
            return refused(error, "reader")
        return HTMLResponse(page(document.name, _body(document, passages), "reader"), headers=HEADERS)

    return router


async def _all_passages(person: ApiClient, document_id: str) -> list[PassagePublic]:
    passages, cursor = list[PassagePublic](), None
    for _ in range(_MAX_PAGES):
        part = await person.passages(document_id, cursor, limit=500)
        passages += part.items
        cursor = part.next_cursor
        if cursor is None:
            break
    return passages


def _body(document: DocumentPublic, passages: list[PassagePublic]) -> str:
    name = esc(document.name)
    head = (
        f'<header><h1>{name}</h1><p class="muted">{plural(len(passages), "passage")} of text as it was read · '
        f'<a href="{esc(original_url(document.id))}">Open the original</a></p></header>'
    )
    return head + "".join(_passage(passage) for passage in sorted(passages, key=lambda p: p.position))


def _passage(passage: PassagePublic) -> str:
    place = [f"page {passage.page}"] if passage.page else []
    place += [passage.heading.replace(" > ", " › ")] if passage.heading else []
    return (
        f'<section id="p-{esc(passage.id)}"><div class="muted">{esc(" · ".join(place))}</div>'
        f"<p>{esc(passage.text)}</p></section>"
    )
