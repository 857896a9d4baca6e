"""The groups of panels that are always drawn together, from what the API says now. Knows the order of the outputs."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

import gradio as gr

from app.schemas import UNDER_WAY, ConversationDetail, DocumentPublic
from app.schemas_conversations import by_question, shown_of
from app.schemas_feedback import TurnFeedback
from ui.chat import render_turns, render_welcome
from ui.client import ApiClient, ApiError
from ui.conversations import render_conversations
from ui.documents import render_documents
from ui.markup import esc
from ui.scope import kept, render_collections, render_scope
from ui.sources import render_no_sources, render_sources

Updates = tuple[Any, ...]
_A_PAGE = 100  # documents that are listed before somebody asks for more


async def thread_view(api: ApiClient, conversation_id: str | None, turn_id: str | None = None) -> Updates:
    """conversation id, list of conversations, history, live turn, and the sources of a turn: of the last one that is
    shown, if none is named."""
    listed, detail, given = await asyncio.gather(
        api.conversations(), _find(api, conversation_id), _feedback(api, conversation_id)
    )
    current = detail.id if detail else None
    conversations = render_conversations(listed.items, current, datetime.now(UTC), listed.next_cursor is not None)
    if detail is None or not detail.turns:
        return current, conversations, thread(current, render_welcome()), "", render_no_sources()
    named = next((turn for turn in detail.turns if turn.id == turn_id), None)
    turn = named or shown_of(by_question(detail.turns)[-1])
    sources = await sources_of(api, turn.id) if turn.state != "failed" else render_no_sources()
    title = f'<h1 class="unseen">{esc(detail.title)}</h1>'  # for whoever goes from heading to heading
    return current, conversations, thread(current, title + render_turns(detail.turns, given)), "", sources


async def sources_of(api: ApiClient, turn_id: str) -> str:
    """The sources of one turn, read by itself: only so it says which of their sentences the answer rests on."""
    turn = await api.turn(turn_id)
    return render_sources(turn.exposures, turn.id, turn.feedback.sources)


async def library_view(api: ApiClient, scope: Collection[str]) -> Updates:
    """list of documents, the line over the question box, the scope without what is gone, the refresh timer."""
    (documents, more), shared = await asyncio.gather(listed_documents(api), api.collections())
    reachable = [*documents, *await _unlisted(api, scope, documents)]
    collections, chosen = shared.items, kept(scope, reachable, shared.items)
    pending = any(document.status in UNDER_WAY for document in documents)
    listed = render_collections(collections, chosen) + render_documents(documents, chosen, more)
    return listed, render_scope(reachable, chosen, collections, more), chosen, gr.Timer(active=pending)


async def _find(api: ApiClient, conversation_id: str | None) -> ConversationDetail | None:
    if conversation_id is None:
        return None
    try:
        return await api.conversation(conversation_id)
    except ApiError as error:
        # An address from a bookmark may name what is gone or another person's: the same empty page for both.
        if error.status in {404, 422}:
            return None
        raise


async def _feedback(api: ApiClient, conversation_id: str | None) -> dict[str, TurnFeedback]:
    if conversation_id is None:
        return {}
    try:
        return await api.feedback(conversation_id)
    except ApiError as error:
        if error.status in {404, 422}:
            return {}
        raise


async def listed_documents(api: ApiClient, sought: str = "", pages: int = 1) -> tuple[list[DocumentPublic], bool]:
    """The first `pages` of the list, or of what was found in it, and whether there are more."""
    documents, cursor = list[DocumentPublic](), None
    for _ in range(pages):
        page = await api.documents(cursor, _A_PAGE, sought)
        documents += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return documents, cursor is not None


async def _unlisted(api: ApiClient, scope: Collection[str], listed: Sequence[DocumentPublic]) -> list[DocumentPublic]:
    """What is chosen and too old to be among the listed ones."""
    known = {document.id for document in listed}
    missing = [one for one in scope if one not in known and ":" not in one]
    found = await asyncio.gather(*(_document(api, one) for one in missing))
    return [document for document in found if document]


async def _document(api: ApiClient, document_id: str) -> DocumentPublic | None:
    try:
        return await api.document(document_id)
    except ApiError as error:
        if error.status in {404, 422}:
            return None
        raise


def thread(conversation_id: str | None, body: str) -> str:
    """The turns in the frame that names their conversation to the browser."""
    return f'<div class="turns" data-conversation="{esc(conversation_id or "")}">{body}</div>'
