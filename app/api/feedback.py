"""Feedback: what a person says of an answer and of its sources, and does with them; and what follows from it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from app import feedback, feedback_log, turns
from app.deps import CurrentPerson, ServicesDep
from app.problems import not_found
from app.schemas import Identifier
from app.schemas_feedback import (
    ExposureFeedbackCreate,
    FeedbackPublic,
    FeedbacksPublic,
    TurnDetail,
    TurnFeedback,
    TurnFeedbackCreate,
)
from app.turns_public import turn_public
from app.used_sentences import with_used

router = APIRouter(prefix="/api/v1", tags=["feedback"])

_NEW: dict[int | str, dict[str, Any]] = {201: {"model": FeedbackPublic, "description": "A new event"}}


@router.post("/turns/{turn_id}/feedback", responses=_NEW)
async def on_turn(
    turn_id: Identifier, body: TurnFeedbackCreate, person: CurrentPerson, services: ServicesDep, response: Response
) -> FeedbackPublic:
    """Log a vote on an answer, with or without reasons, a mark on a piece of it (`span`), or what was done with it. It
    is kept when this answers; the same `key` again is the same event. No single vote changes what anybody finds."""
    given = await feedback.on_turn(services.database, person.id, turn_id, body)
    response.status_code = 201 if given.is_new else 200
    return feedback.feedback_public(given.event)


@router.post("/exposures/{exposure_id}/feedback", responses=_NEW)
async def on_exposure(
    exposure_id: Identifier,
    body: ExposureFeedbackCreate,
    person: CurrentPerson,
    services: ServicesDep,
    response: Response,
) -> FeedbackPublic:
    """Log whether a source helped, or that it was opened. The same `key` again is the same event."""
    given = await feedback.on_exposure(services.database, person.id, exposure_id, body)
    response.status_code = 201 if given.is_new else 200
    return feedback.feedback_public(given.event)


@router.get("/turns/{turn_id}")
async def read(turn_id: Identifier, person: CurrentPerson, services: ServicesDep) -> TurnDetail:
    """A turn with its citations, every passage that was shown, and your last vote on each of them."""
    async with services.database.session() as session:
        turn = await turns.find_turn(session, person.id, turn_id)
        if turn is None:
            raise not_found("turn", turn_id)
        shown = await turns.list_exposures(session, person.id, [turn_id])
        events = await feedback_log.of_turns(session, person.id, [turn_id])
    state = feedback.state_of(turn_id, events.get(turn_id, []))
    public = with_used(turn_public(turn, shown.get(turn_id, [])))
    return TurnDetail(**public.model_dump(), feedback=state)


@router.get("/turns/{turn_id}/feedback")
async def read_events(
    turn_id: Identifier,
    person: CurrentPerson,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=40)] = None,
) -> FeedbacksPublic:
    """Every event of a turn and its sources, oldest first."""
    async with services.database.session() as session:
        if await turns.find_turn(session, person.id, turn_id) is None:
            raise not_found("turn", turn_id)
        events = (await feedback_log.of_turns(session, person.id, [turn_id])).get(turn_id, [])
    start = next((place for place, event in enumerate(events, 1) if event.id == cursor), 0)
    shown = events[start : start + limit]
    more = shown[-1].id if start + limit < len(events) else None
    return FeedbacksPublic(items=[feedback.feedback_public(event) for event in shown], next_cursor=more)


@router.get("/conversations/{conversation_id}/feedback")
async def read_states(conversation_id: Identifier, person: CurrentPerson, services: ServicesDep) -> list[TurnFeedback]:
    """What you think of each answer of a conversation; answers without feedback are left out."""
    async with services.database.session() as session:
        if await turns.find_conversation(session, person.id, conversation_id) is None:
            raise not_found("conversation", conversation_id)
        events = await feedback_log.of_conversation(session, person.id, conversation_id)
    return [feedback.state_of(turn_id, of_turn) for turn_id, of_turn in events.items()]
