"""Two answers to one question: the second one, what the person chose, and what all choices say of the models."""

from typing import Any

from fastapi import APIRouter, Depends, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from app import comparisons_rows, feedback, feedback_log, siblings, turns
from app.api.chat import respond
from app.chat import run_turn
from app.deps import CurrentPerson, ServicesDep, require_operator
from app.models import Feedback, Turn
from app.models_comparisons import Comparison
from app.problems import Problem, not_found
from app.schemas import ChatRequest, Identifier, TurnPublic
from app.schemas_comparisons import ChoiceCreate, ComparisonPublic, ComparisonsPublic, SecondAnswerRequest
from app.schemas_feedback import FeedbackPublic
from app.turns_public import turn_public

router = APIRouter(prefix="/api/v1", tags=["comparisons"])

_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "SSE events `status`, `sources`, `token`, `answer`, `error`",
        "content": {"text/event-stream": {}},
    }
}
_NEW: dict[int | str, dict[str, Any]] = {201: {"model": FeedbackPublic, "description": "A new event"}}


@router.get("/comparisons/{comparison_id}")
async def read(comparison_id: Identifier, person: CurrentPerson, services: ServicesDep) -> ComparisonPublic:
    """The two answers, A and B, and which one you found better."""
    async with services.database.session() as session:
        row, first, second = await _found(session, person.id, comparison_id)
        ids = [turn.id for turn in (first, second) if turn]
        shown = await turns.list_exposures(session, person.id, ids)
        events = (await feedback_log.of_turns(session, person.id, [first.id])).get(first.id, [])
    return ComparisonPublic(
        id=row.id,
        a=turn_public(first, shown.get(first.id, [])),
        b=turn_public(second, shown.get(second.id, [])) if second else None,
        choice=comparisons_rows.choice_of(events),
        created_at=row.created_at,
    )


@router.post("/comparisons/{comparison_id}/answer", response_model=TurnPublic, responses=_STREAM)
async def answer(
    comparison_id: Identifier, body: SecondAnswerRequest, person: CurrentPerson, services: ServicesDep
) -> Response:
    """The second answer, B, once: as events like `POST /chat`, or as JSON without `stream`. It stands beside the first
    one and is not shown until it is chosen."""
    async with services.database.session() as session:
        row, first, second = await _found(session, person.id, comparison_id)
    if second is not None:
        raise Problem(409, "the second answer was asked for before: it is part of the conversation")
    entry = services.comparisons.second(row)
    if entry is None:
        raise Problem(409, "the models of this comparison are not both in use any more: ask again")
    asked = ChatRequest(
        question=first.question,
        conversation_id=first.conversation_id,
        documents=first.document_ids,
        regenerates=first.id,
        stream=body.stream,
    )
    return await respond(run_turn(services, person, asked, entry=entry), body.stream)


@router.post("/comparisons/{comparison_id}/choice", responses=_NEW)
async def choose(
    comparison_id: Identifier, body: ChoiceCreate, person: CurrentPerson, services: ServicesDep, response: Response
) -> FeedbackPublic:
    """Say which answer is better: it is the one that the conversation goes on from; of equal ones the first. The last
    word counts, and the same `key` again is the same word."""
    async with services.database.session() as session:
        row, first, second = await _found(session, person.id, comparison_id)
    if second is None or {first.state, second.state} != {"complete"}:
        raise Problem(409, "there are no two answers to choose from: wait until both are written")
    event = Feedback(
        id=feedback.event_id(person.id, body.key),
        person_id=person.id,
        turn_id=first.id,
        kind=comparisons_rows.COMPARED,
        value={"comparison": row.id, "choice": body.choice},
    )
    given = await feedback.give(services.database, event, body.key)
    async with services.database.session() as session:  # also where an earlier try was cut off between the two
        events = (await feedback_log.of_turns(session, person.id, [first.id]))[first.id]
        better = second if comparisons_rows.choice_of(events) == "b" else first
        await siblings.show(session, person.id, better.id)
    response.status_code = 201 if given.is_new else 200
    return feedback.feedback_public(given.event)


@router.get("/admin/comparisons", dependencies=[Depends(require_operator)])
async def read_all(services: ServicesDep) -> ComparisonsPublic:
    """Wins and losses of every pair of versions that people compared, with how far chance may explain them."""
    async with services.database.session() as session:
        return ComparisonsPublic(items=await comparisons_rows.table(session))


async def _found(session: AsyncSession, person_id: str, comparison_id: str) -> tuple[Comparison, Turn, Turn | None]:
    """The comparison with its answers. Raises Problem 404."""
    row = await comparisons_rows.find(session, person_id, comparison_id)
    if row is None:
        raise not_found("comparison", comparison_id)
    answers = await turns.by_id(session, person_id, [row.turn_id, *([row.other_id] if row.other_id else [])])
    return row, answers[row.turn_id], answers.get(row.other_id or "")
