"""One turn from question to log: load, run the graph, save. Knows no HTTP and writes no SQL of its own."""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, aclosing
from http import HTTPStatus

from anyio import CancelScope

from agents.events import Outcome, Sources, Stage, Token, TurnEvent
from agents.graph import stream_turn
from agents.types import PastTurn
from app import documents, feedback, turns
from app.beginning import RunningTurn, begin
from app.comparisons import Entry
from app.models import Person
from app.placing import placed
from app.problems import Problem, not_found, problem_of
from app.schemas import (
    AnswerEvent,
    ChatRequest,
    ErrorEvent,
    SourcesEvent,
    StatusEvent,
    TokenEvent,
    TurnPublic,
)
from app.services import Services
from app.turns_public import exposure_public, turn_public
from app.under_way import stopping
from app.used_sentences import with_used

logger = logging.getLogger(__name__)

_CHANCE = random.Random()  # its seed is the system's: nobody foresees the order of sources
_LOOKING = {"recalling", "searching", "selecting"}  # what is done at the door, and waits for no other's model
ChatEvent = StatusEvent | SourcesEvent | TokenEvent | AnswerEvent | ErrorEvent


async def run_turn(
    services: Services,
    person: Person,
    request: ChatRequest,
    told: tuple[PastTurn, ...] = (),
    entry: Entry | None = None,
) -> AsyncGenerator[ChatEvent]:
    """Answer one question, yielding events as they come. Closing the iterator stops the model and keeps what was
    written. `told` is what was said before a conversation that begins here; `entry` makes the answer one of two. Raises
    Problem before the first event; later failures are the last event."""
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(services.limits.answering(person.id))
        # What is promoted meanwhile answers the next question.
        models = stack.enter_context(services.serving.lease())
        place = stack.enter_context(services.doorway.place())
        await place.take()
        running = await begin(services, entry.models(models) if entry else models, person, request, told, entry)
        events: asyncio.Queue[ChatEvent | None] = asyncio.Queue()
        # A task of its own: the server cancels every await of a request whose client has gone, and the model could
        # then not be stopped in order nor the partial answer be saved.
        work = asyncio.create_task(_work(services, running, events.put_nowait))
        try:
            while (event := await events.get()) is not None:
                if not (isinstance(event, StatusEvent) and event.stage in _LOOKING):
                    place.leave()
                yield event
        finally:
            work.cancel()
            with CancelScope(shield=True):
                await asyncio.wait([work])


async def answered(events: AsyncGenerator[ChatEvent]) -> TurnPublic:
    """The turn when it has ended. Raises Problem if it failed."""
    async with aclosing(events):
        async for event in events:
            match event:
                case AnswerEvent(turn=turn):
                    return turn
                case ErrorEvent(status=status, detail=detail):
                    raise Problem(status, detail)
    raise Problem(500, "the turn ended without an answer; please ask again")


async def _work(services: Services, running: RunningTurn, tell: Callable[[ChatEvent | None], None]) -> None:
    with services.tracing.turn(running):
        await _answer(services, running, tell)


async def _answer(services: Services, running: RunningTurn, tell: Callable[[ChatEvent | None], None]) -> None:
    try:
        services.under_way.enter()
        async with aclosing(stream_turn(services.turn_context(running.models), running.request)) as stream:
            async for event in stream:
                tell(await _show(services, running, event))
    except asyncio.CancelledError:
        if not services.under_way.stopped:
            await _save_unfinished(services, running, "stopped")
            raise
        await _fail(services, running, stopping(), tell)
    except Exception as error:
        problem = problem_of(error)
        if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.exception("turn %s failed", running.turn.id)
        await _fail(services, running, problem, tell)
    finally:
        tell(None)


async def _fail(
    services: Services, running: RunningTurn, problem: Problem, tell: Callable[[ChatEvent | None], None]
) -> None:
    try:
        await _save_unfinished(services, running, "failed", problem.detail)
    finally:  # a disk that is full must not end the stream without a word
        tell(ErrorEvent.model_validate(problem.body()))


async def _show(services: Services, running: RunningTurn, event: TurnEvent) -> ChatEvent:
    turn = running.turn
    match event:
        case Token(text):
            running.written.append(text)
            return TokenEvent(text=text)
        case Stage(name):
            return StatusEvent(stage=name, turn_id=turn.id, conversation_id=turn.conversation_id)
        case Sources(hits, selection):
            async with services.database.session() as session:
                names = await documents.names(session, turn.person_id, (hit.passage.document_id for hit in hits))
            found = turns.exposures_of(turn, hits, selection, names)
            running.exposures = placed(found, services.settings.exploration, _CHANCE)
            return SourcesEvent(sources=[exposure_public(exposure) for exposure in running.exposures])
        case Outcome():
            turns.record_outcome(turn, running.exposures, event)
            # Before the person sees it: an answer that was shown is never lost.
            if not await _save(services, running):
                raise not_found("conversation", turn.conversation_id)
            return AnswerEvent(turn=_turn_of(running))


def _turn_of(running: RunningTurn) -> TurnPublic:
    found = with_used(turn_public(running.turn, running.exposures))
    # Where nothing was answered there is nothing to compare.
    return found.model_copy(update={"comparison": None if running.turn.abstained else running.comparison})


async def _save(services: Services, running: RunningTurn) -> bool:
    async with services.database.session() as session:
        is_ended = await turns.finish_turn(session, running.turn, running.exposures, running.before)
        if is_ended and running.turn.state == "stopped":
            feedback.note_stopped(session, running.turn)
        to_read = await services.signalling.note(session, running.turn) if is_ended and running.replies else None
    if to_read:
        services.signalling.hand_over(to_read)
    if is_ended:
        services.metrics.note_turn(running.turn)
    return is_ended


async def _save_unfinished(services: Services, running: RunningTurn, state: str, error: str | None = None) -> None:
    turn = running.turn
    if turn.state != "complete":
        turn.state, turn.error = state, error
        turn.draft = turn.answer = "".join(running.written)
    await _save(services, running)  # also where a whole answer was just being saved: what has ended stays as it is
