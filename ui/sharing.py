"""The page Documents: what a person has, read again at will, and what is read together with whom; sharing.js acts."""

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.schemas import DocumentPublic, DocumentsPublic
from app.schemas_groups import CollectionPublic, GroupPublic
from ui.client import ApiClient, ApiError
from ui.collections import render_collections, render_inside
from ui.groups import render_groups, render_members
from ui.language import tr, trn
from ui.markup import esc
from ui.piece import piece
from ui.places import document_url
from ui.plain import HEADERS, page, refused, render_ways_back
from ui.session import visitor
from ui.ways_out import render_delete

_LISTED = 100  # documents on one page
_CHOSEN_FROM = 200  # of one's own, newest first, to put into a collection
_HEAD = (
    '<link rel="stylesheet" href="/ui/about.css"><link rel="stylesheet" href="/ui/sharing.css">'
    '<script src="/ui/pieces.js"></script><script src="/ui/redrawn.js"></script><script src="/ui/sharing.js"></script>'
)


def sharing_routes(api: ApiClient) -> APIRouter:
    """GET /documents and the pieces of it, for whoever looks; `after` continues a long list."""
    router = APIRouter(include_in_schema=False)

    @router.get("/documents")
    async def documents(request: Request, after: str | None = None) -> Response:
        try:
            person = visitor(api, request)
            own, shared, groups = await asyncio.gather(
                person.documents(after, _LISTED), person.collections(), person.groups()
            )
        except ApiError as error:
            return RedirectResponse("/login", 303) if error.status == 401 else refused(error, "about")
        body = render_sharing(own, shared.items, groups.items)
        return HTMLResponse(page(f"{tr('Documents')} · Attune", body, "about sharing", _HEAD), headers=HEADERS)

    @router.get("/shown/collection/{collection_id}")
    async def collection(collection_id: str, request: Request) -> Response:
        return await piece(api, request, lambda person: _inside(person, collection_id))

    @router.get("/shown/group/{group_id}")
    async def group(group_id: str, request: Request) -> Response:
        return await piece(api, request, lambda person: _members(person, group_id))

    return router


async def _inside(person: ApiClient, collection_id: str) -> str:
    one = await person.collection(collection_id)
    held = await person.collected(collection_id)
    own = None if one.permission == "read" else await person.documents(limit=_CHOSEN_FROM)
    if one.permission not in {"manage", "own"}:
        return render_inside(one, held.items, own.items if own else ())
    shares, groups = await asyncio.gather(person.shares(collection_id), person.groups())
    return render_inside(one, held.items, own.items if own else (), shares.items, groups.items)


async def _members(person: ApiClient, group_id: str) -> str:
    members, groups, me = await asyncio.gather(person.members(group_id), person.groups(), person.me())
    leads = any(group.id == group_id and group.leads for group in groups.items)
    return render_members(group_id, members.items, me.id, leads)


def render_sharing(own: DocumentsPublic, collections: Sequence[CollectionPublic], groups: Sequence[GroupPublic]) -> str:
    """The whole page below its frame."""
    intro = tr(
        "Only you read your documents until you share them. What you share is in a collection, and a collection is "
        "read by whom you name: people, or groups of people."
    )
    return f"""<header>{render_ways_back("/documents")}<h1>{tr("Documents")}</h1><p class="muted">{intro}</p></header>
<p id="said" role="status"></p>
<section id="collections" aria-labelledby="collections-title"><h2 id="collections-title" tabindex="-1">
{tr("Collections")}</h2>{render_collections(collections)}</section>
<section id="groups" aria-labelledby="groups-title"><h2 id="groups-title" tabindex="-1">{tr("Groups")}</h2>
{render_groups(groups)}</section>
<section id="own" aria-labelledby="own-title"><h2 id="own-title" tabindex="-1">{tr("Your documents")}</h2>
{_own(own)}</section>"""


def _own(own: DocumentsPublic) -> str:
    if not own.items:
        where = f'<a href="/">{tr("the chat")}</a>'
        return f'<div class="empty"><p>{tr("None yet. Add files in {chat}.", chat=where)}</p></div>'
    said = tr(
        "Read again after an update that reads more of your files. Until the new text is there, answers use what was "
        "read before."
    )
    asked = tr("Read all of your documents again? It goes on behind, and you can ask meanwhile.")
    more = f'<p><a href="/documents?after={quote(own.next_cursor or "")}#own">{tr("Older ones")}</a></p>'
    return f"""<p class="muted">{said}</p><p class="controls"><button type="button" id="reread-all" data-send="POST"
 data-path="/api/v1/documents/reindex" data-confirm="{asked}">{tr("Read all again")}</button></p>
<p id="reading" class="muted" role="status"></p>
<ul class="files">{"".join(_file(document) for document in own.items)}</ul>{more if own.next_cursor else ""}"""


def _file(document: DocumentPublic) -> str:
    identity, name = esc(document.id), esc(document.name)
    ready = document.status == "indexed"
    size = trn("{count} passage", "{count} passages", document.passages) if ready else tr("Not ready")
    told = f'<span class="warn">{esc(document.reason)}</span>' if document.reason else ""
    asked = tr("Delete {name}? Its passages are removed from every later answer.", name=name)
    path = f"/api/v1/documents/{identity}"
    again = (
        f'<button type="button" id="again-{identity}" data-send="POST" data-path="{path}/reindex" '
        f'aria-label="{tr("Read {name} again", name=name)}">{tr("Read again")}</button>'
    )
    delete = render_delete(f"delete-{identity}", path, asked, tr("Delete"), tr("Delete {name}", name=name))
    return f"""<li data-document="{identity}"><div class="about-file"><a href="{esc(document_url(document))}">{name}</a>
<span class="muted" data-state>{size}</span>{told}</div><div class="controls">{again}{delete}</div></li>"""
