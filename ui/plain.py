"""The frame of the pages outside the chat: our own styles and scripts, nothing inline. Knows no content."""

from fastapi.responses import HTMLResponse

from ui.client import ApiError
from ui.language import language, tr
from ui.markup import esc
from ui.reasons import kind_of

# The login page carries a one-time code in its address: no referrer, no cache.
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def page(title: str, body: str, kind: str, head: str = "") -> str:
    """A whole document; `body` and `head` are markup, `kind` is the class that styles it."""
    spoken = language()
    return (
        f'<!doctype html><html lang="{spoken}"><head><meta charset="utf-8"><title>'
        f'{esc(title)}</title><meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="icon" href="/favicon.ico"><link rel="stylesheet" href="/ui/plain.css">'
        f'<script src="/words.js?language={spoken}"></script><script src="/ui/plain.js"></script>{head}</head>'
        f'<body class="{kind}"><main>{body}</main></body></html>'
    )


def refused(error: ApiError, kind: str) -> HTMLResponse:
    """A whole document that says what the API said."""
    title = kind_of(error)
    message = f"{render_ways_back()}<h1>{esc(title)}</h1><p>{esc(error.detail)}</p>"
    return HTMLResponse(page(title, message, f"{kind} refused"), error.status, HEADERS)


def render_ways_back(here: str = "") -> str:
    """The way to the chat and to the pages of one's own, but for the one that is looked at."""
    pages = {"/documents": tr("Documents"), "/about-me": tr("About me"), "/settings": tr("Settings")}
    links = "".join(f'<a href="{path}">{name}</a>' for path, name in pages.items() if path != here)
    return f'<nav class="ways-back" aria-label="Attune"><a class="back" href="/">{tr("← Chat")}</a>{links}</nav>'
