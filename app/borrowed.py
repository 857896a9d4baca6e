"""Answers that rest on documents of others: noted when they are written, and asked about before they are told again.

What a person was answered stays theirs to read. Once a document is taken back from them, its passages are shown to them
no more, and no answer that rests on it, be it through another answer, goes into a prompt or an export of rows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

from agents.types import PastTurn
from app import access, documents
from app.models import Exposure, ExposureFields, Turn, table
from app.models_groups import Borrowed

_BORROWED, _TURNS = table(Borrowed), table(Turn)
_PERSON: sa.BindParameter[str] = sa.bindparam("person")
_CARRIED = (  # built once: every turn of a conversation asks it
    sa.select(_BORROWED.c.document_id)
    .join(_TURNS, _TURNS.c.id == _BORROWED.c.turn_id)
    .where(_TURNS.c.conversation_id == sa.bindparam("conversation"), _BORROWED.c.person_id == _PERSON)
    .where(access.may_read(_PERSON, _BORROWED.c.document_id))
)


def is_withdrawn(person_id: str) -> sa.ColumnElement[bool]:
    """Whether a row of turns rests on a document that this person may not read any more."""
    of_turn = _BORROWED.c.turn_id == _TURNS.c.id
    return sa.exists().where(of_turn, ~access.may_read(person_id, _BORROWED.c.document_id))


async def carried(session: AsyncSession, person_id: str, conversation_id: str) -> frozenset[str]:
    """Readable documents of others that this person's answers in a conversation rest on: those who go on from there
    rest on them, too."""
    found = await session.execute(_CARRIED, {"person": person_id, "conversation": conversation_id})
    return frozenset(row[0] for row in found.all())


async def of_told(
    session: AsyncSession, person_id: str, told: Sequence[PastTurn]
) -> tuple[tuple[PastTurn, ...], frozenset[str]]:
    """Of a conversation that somebody tells: what may still be read of it, and the documents of others that it rests
    on. An answer is known by its text, and one that was altered by its question; what is neither is their own."""
    questions, answers = {one.question for one in told}, {one.answer for one in told}
    columns = (_TURNS.c.question, _TURNS.c.answer, _TURNS.c.edited_answer, _BORROWED.c.document_id)
    is_told = (_TURNS.c.answer.in_(answers), _TURNS.c.edited_answer.in_(answers), _TURNS.c.question.in_(questions))
    query = (
        sa.select(*columns, access.may_read(person_id, _BORROWED.c.document_id))
        .join(_BORROWED, _BORROWED.c.turn_id == _TURNS.c.id, isouter=True)
        .where(_TURNS.c.person_id == person_id, sa.or_(*is_told))
    )
    known = (await session.execute(query)).all()
    kept, rests_on = list[PastTurn](), set[str]()
    for one in told:
        same = [row for row in known if one.answer and one.answer in (row[1], row[2])]
        same = same or [row for row in known if row[0] == one.question]
        documents_of = {row[3]: row[4] for row in same if row[3] is not None}
        if all(documents_of.values()):
            kept.append(one)
            rests_on |= documents_of.keys()
    return tuple(kept), frozenset(rests_on)


async def note(
    session: AsyncSession,
    turn: Turn,
    exposures: Iterable[ExposureFields],
    owners: Mapping[str, str],
    before: Collection[str],
) -> None:
    """Keep what a turn rests on: what it read of others, what earlier answers that it read rest on, and what was there
    `before` it in its conversation. `owners`: of the documents that were shown and are readable."""
    read = [shown for shown in exposures if shown.selected]
    rests_on = {one.document_id for one in read if one.kind == "document"}
    rests_on = {one for one in rests_on if owners.get(one) != turn.person_id} | set(before)
    told = [one.passage_id for one in read if one.kind == "conversation"]
    if told:
        earlier = sa.select(_BORROWED.c.document_id).where(
            _BORROWED.c.turn_id.in_(told), _BORROWED.c.person_id == turn.person_id
        )
        rests_on |= {row[0] for row in (await session.execute(earlier)).all()}
    rows = [{"turn_id": turn.id, "document_id": one, "person_id": turn.person_id} for one in sorted(rests_on)]
    if rows:
        await session.execute(_BORROWED.insert(), rows)


async def withdrawn(session: AsyncSession, person_id: str, turn_ids: Sequence[str]) -> set[tuple[str, str]]:
    """(turn, document) of what these turns rest on and this person may not read any more."""
    query = sa.select(_BORROWED.c.turn_id, _BORROWED.c.document_id).where(
        _BORROWED.c.turn_id.in_(turn_ids),
        _BORROWED.c.person_id == person_id,
        ~access.may_read(person_id, _BORROWED.c.document_id),
    )
    return {(row[0], row[1]) for row in (await session.execute(query)).all()}


async def withhold(session: AsyncSession, person_id: str, shown: Sequence[Exposure]) -> None:
    """Take out of these rows, and not out of the table, what this person may not read any more, and what was quoted of
    answers that rest on it."""
    held = {one.document_id for one in shown if one.kind == "document" and one.text}
    closed = held - (await documents.names(session, person_id, held)).keys()
    told = [one.passage_id for one in shown if one.kind == "conversation"]
    resting = {turn for turn, _ in await withdrawn(session, person_id, told)} if told else set()
    for one in shown:
        if one.text and (one.document_id in closed or one.passage_id in resting):
            session.expunge(one)
            one.text, one.title, one.heading, one.document_name = "", "", None, documents.WITHDRAWN
