"""The part of the scripted server that takes feedback: keeps every event, and tells what follows from them."""

from fastapi import APIRouter, Request

from app.schemas_feedback import (
    ExposureFeedbackCreate,
    FeedbackPublic,
    MarkedSpan,
    TurnDetail,
    TurnFeedback,
    TurnFeedbackCreate,
)
from app.schemas_suggestions import SuggestionPublic, SuggestionsPublic
from tests.ui.stand_in import NOW, Account, StandIn, new_id
from tests.ui.wire_preferences import found, refusing


def feedback_routes(script: StandIn) -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    @router.post("/turns/{turn_id}/feedback", status_code=201)
    async def on_turn(request: Request, turn_id: str, body: TurnFeedbackCreate) -> FeedbackPublic:
        account = refusing(script, request)
        found(next((turn for turn in _turns(account) if turn == turn_id), None), f"turn {turn_id}")
        event = FeedbackPublic(
            id=new_id(), turn_id=turn_id, exposure_id=None, kind=body.kind, reasons=body.reasons, text=body.text,
            span=_marked(account, turn_id, body), created_at=NOW,
        )  # fmt: skip
        return account.feedback.setdefault(body.key, event)

    @router.post("/exposures/{exposure_id}/feedback", status_code=201)
    async def on_exposure(request: Request, exposure_id: str, body: ExposureFeedbackCreate) -> FeedbackPublic:
        account = refusing(script, request)
        turn_id = found(_turn_of(account, exposure_id), f"exposure {exposure_id}")
        event = FeedbackPublic(
            id=new_id(), turn_id=turn_id, exposure_id=exposure_id, kind=body.kind, created_at=NOW
        )  # fmt: skip
        return account.feedback.setdefault(body.key, event)

    @router.get("/turns/{turn_id}")
    async def turn(request: Request, turn_id: str) -> TurnDetail:
        account = script.account(request)
        turns = (turn for conversation in account.conversations.values() for turn in conversation.turns)
        asked = found(next((turn for turn in turns if turn.id == turn_id), None), f"turn {turn_id}")
        for exposure in asked.exposures:
            exposure.used = [(0, len(exposure.text) // 2)] if exposure.cited else []
        return TurnDetail(**asked.model_dump(), feedback=_state(account, turn_id))

    @router.get("/turns/{turn_id}/suggestions")
    async def suggestions(request: Request, turn_id: str, language: str = "en") -> SuggestionsPublic:
        account = script.account(request)
        found(next((turn for turn in _turns(account) if turn == turn_id), None), f"turn {turn_id}")
        questions = script.suggestions if account.person.suggests else []
        place = {"document_id": new_id(), "title": language, "heading": None}
        return SuggestionsPublic(items=[SuggestionPublic(question=one, **place) for one in questions])

    @router.get("/conversations/{conversation_id}/feedback")
    async def states(request: Request, conversation_id: str) -> list[TurnFeedback]:
        account = script.account(request)
        conversation = found(account.conversations.get(conversation_id), f"conversation {conversation_id}")
        return [_state(account, turn.id) for turn in conversation.turns]

    return router


def _marked(account: Account, turn_id: str, body: TurnFeedbackCreate) -> MarkedSpan | None:
    if body.span is None:
        return None
    turns = (turn for conversation in account.conversations.values() for turn in conversation.turns)
    answer, span = next(turn.answer for turn in turns if turn.id == turn_id), body.span
    mark = {"span_good": "good", "span_wrong": "wrong"}.get(body.kind)
    return MarkedSpan.model_validate(span.model_dump() | {"text": answer[span.start : span.end], "mark": mark})


def _turns(account: Account) -> list[str]:
    return [turn.id for conversation in account.conversations.values() for turn in conversation.turns]


def _turn_of(account: Account, exposure_id: str) -> str | None:
    turns = (turn for conversation in account.conversations.values() for turn in conversation.turns)
    ended = (turn for turn in turns if turn.state != "running")  # sources are in the log when the turn has ended
    return next((turn.id for turn in ended if any(one.id == exposure_id for one in turn.exposures)), None)


def _state(account: Account, turn_id: str) -> TurnFeedback:
    state = TurnFeedback(turn_id=turn_id)
    for event in account.feedback.values():
        if event.turn_id != turn_id:
            continue
        if event.exposure_id is None and event.kind in {"up", "down", "withdrawn"}:
            state.vote = None if event.kind == "withdrawn" else event.kind  # type: ignore[assignment]  # one of the two
            state.reasons, state.text = event.reasons, event.text
        elif (mark := event.span) is not None:
            others = [one for one in state.spans if (one.start, one.end) != (mark.start, mark.end)]
            state.spans = [*others, mark] if mark.mark else others
        elif event.exposure_id and event.kind in {"helped", "not_relevant", "wrong"}:
            state.sources[event.exposure_id] = event.kind  # type: ignore[assignment]  # one of the three
        elif event.exposure_id and event.kind == "withdrawn":
            state.sources.pop(event.exposure_id, None)
    return state
