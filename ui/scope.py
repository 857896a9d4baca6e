"""What questions are asked within: everything, some documents or some collections. Renders; asks nothing."""

from collections.abc import Collection as Some
from collections.abc import Sequence

from app.schemas import UNDER_WAY, DocumentPublic
from app.schemas_groups import CollectionPublic
from ui.language import tr, trn
from ui.markup import esc

_COLLECTION = "collection:"  # before the id of one in a choice, where documents stand as they are


def named(collection: CollectionPublic) -> str:
    """A collection in a choice."""
    return _COLLECTION + collection.id


def within(scope: Some[str]) -> dict[str, list[str] | None]:
    """A choice as a question takes it."""
    collections = [one.removeprefix(_COLLECTION) for one in scope if one.startswith(_COLLECTION)]
    documents = [one for one in scope if not one.startswith(_COLLECTION)]
    return {"documents": documents or None, "collections": collections or None}


def can_be_asked(document: DocumentPublic) -> bool:
    """Whether something of it answers: also what was read before, while it is read again."""
    return document.status == "indexed" or document.passages > 0


def kept(scope: Some[str], documents: Sequence[DocumentPublic], collections: Sequence[CollectionPublic]) -> Some[str]:
    """A choice without what is gone, or cannot be asked."""
    known = {document.id for document in documents if can_be_asked(document)} | {named(c) for c in collections}
    return tuple(one for one in scope if one in known)


def render_tick(identity: str, kind: str, name: str, chosen: bool) -> str:
    """A box that narrows questions to a document or a collection; `name` is escaped."""
    return (
        f'<button type="button" class="tick" role="checkbox" aria-checked="{"true" if chosen else "false"}" '
        f'data-act="choose" data-id="{esc(identity)}" data-kind="{kind}" '
        f'aria-label="{tr("Ask within {name}", name=name)}" title="{tr("Ask within it")}"></button>'
    )


def render_collections(collections: Sequence[CollectionPublic], scope: Some[str]) -> str:
    """Those with something in them, each with a tick; questions are asked within documents or within collections."""
    rows = "".join(_row(one, named(one) in scope) for one in collections if one.documents)
    return f'<div class="documents collections">{rows}</div>' if rows else ""


def render_scope(
    documents: Sequence[DocumentPublic],
    scope: Some[str],
    collections: Sequence[CollectionPublic] = (),
    more: bool = False,
) -> str:
    """One line over the question box that says what is being asked; `more` documents are there than these."""
    if chosen := [one.name for one in collections if named(one) in scope]:
        names = esc(", ".join(chosen))
        return _narrowed(
            trn(
                "Asking within {count} collection: <b>{names}</b>", "Asking within {count} collections: <b>{names}</b>",
                len(chosen), names=names,
            ),
            names,
        )  # fmt: skip
    if chosen := [document.name for document in documents if document.id in scope]:
        names = esc(", ".join(chosen))
        return _narrowed(
            trn(
                "Asking within {count} document: <b>{names}</b>", "Asking within {count} documents: <b>{names}</b>",
                len(chosen), names=names,
            ),
            names,
        )  # fmt: skip
    return f'<div class="scope">{_all(documents, collections, more)}</div>'


def _all(documents: Sequence[DocumentPublic], collections: Sequence[CollectionPublic], more: bool) -> str:
    shared = any(one.documents and one.permission != "own" for one in collections)
    if more:
        return (
            tr("Asking all your documents, and what is shared with you") if shared else tr("Asking all your documents")
        )
    if ready := sum(map(can_be_asked, documents)):
        if shared:
            return trn(
                "Asking your {count} document, and what is shared with you",
                "Asking your {count} documents, and what is shared with you", ready,
            )  # fmt: skip
        return trn("Asking your {count} document", "Asking your {count} documents", ready)
    if shared:
        return tr("Asking what is shared with you")
    if any(document.status in UNDER_WAY for document in documents):
        return tr("Your first documents are being read")
    return tr("Add a document to the library first: there is nothing to answer from yet")


def _narrowed(said: str, names: str) -> str:
    return (
        f'<div class="scope chosen" title="{names}">{said}'
        f'<button type="button" class="ghost" data-act="all">{tr("Ask all")}</button></div>'
    )


def _row(collection: CollectionPublic, chosen: bool) -> str:
    name = esc(collection.name)
    size = trn("{count} document", "{count} documents", collection.documents)
    whose = "" if collection.permission == "own" else f" · {tr('shared by {owner}', owner=esc(collection.owner))}"
    return f"""<div class="document{" chosen" if chosen else ""}">
{render_tick(named(collection), "collection", name, chosen)}<div class="about"><a class="name"
 href="/documents#c-{esc(collection.id)}" title="{name}">{name}</a>
<span class="muted">{size}{whose}</span></div></div>"""
