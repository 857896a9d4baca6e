"""Where documents come in, and the list of them beside the chat. Renders; asks nothing of the server."""

from collections.abc import Collection, Sequence

from app.schemas import UNDER_WAY, DocumentPublic, DocumentStatus
from ui.language import tr, trn
from ui.markup import esc
from ui.places import document_url
from ui.scope import can_be_asked, render_tick

MOST_PAGES = 40  # that one list grows to; what is older is searched for


def render_uploads() -> str:
    """Where documents come in; the browser sends files to the API itself, so that progress is real and no copy stays on
    the way. Drawn once."""
    return f"""<header class="panel-head"><h2>{tr("Documents")}</h2><a class="ghost" href="/documents">{tr("Share")}</a>
<label class="ghost" for="upload-input" tabindex="0" role="button">{tr("Add files")}</label></header>
<input id="upload-input" type="file" multiple hidden>
<div class="drop" data-drop>{tr("Drop files here")}
<span class="muted">{tr("PDF, Word, slides, sheets, e-mail, web pages, text")}</span></div>
<form class="from-url" data-from-url hidden><input type="url" required maxlength="2000" placeholder="https://…"
 aria-label="{tr("Web address of a page or file")}"><button type="submit" class="ghost">{tr("Fetch")}</button></form>
<div class="uploads" data-uploads aria-live="polite"></div>
<input id="find-document" type="search" maxlength="200" placeholder="{tr("Search by name")}"
 aria-label="{tr("Search your documents by name")}" hidden><p id="documents-said" class="muted" role="status"></p>"""


def render_documents(
    documents: Sequence[DocumentPublic], scope: Collection[str], more: bool = False, sought: str = "", pages: int = 1
) -> str:
    """Newest first, each with its status; a tick means that questions are asked within the ticked ones only. `more` of
    them are there beyond these `pages`; `sought` are the words that the names of all of them hold."""
    rows = "".join(_row(document, document.id in scope) for document in documents)
    if not documents:
        said = tr("No documents yet. Add a few files; small ones are ready in seconds.")
        if sought:
            said = tr("No document has all of these words in its name. Try fewer, or only the beginning of one.")
        rows = f'<div class="empty"><p>{said}</p></div>'
    if more and pages < MOST_PAGES:
        rows += f'<button type="button" class="ghost show-more" data-more>{tr("Show more")}</button>'
    elif more:
        rows += f'<p class="muted note">{tr("There are older ones: search for them.")}</p>'
    kind = "documents" if documents else ""
    listed = f'<div class="{kind}" data-listed data-q="{esc(sought)}" data-pages="{pages}">{rows}</div>'
    return f'<div data-chosen="{esc(" ".join(scope))}">{listed}</div>'


def _row(document: DocumentPublic, chosen: bool) -> str:
    name, ready = esc(document.name), can_be_asked(document)
    tick = render_tick(document.id, "document", name, chosen) if ready else '<span class="tick none"></span>'
    return f"""<div class="document{" chosen" if chosen else ""}">{tick}<div class="about">
<a class="name" href="{esc(document_url(document))}" target="_blank" rel="noopener" title="{name}">{name}</a>
{_status(document)}</div>{_remove(document)}</div>"""


def _remove(document: DocumentPublic) -> str:
    """Nothing for what somebody else shares: it is theirs to take away."""
    if not document.mine:
        return ""
    name = esc(document.name)
    asked = tr("Delete {name}? Its passages are removed from every later answer.", name=name)
    return (
        f'<button type="button" class="remove" data-act="delete" data-id="{esc(document.id)}" title="{tr("Delete")}" '
        f'aria-label="{tr("Delete {name}", name=name)}" data-confirm="{asked}">×</button>'
    )


def _status(document: DocumentPublic) -> str:
    if document.status == "indexed":
        size = trn("{count} passage", "{count} passages", document.passages)
        if document.pages:
            size = trn("{count} page", "{count} pages", document.pages)
        unread = f'<span class="status">{esc(document.reason)}</span>' if document.reason else ""
        shared = "" if document.mine else f" · {tr('shared with you')}"
        return f'<span class="muted">{size}{shared}</span>{unread}'
    if document.status in UNDER_WAY:
        return f'<span class="status pending">{_label(document.status)}…</span>'
    reason = f": {document.reason}" if document.reason else ""
    return f'<span class="status bad">{_label(document.status)}{esc(reason)}</span>'


def _label(status: DocumentStatus) -> str:
    labels: dict[DocumentStatus, str] = {
        "queued": tr("Waiting"),
        "reading": tr("Reading"),
        "encoding": tr("Indexing"),
        "indexed": tr("Ready"),
        "needs_password": tr("Needs a password"),
        "no_text": tr("No text found"),
        "unreadable": tr("Unreadable"),
        "unsupported": tr("Unsupported format"),
        "too_large": tr("Too large"),
    }
    return labels[status]
