"""Every SQL statement about documents. Whose they are, or who may read them, is part of each statement."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import sql
from sqlmodel import col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app import access
from app.containing import holds, words_of
from app.cursor import newest_first
from app.models import Document, Exposure, Job, Turn, table, utc_now
from app.schemas import UNDER_WAY

DELETED = "deleted document"
WITHDRAWN = "a document that is not shared with you any more"

_DOCUMENTS = table(Document)
# Built once and past the ORM: every turn asks it twice.
_READABLE = sql.select(_DOCUMENTS.c.id, _DOCUMENTS.c.name, _DOCUMENTS.c.owner_id).where(
    access.is_readable(sql.bindparam("person")), _DOCUMENTS.c.id.in_(sql.bindparam("wanted", expanding=True))
)


async def find(session: AsyncSession, owner_id: str, document_id: str) -> Document | None:
    """The document, if it is this owner's."""
    query = select(Document).where(Document.id == document_id, Document.owner_id == owner_id)
    return (await session.exec(query)).one_or_none()


async def find_readable(session: AsyncSession, person_id: str, document_id: str) -> Document | None:
    """The document, if it is this person's or shared with them."""
    query = select(Document).where(Document.id == document_id, access.is_readable(person_id))
    return (await session.exec(query)).one_or_none()


async def find_by_source(session: AsyncSession, owner_id: str, source: str) -> Sequence[Document]:
    """What this owner ingested from the path `source`; more than one only while a replacement is under way."""
    query = select(Document).where(Document.owner_id == owner_id, Document.source == source)
    return (await session.exec(query)).all()


async def page(
    session: AsyncSession, owner_id: str, limit: int, before: tuple[datetime, str] | None, sought: str = ""
) -> Sequence[Document]:
    """Newest first; `before` is the (created_at, id) of the last one already seen. Only those whose name or title hold
    every word of `sought`."""
    named = (or_(holds(col(Document.name), word), holds(col(Document.title), word)) for word in words_of(sought))
    query = select(Document).where(Document.owner_id == owner_id, *named)
    page = newest_first(query, Document.created_at, Document.id, limit, before)
    return (await session.exec(page)).all()


async def usage(session: AsyncSession, owner_id: str) -> tuple[int, int]:
    """How many documents this owner has, and the bytes of their files."""
    counted = sql.select(sql.func.count(), sql.func.coalesce(sql.func.sum(_DOCUMENTS.c.size), 0))
    row = (await session.execute(counted.where(_DOCUMENTS.c.owner_id == owner_id))).one()
    return int(row[0]), int(row[1])


async def ids(session: AsyncSession, owner_id: str) -> Sequence[str]:
    """All of this owner's documents."""
    return (await session.exec(select(Document.id).where(Document.owner_id == owner_id))).all()


async def resting(session: AsyncSession, owner_id: str) -> Sequence[str]:
    """All of this owner's that nobody is reading now, those first that were longest left alone."""
    query = select(Document.id).where(Document.owner_id == owner_id, col(Document.status).not_in(UNDER_WAY))
    return (await session.exec(query.order_by(col(Document.updated_at), col(Document.id)))).all()


async def names(session: AsyncSession, person_id: str, document_ids: Iterable[str]) -> dict[str, str]:
    """Id -> file name of those that this person may read."""
    return {row[0]: row[1] for row in await _readable(session, person_id, document_ids)}


async def owners(session: AsyncSession, person_id: str, document_ids: Iterable[str]) -> dict[str, str]:
    """Id -> whose it is, of those that this person may read."""
    return {row[0]: row[2] for row in await _readable(session, person_id, document_ids)}


async def _readable(session: AsyncSession, person_id: str, document_ids: Iterable[str]) -> Sequence[Any]:
    wanted = list(set(document_ids))
    return (await session.execute(_READABLE, {"person": person_id, "wanted": wanted})).all() if wanted else []


async def shelf(session: AsyncSession, person_id: str) -> Sequence[tuple[str, str, str, str]]:
    """(id, file name, title, media type) of all documents that this person may read and something of which answers."""
    answers = (_DOCUMENTS.c.status == "indexed") | (_DOCUMENTS.c.passages > 0)  # also while it is read again
    mine = (access.is_readable(person_id), answers)
    columns = (_DOCUMENTS.c.id, _DOCUMENTS.c.name, _DOCUMENTS.c.title, _DOCUMENTS.c.media_type)
    return [
        (row[0], row[1], row[2], row[3]) for row in (await session.execute(sql.select(*columns).where(*mine))).all()
    ]


async def change(session: AsyncSession, owner_id: str, document_id: str, **values: Any) -> Document | None:
    """Set columns of the document and return it; None if it is gone."""
    mine = (col(Document.id) == document_id, col(Document.owner_id) == owner_id)
    statement = update(Document).where(*mine).values(updated_at=utc_now(), **values).returning(Document)
    return (await session.execute(statement)).scalar_one_or_none()


async def blank_shown(session: AsyncSession, person_id: str, source_ids: Any, name: str) -> None:
    """Remove every copy of these sources' texts in this person's log, whatever they are; that turns showed them stays
    known."""
    await _blank(session, (col(Exposure.document_id).in_(source_ids), col(Exposure.person_id) == person_id), name)


async def blank_shared(session: AsyncSession, owner_id: str, document_ids: Any) -> None:
    """Remove every copy of the texts of this owner's documents in the logs of others."""
    theirs = (col(Exposure.document_id).in_(document_ids), col(Exposure.person_id) != owner_id)
    await _blank(session, theirs, WITHDRAWN)


async def _blank(session: AsyncSession, shown: Sequence[Any], name: str) -> None:
    # The prompt quotes the passages. The answer stays: it is the person's conversation, not the document.
    turns = select(Exposure.turn_id).where(*shown)
    await session.execute(update(Turn).where(col(Turn.id).in_(turns)).values(prompt=None))
    blank = {"text": "", "title": "", "heading": None, "document_name": name}
    await session.execute(update(Exposure).where(*shown).values(**blank))


async def erase(session: AsyncSession, owner_id: str, document_id: str) -> None:
    """Remove the row and every copy of the document's text in the log, of whoever read it."""
    await blank_shown(session, owner_id, [document_id], DELETED)
    await blank_shared(session, owner_id, [document_id])
    about = col(Job.arguments)["document_id"].as_string() == document_id
    await session.execute(delete(Job).where(col(Job.person_id) == owner_id, about))
    mine = (col(Document.id) == document_id, col(Document.owner_id) == owner_id)
    await session.execute(delete(Document).where(*mine))


async def set_encoder(session: AsyncSession, version: str) -> None:
    """Note that every indexed document is encoded by `version` now; no person's request may call this."""
    indexed = col(Document.status) == "indexed"
    await session.execute(update(Document).where(indexed).values(encoder_version=version))


async def known_originals(session: AsyncSession) -> set[tuple[str, str]]:
    """(owner id, SHA-256) of every document, for sweeping files at start; no person's request may call this."""
    return set((await session.exec(select(Document.owner_id, Document.sha256))).all())
