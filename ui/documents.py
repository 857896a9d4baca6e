"""The list of documents and the choice to ask within some of them. Renders; asks nothing of the server."""

from collections.abc import Collection, Sequence

from app.schemas import DocumentPublic
from ui.markup import esc, plural
from ui.places import original_url, text_url

PENDING = frozenset({"queued", "reading", "encoding"})
_LABELS = {
    "queued": "Waiting",
    "reading": "Reading",
    "encoding": "Indexing",
    "indexed": "Ready",
    "needs_password": "Needs a password",
    "no_text": "No text found",
    "unreadable": "Unreadable",
    "unsupported": "Unsupported format",
    "too_large": "Too large",
}

# The browser sends files to the API itself, so that progress is real and no copy stays on the way.
UPLOADS = """<header class="panel-head"><h2>Documents</h2>
<label class="ghost" for="upload-input" tabindex="0" role="button">Add files</label></header>
<input id="upload-input" type="file" multiple hidden>
<div class="drop" data-drop>Drop files here
<span class="muted">PDF, Word, slides, sheets, e-mail, web pages, text</span></div>
<form class="from-url" data-from-url hidden><input type="url" required maxlength="2000" placeholder="https://…"
 aria-label="Web address of a page or file"><button type="submit" class="ghost">Fetch</button></form>
<div class="uploads" data-uploads aria-live="polite"></div>"""


def render_documents(documents: Sequence[DocumentPublic], scope: Collection[str], more: bool = False) -> str:
    """Every document with its status; a tick means that questions are asked within the ticked ones only."""
    if not documents:
        return '<div class="empty"><p>No documents yet. Add a few files; small ones are ready in seconds.</p></div>'
    rows = "".join(_row(document, document.id in scope) for document in documents)
    note = '<p class="muted note">Only the newest are listed; all of them are searched.</p>' if more else ""
    return f'<div class="documents">{rows}</div>{note}'


def render_scope(documents: Sequence[DocumentPublic], scope: Collection[str]) -> str:
    """One line over the question box that says what is being asked."""
    if chosen := [document for document in documents if document.id in scope]:
        names = esc(", ".join(document.name for document in chosen))
        return (
            f'<div class="scope chosen" title="{names}">Asking within {plural(len(chosen), "document")}: <b>{names}</b>'
            '<button type="button" class="ghost" data-act="all">Ask all</button></div>'
        )
    if ready := sum(document.status == "indexed" for document in documents):
        return f'<div class="scope">Asking your {plural(ready, "document")}</div>'
    if any(document.status in PENDING for document in documents):
        return '<div class="scope">Your first documents are being read</div>'
    return '<div class="scope">Add a document to the library first: there is nothing to answer from yet</div>'


def _row(document: DocumentPublic, chosen: bool) -> str:
    name, ready = esc(document.name), document.status == "indexed"
    tick = (
        f'<button type="button" class="tick" role="checkbox" aria-checked="{"true" if chosen else "false"}" '
        f'data-act="choose" data-id="{esc(document.id)}" aria-label="Ask within {name}" title="Ask within it"></button>'
        if ready
        else '<span class="tick none"></span>'
    )
    return f"""<div class="document{" chosen" if chosen else ""}">{tick}<div class="about">
<a class="name" href="{esc(_address(document))}" target="_blank" rel="noopener" title="{name}">{name}</a>
{_status(document)}</div>{_remove(document)}</div>"""


def _remove(document: DocumentPublic) -> str:
    """Nothing for what somebody else shares: it is theirs to take away."""
    if not document.mine:
        return ""
    name = esc(document.name)
    return (
        f'<button type="button" class="remove" data-act="delete" data-id="{esc(document.id)}" title="Delete" '
        f'aria-label="Delete {name}" data-confirm="Delete {name}? Its passages are removed from every later answer.">'
        "×</button>"
    )


def _address(document: DocumentPublic) -> str:
    return text_url(document.id) if document.status == "indexed" else original_url(document.id)


def _status(document: DocumentPublic) -> str:
    if document.status == "indexed":
        size = plural(document.pages, "page") if document.pages else plural(document.passages, "passage")
        unread = f'<span class="status">{esc(document.reason)}</span>' if document.reason else ""
        shared = "" if document.mine else " · shared with you"
        return f'<span class="muted">{size}{shared}</span>{unread}'
    if document.status in PENDING:
        return f'<span class="status pending">{_LABELS[document.status]}…</span>'
    reason = f": {document.reason}" if document.reason else ""
    return f'<span class="status bad">{_LABELS[document.status]}{esc(reason)}</span>'
