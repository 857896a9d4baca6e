"""A document's text as it was read, passage by passage, so that a citation into any format opens at its place."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.schemas import DocumentPublic, PassagePublic
from ui.client import ApiClient, ApiError
from ui.markup import esc, plural
from ui.session import visitor
from ui.sources import original_url

_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
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
            message = f"<h1>{esc(error.title)}</h1><p>{esc(error.detail)}</p>"
            return HTMLResponse(_page(error.title, message), error.status, _HEADERS)
        return HTMLResponse(_page(document.name, _body(document, passages)), headers=_HEADERS)

    return router


async def _all_passages(person: ApiClient, document_id: str) -> list[PassagePublic]:
    passages, cursor = list[PassagePublic](), None
    for _ in range(_MAX_PAGES):
        page = await person.passages(document_id, cursor, limit=500)
        passages += page.items
        cursor = page.next_cursor
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


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>'
        f'{esc(title)}</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="/favicon.ico"><link rel="stylesheet" href="/ui/plain.css"></head>'
        f'<body class="reader"><main>{body}</main></body></html>'
    )
