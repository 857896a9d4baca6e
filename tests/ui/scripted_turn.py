"""The events of one scripted turn, as the API sends them."""

import asyncio
import itertools
from collections.abc import AsyncIterator

from sse_starlette import ServerSentEvent

from app.schemas import (
    AnswerEvent,
    ChatRequest,
    CitationPublic,
    ConversationDetail,
    ErrorEvent,
    ExposurePublic,
    SourcesEvent,
    StatusEvent,
    TokenEvent,
    TurnPublic,
)
from tests.ui.stand_in import NOW, Account, StandIn, new_id


async def events_of(
    script: StandIn, account: Account, conversation: ConversationDetail, asked: ChatRequest
) -> AsyncIterator[ServerSentEvent]:
    ids = {"turn_id": new_id(), "conversation_id": conversation.id}
    turn = TurnPublic.model_validate(
        {
            "id": ids["turn_id"],
            "conversation_id": conversation.id,
            "question": asked.question,
            "answer": "",
            "state": "running",
        }
        | {
            "abstained": script.abstained,
            "citations": [],
            "exposures": [],
            "versions": {},
            "preferences": script.applied,
        }
        | {"preferences": script.applied, "error": None, "created_at": NOW}
    )
    if asked.regenerates:
        earlier = next(one for one in conversation.turns if one.id == asked.regenerates)
        turn.regenerates = earlier.regenerates or earlier.id
        show(conversation, None, turn.regenerates)
    conversation.turns.append(turn)
    try:
        for stage in ("recalling", "searching", "selecting"):
            yield _sse("status", StatusEvent.model_validate({"stage": stage, **ids}))
            await asyncio.sleep(script.pace)
        turn.exposures = script.exposures(account, cited=not script.abstained)
        shown = [e.model_copy(update={"cited": False}) for e in turn.exposures]
        yield _sse("sources", SourcesEvent(sources=shown))
        yield _sse("status", StatusEvent.model_validate({"stage": "writing", **ids}))
        for first, word in zip(
            itertools.chain([True], itertools.repeat(False)), script.answer.split(" "), strict=False
        ):
            text = word if first else f" {word}"
            turn.answer += text
            yield _sse("token", TokenEvent(text=text))
            await asyncio.sleep(script.pace)
        if script.break_off:
            return
        if script.failure:
            turn.state, turn.error = "failed", script.failure.detail
            yield _sse("error", script.failure)
            return
        turn.citations = [_citation(e) for e in turn.exposures if e.cited]
        turn.state = "complete"
        if asked.compare and account.person.compares:
            turn.comparison = new_id()
            account.compared[turn.comparison] = turn.id
        yield _sse("answer", AnswerEvent(turn=turn))
    except (asyncio.CancelledError, GeneratorExit):
        turn.state = "stopped"
        script.stopped.set()
        raise


def show(conversation: ConversationDetail, turn_id: str | None, first: str) -> None:
    """Show this one of the answers to a question, the first of which is named."""
    for one in conversation.turns:
        if first in (one.id, one.regenerates):
            one.shown = one.id == turn_id


def _citation(exposure: ExposurePublic) -> CitationPublic:
    return CitationPublic.model_validate(
        exposure.model_dump() | {"exposure_id": exposure.id, "quote": exposure.text, "marker": exposure.marker}
    )


def _sse(name: str, event: StatusEvent | SourcesEvent | TokenEvent | AnswerEvent | ErrorEvent) -> ServerSentEvent:
    return ServerSentEvent(event=name, data=event.model_dump_json())
