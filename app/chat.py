"""One turn from question to log: load, run the graph, save. Knows no HTTP and writes no SQL of its own."""

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from http import HTTPStatus

from anyio import CancelScope
from sqlmodel.ext.asyncio.session import AsyncSession

from agents.events import Outcome, Sources, Stage, Token, TurnEvent
from agents.graph import stream_turn
from agents.types import PastTurn, TurnRequest
from app import access, borrowed, comparisons_rows, documents, facts, feedback, siblings, turns
from app.comparisons import Entry
from app.models import ExposureFields, Person, Turn
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
from app.serving import Models
from app.turns_public import exposure_public, turn_public
from app.under_way import stopping
from app.used_sentences import with_used

logger = logging.getLogger(__name__)

AGAIN_TEMPERATURE = 0.6  # the likeliest answer was not wanted
HISTORY_TURNS = 6  # enough for a follow-up to be understood; the prompt drops more of them if they do not fit
_CHANCE = random.Random()  # its seed is the system's: nobody foresees the order of sources
_LOOKING = {"recalling", "searching", "selecting"}  # what is done at the door, and waits for no other's model
ChatEvent = StatusEvent | SourcesEvent | TokenEvent | AnswerEvent | ErrorEvent


@dataclass
class _RunningTurn:
    """What is known of a turn so far; saved whatever ends it."""

    turn: Turn
    request: TurnRequest
    models: Models
    replies: bool = False  # whether the question is the person's next message after an answer
    before: frozenset[str] = frozenset()  # documents of others that what was said before rests on
    comparison: str | None = None  # that this answer is the first one of
    exposures: list[ExposureFields] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


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
    # What is promoted meanwhile answers the next question.
    with services.limits.answering(person.id), services.serving.lease() as models, services.doorway.place() as place:
        await place.take()
        running = await _begin(services, entry.models(models) if entry else models, person, request, told, entry)
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


async def _work(services: Services, running: _RunningTurn, tell: Callable[[ChatEvent | None], None]) -> None:
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
    services: Services, running: _RunningTurn, problem: Problem, tell: Callable[[ChatEvent | None], None]
) -> None:
    try:
        await _save_unfinished(services, running, "failed", problem.detail)
    finally:  # a disk that is full must not end the stream without a word
        tell(ErrorEvent.model_validate(problem.body()))


async def _begin(
    services: Services,
    models: Models,
    person: Person,
    request: ChatRequest,
    told: tuple[PastTurn, ...],
    entry: Entry | None,
) -> _RunningTurn:
    asked_within = set(request.documents or ())
    services.recall.expect(person.id, person.preferences_version)
    async with services.database.session() as session:
        if asked_within and (
            foreign := asked_within - (await documents.names(session, person.id, asked_within)).keys()
        ):
            raise not_found("document", min(foreign))
        readers = await access.principals(session, person.id, request.collections)
        again = await siblings.asked_again(session, person.id, request.conversation_id, request.regenerates)
        conversation, past = await _conversation(session, person, request, told, again)
        before = await borrowed.carried(session, person.id, conversation) if past else frozenset()
        is_second = entry is not None and entry.is_second
        if again and not is_second:
            await siblings.hide(session, again)
        turn = Turn(
            conversation_id=conversation,
            person_id=person.id,
            question=request.question,
            regenerates=siblings.first_of(again) if again else None,
            shown=not is_second,
            document_ids=request.documents,
            versions=models.versions,
        )
        await turns.start_turn(session, turn)
        if entry:
            await comparisons_rows.note(session, entry.row, turn)
        if not is_second:  # nobody asked for it: it says nothing of the first one, and its words were noted with that
            await feedback.note_asked(session, turn, again, past[-1].question if past else None)
        if not is_second and services.settings.personalization == "on":
            await facts.note(session, turn)
    asked = TurnRequest(
        question=request.question,
        person_id=person.id,
        readers=readers,
        history=past,
        document_ids=frozenset(asked_within) or None,
        temperature=entry.temperature if entry else AGAIN_TEMPERATURE if _is_again(again, request) else 0.0,
    )
    replies = request.conversation_id is not None and bool(past) and request.regenerates is None
    return _RunningTurn(turn, asked, models, replies, before, entry.row.id if entry and not is_second else None)


def _is_again(earlier: Turn | None, request: ChatRequest) -> bool:
    return earlier is not None and earlier.question == request.question


async def _conversation(
    session: AsyncSession, person: Person, request: ChatRequest, told: tuple[PastTurn, ...], again: Turn | None
) -> tuple[str, tuple[PastTurn, ...]]:
    """The id of the conversation that the question belongs to, and what was said in it: before `again`, if that is to
    be answered once more."""
    known = request.conversation_id
    if known is None:
        return (await turns.create_conversation(session, person.id, request.question)).id, told[-HISTORY_TURNS:]
    if not await turns.lift(session, person.id, known):
        raise not_found("conversation", known)
    past = await siblings.history(session, person.id, known, HISTORY_TURNS, again)
    return known, tuple(PastTurn(question, answer) for question, answer in past)


async def _show(services: Services, running: _RunningTurn, event: TurnEvent) -> ChatEvent:
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
            return AnswerEvent(turn=_answer(running))


def _answer(running: _RunningTurn) -> TurnPublic:
    found = with_used(turn_public(running.turn, running.exposures))
    # Where nothing was answered there is nothing to compare.
    return found.model_copy(update={"comparison": None if running.turn.abstained else running.comparison})


async def _save(services: Services, running: _RunningTurn) -> bool:
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


async def _save_unfinished(services: Services, running: _RunningTurn, state: str, error: str | None = None) -> None:
    turn = running.turn
    if turn.state != "complete":
        turn.state, turn.error = state, error
        turn.draft = turn.answer = "".join(running.written)
    await _save(services, running)  # also where a whole answer was just being saved: what has ended stays as it is
