"""Every SQL statement about conversations, turns and exposures. The owner is part of each statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult
from sqlmodel import col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from agents.events import Outcome
from app import borrowed, documents, facts, past, preferences
from app.conversation_search import matching
from app.cursor import Row, newest_first
from app.models import Conversation, Exposure, ExposureFields, Turn, table, utc_now
from retrieval.types import Hit, Selection

TITLE_LENGTH = 80

# The statements of every turn go past the ORM, whose objects and flushes cost more than SQLite does.
_CONVERSATIONS, _TURNS, _EXPOSURES = table(Conversation), table(Turn), table(Exposure)
# What no answer changes.
_ASKED = {"id", "conversation_id", "person_id", "question", "regenerates", "shown", "document_ids", "created_at"}


async def create_conversation(session: AsyncSession, person_id: str, title: str) -> Conversation:
    """Start a conversation; the title is cut to what a sidebar can show."""
    conversation = Conversation(person_id=person_id, title=title[:TITLE_LENGTH] or "New conversation")
    await session.execute(_CONVERSATIONS.insert(), conversation.model_dump())
    return conversation


async def find_conversation(session: AsyncSession, person_id: str, conversation_id: str) -> Conversation | None:
    """The conversation, if it is this person's."""
    query = select(Conversation).where(Conversation.id == conversation_id, Conversation.person_id == person_id)
    return (await session.exec(query)).one_or_none()


async def list_conversations(
    session: AsyncSession, person_id: str, limit: int, before: tuple[datetime, str] | None, sought: str = ""
) -> Sequence[Conversation]:
    """Newest first; `before` is the (updated_at, id) of the last one already seen. `sought`: only those that hold all
    of these words."""
    query = select(Conversation).where(Conversation.person_id == person_id, *matching(person_id, sought))
    page = newest_first(query, Conversation.updated_at, Conversation.id, limit, before)
    return (await session.exec(page)).all()


async def conversation_after(session: AsyncSession, person_id: str, question: str, answer: str) -> str | None:
    """The id of this person's latest conversation in which a question was answered so, as it is shown; None: none."""
    shown = or_(Turn.answer == answer, Turn.edited_answer == answer)
    query = select(Turn.conversation_id).where(Turn.person_id == person_id, Turn.question == question, shown)
    return (await session.exec(query.order_by(col(Turn.created_at).desc()).limit(1))).first()


async def delete_conversation(session: AsyncSession, person_id: str, conversation_id: str) -> bool:
    """Remove the conversation with its turns and exposures, what was learned and said there alone, and what other turns
    quote of it; False if it is not this person's."""
    statement = delete(Conversation).where(
        col(Conversation.id) == conversation_id, col(Conversation.person_id) == person_id
    )
    said = await facts.of_conversation(session, person_id, conversation_id)
    if not (await session.exec(statement)).rowcount:
        return False
    await documents.blank_shown(session, person_id, [conversation_id, *said], "deleted conversation")
    await preferences.drop_unsupported(session, person_id)
    await preferences.changed(session, person_id)
    return True


async def list_turns(session: AsyncSession, person_id: str, conversation_id: str) -> Sequence[Turn]:
    """The turns of a conversation, oldest first."""
    query = (
        select(Turn)
        .where(Turn.conversation_id == conversation_id, Turn.person_id == person_id)
        .order_by(col(Turn.created_at), col(Turn.id))
    )
    return (await session.exec(query)).all()


async def find_turn(session: AsyncSession, person_id: str, turn_id: str) -> Turn | None:
    """The turn, if it is this person's."""
    return (await session.exec(select(Turn).where(Turn.id == turn_id, Turn.person_id == person_id))).one_or_none()


async def by_id(session: AsyncSession, person_id: str, ids: Iterable[str]) -> dict[str, Turn]:
    """Those of `ids` that are this person's."""
    query = select(Turn).where(col(Turn.id).in_(set(ids)), Turn.person_id == person_id)
    return {turn.id: turn for turn in (await session.exec(query)).all()}


async def show_edited(session: AsyncSession, turn: Turn, text: str) -> bool:
    """Show the person's text for the answer from now on; False if the turn is not as it was read."""
    as_read = col(Turn.edited_answer).is_not_distinct_from(turn.edited_answer)
    mine = (col(Turn.id) == turn.id, col(Turn.person_id) == turn.person_id, as_read)
    await past.forget_vectors(session, turn.person_id, [turn.id])
    return (await session.exec(update(Turn).where(*mine).values(edited_answer=text))).rowcount > 0


async def list_exposures(session: AsyncSession, person_id: str, turn_ids: Iterable[str]) -> dict[str, list[Exposure]]:
    """Exposures by turn id, best rank first; of documents that are not shared with this person any more, no text."""
    query = (
        select(Exposure)
        .where(col(Exposure.turn_id).in_(list(turn_ids)), Exposure.person_id == person_id)
        .order_by(col(Exposure.rank))
    )
    rows = (await session.exec(query)).all()
    await borrowed.withhold(session, person_id, rows)
    found: dict[str, list[Exposure]] = {}
    for exposure in rows:
        found.setdefault(exposure.turn_id, []).append(exposure)
    return found


async def before(session: AsyncSession, turn: Turn, limit: int) -> Sequence[Turn]:
    """The last turns that this one goes on from in its conversation, oldest first."""
    return (await session.exec(_before(select(Turn), turn).limit(limit))).all()[::-1]


async def id_before(session: AsyncSession, turn: Turn) -> str | None:
    """The id of the turn that this one goes on from: of all before it in its conversation, the last that is shown."""
    return (await session.exec(_before(select(Turn.id), turn).limit(1))).one_or_none()


def _before(query: SelectOfScalar[Row], turn: Turn) -> SelectOfScalar[Row]:
    earlier = query.where(
        Turn.conversation_id == turn.conversation_id,
        Turn.person_id == turn.person_id,
        Turn.id != turn.id,
        col(Turn.shown),
        col(Turn.created_at) <= turn.created_at,
    )
    return earlier.order_by(col(Turn.created_at).desc(), col(Turn.id).desc())


async def lift(session: AsyncSession, person_id: str, conversation_id: str) -> bool:
    """Bring a conversation to the top of the list; False if it is not this person's."""
    mine = (_CONVERSATIONS.c.id == conversation_id, _CONVERSATIONS.c.person_id == person_id)
    lifted = await session.execute(_CONVERSATIONS.update().where(*mine).values(updated_at=utc_now()))
    return bool(cast(CursorResult[Any], lifted).rowcount)


async def start_turn(session: AsyncSession, turn: Turn) -> None:
    """Log the question before anything can fail."""
    await session.execute(_TURNS.insert(), turn.model_dump())


async def finish_turn(
    session: AsyncSession, turn: Turn, exposures: Sequence[ExposureFields], before: frozenset[str] = frozenset()
) -> bool:
    """Write the end of a turn, whatever it was, with every passage that was shown. False if it ended before, or was
    deleted while it was being answered. Of a document deleted or taken back meanwhile no text is written. `before`:
    documents of others that the conversation before it rests on."""
    mine = (_TURNS.c.id == turn.id, _TURNS.c.person_id == turn.person_id, _TURNS.c.state == "running")
    ended = await session.execute(_TURNS.update().where(*mine).values(turn.model_dump(exclude=_ASKED)))
    if not cast(CursorResult[Any], ended).rowcount:
        return False
    if turn.preference_ids and turn.state == "complete" and not turn.abstained:
        await preferences.note_use(session, turn)
    owners: dict[str, str] = {}
    if exposures:
        await session.execute(_EXPOSURES.insert(), [exposure.model_dump() for exposure in exposures])
        shown = {exposure.document_id for exposure in exposures if exposure.kind == "document"}
        owners = await documents.owners(session, turn.person_id, shown)
        if gone := shown - owners.keys():
            await documents.blank_shown(session, turn.person_id, gone, documents.DELETED)
    await borrowed.note(session, turn, exposures, owners, before)
    return True


async def fail_interrupted_turns(session: AsyncSession) -> int:
    """At start-up: a turn still running was cut off by the end of the last process. Says so; returns how many."""
    statement = (
        update(Turn)
        .where(col(Turn.state) == "running")
        .values(state="failed", error="The server stopped while this was being answered. Please ask again.")
    )
    return (await session.exec(statement)).rowcount


def exposures_of(turn: Turn, hits: Sequence[Hit], selection: Selection, names: dict[str, str]) -> list[ExposureFields]:
    """One exposure for each hit, in rank order; kept hits carry the marker they have in the prompt."""
    markers = {hit.passage.id: marker for marker, hit in enumerate(selection.kept, start=1)}
    return [
        ExposureFields(
            turn_id=turn.id,
            person_id=turn.person_id,
            kind=hit.passage.kind,
            document_id=hit.passage.document_id,
            passage_id=hit.passage.id,
            document_name=names.get(hit.passage.document_id, hit.passage.title),
            title=hit.passage.title,
            text=hit.passage.text,
            page=hit.passage.page,
            heading=hit.passage.heading,
            rank=hit.rank,
            score=hit.score,
            dense=hit.dense,
            lexical=hit.lexical,
            utility=selection.utilities.get(hit.passage.id),
            marker=markers.get(hit.passage.id),
            selected=hit.passage.id in markers,
        )
        for hit in hits
    ]


def record_outcome(turn: Turn, exposures: Iterable[ExposureFields], outcome: Outcome) -> None:
    """Copy what the graph reports into the row and mark the exposures that the answer cites."""
    turn.state = "complete"
    turn.answer, turn.draft, turn.abstained = outcome.answer, outcome.draft, outcome.abstained
    turn.written = outcome.written
    turn.standalone_question = outcome.standalone_question
    turn.pseudo_answer = outcome.selection.pseudo_answer
    turn.prompt = [{"role": message.role, "content": message.content} for message in outcome.prompt]
    turn.preference_ids = list(outcome.recalled.preference_ids)
    turn.timings = dict(outcome.timings)
    turn.versions = {**turn.versions, "prompt": outcome.prompt_version}
    turn.prompt_tokens = outcome.usage.prompt_tokens
    turn.completion_tokens = outcome.usage.completion_tokens
    cited = {citation.hit.passage.id for citation in outcome.citations}
    for exposure in exposures:
        exposure.cited = exposure.passage_id in cited
