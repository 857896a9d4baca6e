"""A document as it was read, passage by passage, with a way to search in it; a citation opens at its place."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.schemas import DocumentPublic, HitPublic, PassagePublic, SearchRequest
from ui.client import ApiClient, ApiError
from ui.language import tr, trn
from ui.markup import esc, marked
from ui.places import Spans, has_pages, hit_url, original_url, page_url, spans_of, text_url
from ui.plain import HEADERS, page, refused, render_ways_back
from ui.session import visitor
from ui.words import spans_of_words

_MAX_PAGES = 40  # of 500 passages: more text than a browser shows well
_FOUND = 10  # passages of one search
Marks = Annotated[list[str], Query(max_length=20)]


def reader_routes(api: ApiClient) -> APIRouter:
    """GET /read/{document_id}, for whoever may read the document; `q` searches in it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/read/{document_id}")
    async def read(
        document_id: str,
        request: Request,
        passage: str | None = None,
        mark: Marks = [],  # noqa: B006 - FastAPI copies it
        q: Annotated[str, Query(max_length=1000)] = "",
    ) -> Response:
        try:
            person = visitor(api, request)
            document = await person.document(document_id)
            if q.strip():
                body = _found(q, await _search(person, document, q))
            else:
                body = _text(await _all_passages(person, document_id), passage, spans_of(mark))
        except ApiError as error:
            if error.status == 401:
                return RedirectResponse("/login", 303)
            return refused(error, "reader")
        return HTMLResponse(page(document.name, render_head(document, q) + body, "reader"), headers=HEADERS)

    return router


def render_head(document: DocumentPublic, q: str = "", page_number: int | None = None) -> str:
    """The name, the ways to see the document, and the search in it."""
    ways = [(tr("As text"), text_url(document.id), page_number is not None or bool(q))]
    if document.pages and has_pages(document.name):
        ways.append((tr("As pages"), page_url(document.id, 1), page_number is None))
    links = "".join(
        f'<a href="{esc(url)}">{name}</a>' if elsewhere else f'<span aria-current="page">{name}</span>'
        for name, url, elsewhere in ways
    )
    search, original = tr("Search in this document"), esc(original_url(document.id))
    return f"""<header>{render_ways_back()}<h1>{esc(document.name)}</h1>
<nav class="ways" aria-label="{tr("This document")}">{links}<a href="{original}">{tr("Original file")}</a></nav>
<form role="search" action="/read/{esc(document.id)}"><input type="search" name="q" value="{esc(q)}" required
 maxlength="1000" placeholder="{search}" aria-label="{search}">
<button type="submit">{tr("Search")}</button></form></header>"""


async def _search(person: ApiClient, document: DocumentPublic, q: str) -> Sequence[HitPublic]:
    return (await person.search(SearchRequest(query=q, documents=[document.id], k=_FOUND))).hits


async def _all_passages(person: ApiClient, document_id: str) -> list[PassagePublic]:
    passages, cursor = list[PassagePublic](), None
    for _ in range(_MAX_PAGES):
        part = await person.passages(document_id, cursor, limit=500)
        passages += part.items
        cursor = part.next_cursor
        if cursor is None:
            break
    return passages


def _found(q: str, hits: Sequence[HitPublic]) -> str:
    if not hits:
        said = tr("Nothing of it comes near these words. Try others, or read the whole text.")
        return f'<p class="muted" role="status">{said}</p>'
    exact = sum(bool(spans_of_words(hit.text, q)) for hit in hits)
    said = trn(
        "{count} passage, nearest first; {exact} with words of yours.",
        "{count} passages, nearest first; {exact} with words of yours.", len(hits), exact=exact or tr("none"),
    )  # fmt: skip
    rows = "".join(
        f'<li><a href="{esc(hit_url(hit, used := spans_of_words(hit.text, q)))}">{_place(hit) or tr("Open")}</a>'
        f"<p>{marked(hit.text, used)}</p></li>"
        for hit in hits
    )
    return f'<p class="muted" role="status">{said}</p><ol class="found">{rows}</ol>'


def _text(passages: list[PassagePublic], chosen: str | None, used: Spans) -> str:
    said = trn("{count} passage of text as it was read", "{count} passages of text as it was read", len(passages))
    count = f'<p class="muted">{said}</p>'
    ordered = sorted(passages, key=lambda passage: passage.position)
    return count + "".join(_passage(passage, used if passage.id == chosen else ()) for passage in ordered)


def _passage(passage: PassagePublic, used: Spans) -> str:
    return (
        f'<section id="p-{esc(passage.id)}"><div class="muted">{_place(passage)}</div>'
        f"<p>{marked(passage.text, used)}</p></section>"
    )


def _place(found: HitPublic | PassagePublic) -> str:
    place = [tr("page {page}", page=found.page)] if found.page else []
    place += [found.heading.replace(" > ", " › ")] if found.heading else []
    return esc(" · ".join(place))
