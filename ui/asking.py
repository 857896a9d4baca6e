"""One question on its way: paces the events of a turn to what a screen shows. Knows the client, not the components."""

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from app.schemas import TokenEvent
from ui.chat import LiveTurn
from ui.client import ApiError, ChatEvent

FRAME_SECONDS = 0.06  # tokens that come faster are shown together; each redraw costs the browser a layout


async def follow(question: str, answer: AsyncGenerator[ChatEvent]) -> AsyncGenerator[LiveTurn]:
    """The turn after each event worth a redraw, the last with its answer or error. Closing this stops the turn."""
    live, drawn = LiveTurn(question), 0.0
    try:
        async with aclosing(answer) as events:
            async for event in events:
                live = live.after(event)
                now = time.monotonic()
                if not isinstance(event, TokenEvent) or now - drawn >= FRAME_SECONDS:
                    drawn = now
                    yield live
    except ApiError as error:
        yield live.failed(error)
