"""Who may read and do what, as conditions of SQL. These tables are the truth; the index holds the same as `readers`.

A passage's readers are its owner and the collections that it is in, so that sharing a collection, joining or leaving a
group and taking a share back change no passage: who a person is to a query is asked anew with every query.
"""

from collections.abc import AsyncIterator
from collections.abc import Collection as Some
from contextlib import asynccontextmanager
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel.ext.asyncio.session import AsyncSession

from app.db import Database
from app.models import Document, table
from app.models_groups import Collection, CollectionDocument, GroupMember, Share
from app.problems import Problem, not_found
from app.schemas_groups import Standing

_COLLECTION = "collection:"  # before the id of one among readers, where ids of people stand as they are
_ORDER: list[Standing] = ["read", "write", "manage", "own"]

_DOCUMENTS, _COLLECTIONS, _HELD = table(Document), table(Collection), table(CollectionDocument)
_SHARES, _MEMBERS = table(Share), table(GroupMember)


def _given_to(person: Any) -> sa.ColumnElement[bool]:
    """Whether a row of shares is about this person, or a group that they are in."""
    groups = sa.select(_MEMBERS.c.group_id).where(_MEMBERS.c.person_id == person)
    return sa.or_(_SHARES.c.person_id == person, _SHARES.c.group_id.in_(groups))


def collections_of(person: Any) -> sa.CompoundSelect[tuple[str]]:
    """Ids of the collections that a person may read; `person` is an id or a parameter that will be one."""
    owned = sa.select(_COLLECTIONS.c.id).where(_COLLECTIONS.c.owner_id == person)
    return owned.union(sa.select(_SHARES.c.collection_id).where(_given_to(person)))


def is_readable(person: Any) -> sa.ColumnElement[bool]:
    """Whether a row of documents is this person's, or in a collection that they may read."""
    shared = sa.select(_HELD.c.document_id).where(_HELD.c.collection_id.in_(collections_of(person)))
    return sa.or_(_DOCUMENTS.c.owner_id == person, _DOCUMENTS.c.id.in_(shared))


def may_read(person: Any, document: Any) -> sa.ColumnElement[bool]:
    """Whether the document whose id is in the column `document` exists and is readable."""
    return sa.exists().where(_DOCUMENTS.c.id == document, is_readable(person))


@asynccontextmanager
async def changing(database: Database) -> AsyncIterator[AsyncSession]:
    """A session for a change that another one may overtake. Raises Problem 409 where one did."""
    try:
        async with database.session() as session:
            yield session
    except IntegrityError:
        raise Problem(409, "somebody changed the same at this moment: look at it again, and repeat") from None


_PRINCIPALS = collections_of(sa.bindparam("person"))


async def principals(session: AsyncSession, person_id: str, within: Some[str] | None = None) -> frozenset[str]:
    """As which readers a person's query counts; `within` narrows it to these collections. Raises Problem 404."""
    found = {row[0] for row in (await session.execute(_PRINCIPALS, {"person": person_id})).all()}
    if within is None:
        return frozenset({person_id} | {_COLLECTION + one for one in found})
    if unknown := sorted(set(within) - found):
        raise not_found("collection", unknown[0])
    return frozenset(_COLLECTION + one for one in within)


def is_shared(readers: Some[str]) -> bool:
    """Whether a query by these can find what is another's."""
    return any(reader.startswith(_COLLECTION) for reader in readers)


async def documents_in(session: AsyncSession, collection_ids: Some[str]) -> set[str]:
    """What is in these collections; whoever calls has asked who may read them."""
    query = sa.select(_HELD.c.document_id).where(_HELD.c.collection_id.in_(collection_ids))
    return {row[0] for row in (await session.execute(query)).all()}


async def readers(session: AsyncSession, document_ids: Some[str] | None) -> dict[str, frozenset[str]]:
    """Document -> the readers that its passages ought to have; a document that is gone has none. None: of all, which no
    person's request may ask."""
    query = sa.select(_DOCUMENTS.c.id, _DOCUMENTS.c.owner_id, _HELD.c.collection_id).join(
        _HELD, _HELD.c.document_id == _DOCUMENTS.c.id, isouter=True
    )
    if document_ids is not None:
        query = query.where(_DOCUMENTS.c.id.in_(document_ids))
    found: dict[str, set[str]] = {}
    for document, owner, collection in (await session.execute(query)).all():
        found.setdefault(document, {owner}).update([_COLLECTION + collection] if collection else [])
    return {document: frozenset(allowed) for document, allowed in found.items()}


async def standing(session: AsyncSession, person_id: str, collection_id: str) -> Standing | None:
    """The most that a person may do with a collection; None: they may not know of it."""
    owner = sa.select(sa.literal("own")).where(_COLLECTIONS.c.id == collection_id, _COLLECTIONS.c.owner_id == person_id)
    given = sa.select(_SHARES.c.permission).where(_SHARES.c.collection_id == collection_id, _given_to(person_id))
    return highest([row[0] for row in (await session.execute(owner.union(given))).all()])


def highest(found: Some[str]) -> Standing | None:
    """The most of several; None of none."""
    return max((cast(Standing, one) for one in found), key=_ORDER.index, default=None)


def reaches(held: Standing, wanted: Standing) -> bool:
    """Whether who may do `held` may do what `wanted` says."""
    return _ORDER.index(held) >= _ORDER.index(wanted)
