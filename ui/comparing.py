"""The second of two answers on its way, and the page that asks which one is better. Knows the client and the panels."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import gradio as gr

from app.schemas import TurnPublic
from app.schemas_conversations import by_question
from ui.asking import follow
from ui.chat import LiveTurn, render_turns
from ui.client import ApiClient
from ui.comparison import render_beside, render_choice
from ui.views import Updates, thread, thread_view


async def second_answer(api: ApiClient, first: TurnPublic) -> AsyncGenerator[Updates]:
    """The panels of `thread_view`, redrawn while the second answer grows; the last one has the choice in the thread.

    Where there is nothing to choose from, because it failed, declined or says the same, the first one stands alone."""
    live = LiveTurn(first.question)
    unchanged: Any = gr.skip()
    async with aclosing(follow(first.question, api.second_answer(first.comparison or ""))) as turns:
        async for live in turns:
            yield unchanged, unchanged, unchanged, render_beside(first, live), unchanged
    second = live.turn
    drawn = await thread_view(api, first.conversation_id, first.id)
    if second is None or second.abstained or second.answer == first.answer:
        yield drawn
        return
    current, conversations, _, nothing, sources = drawn
    yield current, conversations, await _thread(api, first, second), nothing, sources


async def _thread(api: ApiClient, first: TurnPublic, second: TurnPublic) -> str:
    """The conversation with both answers to its last question."""
    detail, given = await asyncio.gather(api.conversation(first.conversation_id), api.feedback(first.conversation_id))
    earlier = [turn for siblings in by_question(detail.turns)[:-1] for turn in siblings]
    above = render_turns(earlier, given, answering=True)
    return thread(detail.id, above + render_choice(first, second))
