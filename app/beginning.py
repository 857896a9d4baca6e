"""How a turn begins: what is asked, within what and after what, logged before anything can fail. Knows no HTTP."""

from dataclasses import dataclass, field

from sqlmodel.ext.asyncio.session import AsyncSession

from agents.types import PastTurn, TurnRequest
from app import access, borrowed, comparisons_rows, documents, facts, feedback, siblings, turns
from app.comparisons import Entry
from app.models import ExposureFields, Person, Turn
from app.problems import not_found
from app.schemas import ChatRequest
from app.services import Services
from app.serving import Models

AGAIN_TEMPERATURE = 0.6  # the likeliest answer was not wanted
HISTORY_TURNS = 6  # enough for a follow-up to be understood; the prompt drops more of them if they do not fit


@dataclass
class RunningTurn:
    """What is known of a turn so far; saved whatever ends it."""

    turn: Turn
    request: TurnRequest
    models: Models
    replies: bool = False  # whether the question is the person's next message after an answer
    before: frozenset[str] = frozenset()  # documents of others that what was said before rests on
    comparison: str | None = None  # that this answer is the first one of
    exposures: list[ExposureFields] = field(default_factory=list)
    written: list[str] = field(default_factory=list)


async def begin(
    services: Services,
    models: Models,
    person: Person,
    request: ChatRequest,
    told: tuple[PastTurn, ...],
    entry: Entry | None,
) -> RunningTurn:
    """The turn with what it was asked, in the log. Raises Problem 404 and 409 for what the request names."""
    services.recall.expect(person.id, person.preferences_version)
    async with services.database.session() as session:
        readers = await access.principals(session, person.id, request.collections)
        within = await _within(session, person, request)
        again = await siblings.asked_again(session, person.id, request.conversation_id, request.regenerates)
        rests_on = frozenset[str]()
        if told and request.conversation_id is None:
            told, rests_on = await borrowed.of_told(session, person.id, told)
        conversation, past = await _conversation(session, person, request, told, again)
        before = rests_on | await borrowed.carried(session, person.id, conversation) if past else frozenset()
        is_second = entry is not None and entry.is_second
        turn = Turn(
            conversation_id=conversation,
            person_id=person.id,
            question=request.question,
            regenerates=siblings.first_of(again) if again else None,
            shown=not is_second,
            document_ids=request.documents,
            versions=models.versions,
        )
        await _log(services, session, turn, again, past, entry)
    asked = TurnRequest(
        question=request.question,
        person_id=person.id,
        readers=readers,
        history=past,
        document_ids=within,
        temperature=entry.temperature if entry else AGAIN_TEMPERATURE if _is_again(again, request) else 0.0,
    )
    replies = request.conversation_id is not None and bool(past) and request.regenerates is None
    return RunningTurn(turn, asked, models, replies, before, entry.row.id if entry and not is_second else None)


async def _within(session: AsyncSession, person: Person, request: ChatRequest) -> frozenset[str] | None:
    """The documents to answer from; None: all that the person may read. Raises Problem 404 for one that they may not.
    A collection is named by its documents, too: earlier answers stand in for no chosen ones."""
    asked = frozenset(request.documents or ())
    if foreign := asked - (await documents.names(session, person.id, asked)).keys():
        raise not_found("document", min(foreign))
    if request.collections is None:
        return asked or None
    held = frozenset(await access.documents_in(session, request.collections))
    return held & asked if asked else held


async def _log(
    services: Services,
    session: AsyncSession,
    turn: Turn,
    again: Turn | None,
    past: tuple[PastTurn, ...],
    entry: Entry | None,
) -> None:
    """Write the question down with what it says: of the answers beside it, of the one before it, and of its person.
    Nobody asked for the second of two answers, so that one says nothing."""
    if again and turn.shown:
        await siblings.hide(session, again)
    await turns.start_turn(session, turn)
    if entry:
        await comparisons_rows.note(session, entry.row, turn)
    if turn.shown:
        await feedback.note_asked(session, turn, again, past[-1].question if past else None)
    if turn.shown and services.settings.personalization == "on":
        await facts.note(session, turn)


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
