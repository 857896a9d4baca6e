"""Every SQL statement about conversations, turns and exposures. The owner is part of each statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlmodel import col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from agents.events import Outcome
from app import documents
from app.models import Conversation, Document, Exposure, Turn, utc_now
from retrieval.types import Hit, Selection

TITLE_LENGTH = 80


async def create_conversation(session: AsyncSession, person_id: str, title: str) -> Conversation:
    """Start a conversation; the title is cut to what a sidebar can show."""
    conversation = Conversation(person_id=person_id, title=title[:TITLE_LENGTH] or "New conversation")
    session.add(conversation)
    await session.flush()
    return conversation


async def find_conversation(session: AsyncSession, person_id: str, conversation_id: str) -> Conversation | None:
    """The conversation, if it is this person's."""
    query = select(Conversation).where(Conversation.id == conversation_id, Conversation.person_id == person_id)
    return (await session.exec(query)).one_or_none()


async def list_conversations(
    session: AsyncSession, person_id: str, limit: int, before: tuple[datetime, str] | None
) -> Sequence[Conversation]:
    """Newest first; `before` is the (updated_at, id) of the last one already seen."""
    query = select(Conversation).where(Conversation.person_id == person_id)
    if before is not None:
        at, seen = before
        older = (col(Conversation.updated_at) == at) & (col(Conversation.id) < seen)
        query = query.where(or_(col(Conversation.updated_at) < at, older))
    query = query.order_by(col(Conversation.updated_at).desc(), col(Conversation.id).desc()).limit(limit)
    return (await session.exec(query)).all()


async def delete_conversation(session: AsyncSession, person_id: str, conversation_id: str) -> bool:
    """Remove the conversation with its turns and exposures; False if it is not this person's."""
    statement = delete(Conversation).where(
        col(Conversation.id) == conversation_id, col(Conversation.person_id) == person_id
    )
    return (await session.exec(statement)).rowcount > 0


async def list_turns(session: AsyncSession, person_id: str, conversation_id: str) -> Sequence[Turn]:
    """The turns of a conversation, oldest first."""
    query = (
        select(Turn)
        .where(Turn.conversation_id == conversation_id, Turn.person_id == person_id)
        .order_by(col(Turn.created_at), col(Turn.id))
    )
    return (await session.exec(query)).all()


async def list_exposures(session: AsyncSession, person_id: str, turn_ids: Iterable[str]) -> dict[str, list[Exposure]]:
    """Exposures by turn id, best rank first."""
    query = (
        select(Exposure)
        .where(col(Exposure.turn_id).in_(list(turn_ids)), Exposure.person_id == person_id)
        .order_by(col(Exposure.rank))
    )
    found: dict[str, list[Exposure]] = {}
    for exposure in (await session.exec(query)).all():
        found.setdefault(exposure.turn_id, []).append(exposure)
    return found


async def document_names(session: AsyncSession, document_ids: Iterable[str]) -> dict[str, str]:
    """File names by document id. Only for ids that a search restricted to the person's readers has returned."""
    query = select(Document.id, Document.name).where(col(Document.id).in_(list(set(document_ids))))
    return {row[0]: row[1] for row in (await session.exec(query)).all()}


async def foreign_documents(session: AsyncSession, person_id: str, document_ids: Iterable[str]) -> set[str]:
    """Those of `document_ids` that are not this person's, or do not exist."""
    wanted = set(document_ids)
    query = select(Document.id).where(col(Document.id).in_(list(wanted)), Document.owner_id == person_id)
    return wanted - set((await session.exec(query)).all())


async def start_turn(session: AsyncSession, turn: Turn) -> bool:
    """Log the question before anything can fail, and lift its conversation to the top of the list. False if the
    conversation is gone."""
    statement = update(Conversation).where(
        col(Conversation.id) == turn.conversation_id, col(Conversation.person_id) == turn.person_id
    )
    lifted = await session.exec(statement.values(updated_at=utc_now()))
    if lifted.rowcount:
        session.add(turn)
    return lifted.rowcount > 0


async def finish_turn(session: AsyncSession, turn: Turn, exposures: Sequence[Exposure]) -> bool:
    """Write the end of a turn, whatever it was, with every passage that was shown. False if the turn was deleted
    while it was being answered. Of a document deleted meanwhile no text is written."""
    mine = (col(Turn.id) == turn.id, col(Turn.person_id) == turn.person_id)
    if not (await session.exec(update(Turn).where(*mine).values(**turn.model_dump(exclude={"id"})))).rowcount:
        return False
    session.add_all(exposures)
    await session.flush()
    shown = {exposure.document_id for exposure in exposures}
    for document in await foreign_documents(session, turn.person_id, shown):
        await documents.erase(session, turn.person_id, document)
    return True


async def fail_interrupted_turns(session: AsyncSession) -> int:
    """At start-up: a turn still running was cut off by the end of the last process. Says so; returns how many."""
    statement = (
        update(Turn)
        .where(col(Turn.state) == "running")
        .values(state="failed", error="The server stopped while this was being answered. Please ask again.")
    )
    return (await session.exec(statement)).rowcount


def exposures_of(turn: Turn, hits: Sequence[Hit], selection: Selection, names: dict[str, str]) -> list[Exposure]:
    """One Exposure for each hit, in rank order; kept hits carry the marker they have in the prompt."""
    markers = {hit.passage.id: marker for marker, hit in enumerate(selection.kept, start=1)}
    return [
        Exposure(
            turn_id=turn.id,
            person_id=turn.person_id,
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


def record_outcome(turn: Turn, exposures: Iterable[Exposure], outcome: Outcome) -> None:
    """Copy what the graph reports into the row and mark the exposures that the answer cites."""
    turn.state = "complete"
    turn.answer, turn.draft, turn.abstained = outcome.answer, outcome.draft, outcome.abstained
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
