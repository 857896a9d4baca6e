"""Pieces of the pages that the browser asks for when they are needed: conversations, a turn again, an edit's outcome,
preferences."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from app.schemas import ConversationPublic, DocumentPublic
from app.schemas_preferences import EditPublic, PreferencePublic
from ui.chat import render_turns
from ui.client import ApiClient
from ui.conversations import MOST_PAGES, render_conversations
from ui.documents import MOST_PAGES as MOST_LISTED
from ui.documents import render_documents
from ui.edits import render_applied, render_edit
from ui.piece import piece
from ui.preferences import render_provenance
from ui.views import listed_documents

_MAX_PAGES = 10  # of preferences that are looked through for those of one answer


def shown_routes(api: ApiClient) -> APIRouter:
    """GET /shown/..., each in the name of whoever asks."""
    router = APIRouter(prefix="/shown", include_in_schema=False)

    @router.get("/turn/{conversation_id}/{turn_id}")
    async def turn(conversation_id: str, turn_id: str, request: Request) -> Response:
        async def render(person: ApiClient) -> str:
            detail, given = await asyncio.gather(person.conversation(conversation_id), person.feedback(conversation_id))
            return render_turns(detail.turns, given, turn_id)

        return await piece(api, request, render)

    @router.get("/edit/{turn_id}")
    async def edit(turn_id: str, request: Request) -> Response:
        async def render(person: ApiClient) -> str:
            latest = await _latest_edit(person, turn_id)
            return render_edit(latest) if latest else ""

        return await piece(api, request, render)

    @router.get("/preferences")
    async def applied(identity: Annotated[list[str], Query(alias="id", max_length=100)], request: Request) -> Response:
        async def render(person: ApiClient) -> str:
            found = await _find(person, set(identity))
            return render_applied(found, len(set(identity)) - len(found))

        return await piece(api, request, render)

    @router.get("/provenance/{preference_id}")
    async def provenance(preference_id: str, request: Request) -> Response:
        async def render(person: ApiClient) -> str:
            return render_provenance((await person.provenance(preference_id)).items)

        return await piece(api, request, render)

    return router


def listed_routes(api: ApiClient) -> APIRouter:
    """GET /shown/conversations and /shown/documents: the list as far as it is unfolded, or what was found in it."""
    router = APIRouter(prefix="/shown", include_in_schema=False)

    @router.get("/conversations")
    async def conversations(
        request: Request, q: str = "", pages: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1, current: str = ""
    ) -> Response:
        async def render(person: ApiClient) -> str:
            found, more = await _conversations(person, q, pages)
            return render_conversations(found, current, datetime.now(UTC), more, q, pages)

        return await piece(api, request, render)

    @router.get("/documents")
    async def documents(
        request: Request, q: str = "", pages: Annotated[int, Query(ge=1, le=MOST_LISTED)] = 1
    ) -> Response:
        async def render(person: ApiClient) -> str:
            return render_documents(*await _documents(person, q, pages), sought=q, pages=pages)

        return await piece(api, request, render)

    return router


async def _conversations(person: ApiClient, sought: str, pages: int) -> tuple[list[ConversationPublic], bool]:
    """The first `pages` of the list, and whether there are more."""
    found, cursor = list[ConversationPublic](), None
    for _ in range(pages):
        page = await person.conversations(cursor, sought)
        found += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return found, cursor is not None


async def _documents(person: ApiClient, sought: str, pages: int) -> tuple[list[DocumentPublic], tuple[()], bool]:
    """The list with nothing chosen in it: the browser knows what is."""
    found, more = await listed_documents(person, sought, pages)
    return found, (), more


async def _latest_edit(person: ApiClient, turn_id: str) -> EditPublic | None:
    page = await person.edits(turn_id, limit=200)
    while page.next_cursor:
        page = await person.edits(turn_id, page.next_cursor, limit=200)
    return page.items[-1] if page.items else None


async def _find(person: ApiClient, wanted: set[str]) -> list[PreferencePublic]:
    found, cursor = list[PreferencePublic](), None
    for _ in range(_MAX_PAGES):
        page = await person.preferences(cursor, limit=200)
        found += [preference for preference in page.items if preference.id in wanted]
        cursor = page.next_cursor
        if cursor is None or len(found) == len(wanted):
            break
    return found
