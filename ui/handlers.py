"""What happens on the server when a person acts on the page: each handler is HTTP calls in the visitor's own name."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

import gradio as gr

from app.schemas import ChatRequest
from app.schemas_conversations import by_question, shown_of
from ui.asking import follow
from ui.chat import render_live, render_turns
from ui.client import ApiClient, ApiError
from ui.comparing import second_answer
from ui.furniture import furnish
from ui.language import language_of, speak
from ui.markup import esc
from ui.reasons import kind_of
from ui.scope import within
from ui.session import visitor
from ui.sources import render_sources
from ui.views import Updates, library_view, sources_of, thread, thread_view

# Send and stop share one place: exactly one of them is there.
_IDLE = (gr.update(visible=True), gr.update(visible=False))
_BUSY = (gr.update(visible=False), gr.update(visible=True))
_STOP_PATIENCE = 20  # looks, a tenth of a second apart, until the server has put a stopped turn to rest


class Handlers:
    """Stateless: what a person has chosen comes in as arguments, who they are comes with the request."""

    def __init__(self, api: ApiClient) -> None:
        self._api = api

    async def enter(self, request: gr.Request) -> Updates:
        """Fill the page for whoever opened it; `?c=` names the conversation that was open before a reload."""
        api = self._visitor(request)
        with shown_errors():
            person, thread, library = await asyncio.gather(
                api.me(), thread_view(api, request.query_params.get("c")), library_view(api, ())
            )
        return (*thread, *library, *furnish(person))

    async def ask(
        self, question: str, conversation_id: str | None, scope: tuple[str, ...], request: gr.Request
    ) -> AsyncGenerator[Updates]:
        """One turn, redrawn as it grows; at its end the thread is drawn again from the log."""
        if not question.strip():
            return
        asked = ChatRequest(question=question, conversation_id=conversation_id, compare=True, **within(scope))
        async with aclosing(self._answer(self._visitor(request), asked)) as drawn:
            async for updates in drawn:
                yield updates

    async def ask_again(
        self, conversation_id: str | None, scope: tuple[str, ...], event: gr.EventData, request: gr.Request
    ) -> AsyncGenerator[Updates]:
        """Another answer to the last question, or to what the person made of it; the one before it stays."""
        if conversation_id is None:
            return
        api = self._visitor(request)
        with shown_errors():
            detail, given = await asyncio.gather(api.conversation(conversation_id), api.feedback(conversation_id))
        questions = by_question(detail.turns)
        last = shown_of(questions[-1]) if questions else None
        if last is None or last.state == "running":
            return
        asked = ChatRequest(
            question=event._data.get("question") or last.question,
            conversation_id=conversation_id,
            regenerates=last.id,
            **within(scope),
        )
        earlier = [turn for siblings in questions[:-1] for turn in siblings]
        above = thread(conversation_id, render_turns(earlier, given, answering=True))
        async with aclosing(self._answer(api, asked, above)) as drawn:
            async for updates in drawn:
                yield updates

    async def _answer(self, api: ApiClient, asked: ChatRequest, above: str | None = None) -> AsyncGenerator[Updates]:
        """`above` stands over an answer that takes another's place."""
        unchanged, sources_drawn, started = gr.skip(), 0, asked.conversation_id
        history = unchanged if started else ""
        async with aclosing(follow(asked.question, api.chat(asked))) as turns:
            async for live in turns:
                # Named once: repeating it would drag a person back who has just opened another conversation.
                named = unchanged if live.conversation_id == started else live.conversation_id
                started, sources = live.conversation_id or started, unchanged
                if above is not None and live.turn_id:
                    history, above = above, None
                if len(live.sources) != sources_drawn:
                    sources_drawn = len(live.sources)
                    sources = render_sources(live.sources, live.turn_id)
                yield named if started else unchanged, unchanged, history, render_live(live), sources, *_BUSY
                history = unchanged
        if live.error and not live.turn_id:  # refused before it began: nothing of it is in the log
            yield unchanged, unchanged, history, render_live(live), unchanged, *_IDLE
            return
        with shown_errors():
            if live.turn and live.turn.comparison:
                async with aclosing(second_answer(api, live.turn)) as both:
                    async for panels in both:
                        yield *panels, *_BUSY
                yield *[unchanged] * 5, *_IDLE
                return
            yield *await thread_view(api, started), *_IDLE

    async def stopped(self, conversation_id: str | None, request: gr.Request) -> Updates:
        """Draw the thread once the server has put the turn to rest."""
        api = self._visitor(request)
        with shown_errors():
            for _ in range(_STOP_PATIENCE if conversation_id else 0):
                turns = (await api.conversation(conversation_id or "")).turns
                if not turns or turns[-1].state != "running":
                    break
                await asyncio.sleep(0.1)
            return *await thread_view(api, conversation_id), *_IDLE

    def choose_conversation(self, event: gr.EventData) -> str | None:
        """The one that was clicked; none for a new one."""
        chosen: str | None = event._data.get("id")
        return chosen

    async def open_conversation(self, conversation_id: str | None, request: gr.Request) -> Updates:
        """Draw the chosen conversation."""
        with shown_errors():
            return *await thread_view(self._visitor(request), conversation_id), *_IDLE

    async def show_sibling(self, conversation_id: str | None, event: gr.EventData, request: gr.Request) -> Updates:
        """Another of the answers to a question, with its sources."""
        api, turn_id = self._visitor(request), str(event._data.get("turn", ""))
        with shown_errors():
            if comparison := event._data.get("comparison"):
                await api.choose(comparison, str(event._data.get("choice")))
            else:
                await api.show_turn(turn_id)
            return await thread_view(api, conversation_id, turn_id)

    async def show_sources(self, conversation_id: str | None, event: gr.EventData, request: gr.Request) -> Any:
        """The sources of an earlier turn."""
        if conversation_id is None:
            return gr.skip()
        with shown_errors():
            return await sources_of(self._visitor(request), str(event._data.get("turn", "")))

    async def choose_documents(self, event: gr.EventData, request: gr.Request) -> Updates:
        """Ask within the ticked documents or collections; none ticked: within all."""
        with shown_errors():
            return await library_view(self._visitor(request), event._data.get("ids", ()))

    async def delete_document(self, scope: tuple[str, ...], event: gr.EventData, request: gr.Request) -> Updates:
        """Remove a document and its passages."""
        api = self._visitor(request)
        with shown_errors():
            await api.delete_document(str(event._data.get("id", "")))
            return await library_view(api, scope)

    async def refresh_documents(self, scope: tuple[str, ...], request: gr.Request) -> Updates:
        """The list as the server has it now."""
        with shown_errors():
            return await library_view(self._visitor(request), scope)

    def _visitor(self, request: gr.Request) -> ApiClient:
        """The API in the name of whoever acts; from here on they are spoken to in their language."""
        speak(language_of(request.request))
        with shown_errors():
            return visitor(self._api, request.request)


class shown_errors:  # noqa: N801 - reads as the statement it is: `with shown_errors():`
    """Turns what the API refused into a notice with its reason; everything else stays an error of ours."""

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, ApiError):
            raise gr.Error(esc(error.detail), title=esc(kind_of(error)), print_exception=False) from error
