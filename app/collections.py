"""Every SQL statement about collections, what is in them and with whom they are shared. Who may is asked before."""

from collections.abc import Collection as Some
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app import access
from app.cursor import newest_first
from app.models import Document, Person
from app.models_groups import Collection, CollectionDocument, Group, GroupMember, Share
from app.schemas_groups import Permission, Standing

Seen = tuple[datetime, str]  # (created_at, id) of the last row already seen


async def page(session: AsyncSession, person_id: str, limit: int, before: Seen | None) -> Sequence[Collection]:
    """The collections that this person may read, newest first."""
    query = select(Collection).where(col(Collection.id).in_(access.collections_of(person_id)))
    return (await session.exec(newest_first(query, Collection.created_at, Collection.id, limit, before))).all()


async def owned(session: AsyncSession, person_id: str) -> Sequence[Collection]:
    """All that are this person's own."""
    return (await session.exec(select(Collection).where(Collection.owner_id == person_id))).all()


async def owners(session: AsyncSession, found: Sequence[Collection]) -> dict[str, str]:
    """Person -> name, of those whose collections these are."""
    query = select(Person.id, Person.display_name).where(col(Person.id).in_({one.owner_id for one in found}))
    return dict((await session.exec(query)).all())


async def standings(session: AsyncSession, person_id: str, found: Sequence[Collection]) -> dict[str, Standing]:
    """Collection -> the most that this person may do with it."""
    ids = [one.id for one in found]
    mine = select(GroupMember.group_id).where(GroupMember.person_id == person_id)
    query = select(Share.collection_id, Share.permission).where(
        col(Share.collection_id).in_(ids), (col(Share.person_id) == person_id) | col(Share.group_id).in_(mine)
    )
    given: dict[str, list[str]] = {one.id: ["own"] if one.owner_id == person_id else [] for one in found}
    for collection_id, permission in (await session.exec(query)).all():
        given[collection_id].append(permission)
    most = {identity: access.highest(held) for identity, held in given.items()}
    return {identity: held for identity, held in most.items() if held is not None}


async def given(session: AsyncSession, person_id: str, ids: Sequence[str]) -> dict[str, str]:
    """Collection -> the share that names this person; nothing of what reaches them through a group."""
    query = select(Share.collection_id, Share.id).where(
        col(Share.collection_id).in_(ids), col(Share.person_id) == person_id
    )
    return dict((await session.exec(query)).all())


async def sizes(session: AsyncSession, ids: Sequence[str]) -> dict[str, int]:
    """Collection -> documents in it; nothing of an empty one."""
    query = select(CollectionDocument.collection_id, func.count()).where(col(CollectionDocument.collection_id).in_(ids))
    return dict((await session.exec(query.group_by(col(CollectionDocument.collection_id)))).all())


async def rename(session: AsyncSession, collection_id: str, name: str) -> None:
    await session.exec(update(Collection).where(col(Collection.id) == collection_id).values(name=name))


async def remove(session: AsyncSession, collection_id: str) -> None:
    """Take the collection away; its documents stay with their owners."""
    await _mark(session, select(CollectionDocument.document_id).where(_of(collection_id)))
    await session.exec(delete(Collection).where(col(Collection.id) == collection_id))


async def contents(session: AsyncSession, collection_id: str, limit: int, before: Seen | None) -> Sequence[Document]:
    """The documents in a collection, newest first."""
    query = select(Document).where(
        col(Document.id).in_(select(CollectionDocument.document_id).where(_of(collection_id)))
    )
    return (await session.exec(newest_first(query, Document.created_at, Document.id, limit, before))).all()


async def put(session: AsyncSession, collection_id: str, document_ids: Some[str]) -> None:
    """Let these documents be in the collection, too."""
    held = select(CollectionDocument.document_id).where(_of(collection_id))
    new = set(document_ids) - set((await session.exec(held)).all())
    session.add_all(CollectionDocument(collection_id=collection_id, document_id=one) for one in new)
    await _mark(session, new)


async def take_out(session: AsyncSession, collection_id: str, document_id: str) -> bool:
    """False if it was not in the collection."""
    gone = delete(CollectionDocument).where(_of(collection_id), col(CollectionDocument.document_id) == document_id)
    await _mark(session, [document_id])
    return (await session.exec(gone)).rowcount > 0


async def inherit(session: AsyncSession, person_id: str, replaced: Some[str], document_id: str) -> None:
    """Put a person's document wherever those are that it takes the place of, and that they may still write in."""
    query = select(CollectionDocument.collection_id).where(col(CollectionDocument.document_id).in_(replaced))
    for collection_id in set((await session.exec(query)).all()) if replaced else ():
        held = await access.standing(session, person_id, collection_id)
        if held is not None and access.reaches(held, "write"):
            await put(session, collection_id, [document_id])


async def shares(
    session: AsyncSession, collection_id: str, limit: int, before: Seen | None
) -> Sequence[tuple[Share, Person | Group]]:
    """With whom a collection is shared, newest first."""
    query = select(Share).where(Share.collection_id == collection_id)
    found = (await session.exec(newest_first(query, Share.created_at, Share.id, limit, before))).all()
    someone = select(Person).where(col(Person.id).in_([one.person_id for one in found]))
    group = select(Group).where(col(Group.id).in_([one.group_id for one in found]))
    named: dict[str | None, Person | Group] = {one.id: one for one in (await session.exec(someone)).all()}
    named |= {one.id: one for one in (await session.exec(group)).all()}
    return [(one, named[one.person_id or one.group_id]) for one in found]


async def share(session: AsyncSession, collection_id: str, given_to: Person | Group, permission: Permission) -> Share:
    """The one share with this person or group, which says `permission` from now on."""
    person_id, group_id = (given_to.id, None) if isinstance(given_to, Person) else (None, given_to.id)
    same = col(Share.person_id) == person_id if person_id else col(Share.group_id) == group_id
    found = (await session.exec(select(Share).where(Share.collection_id == collection_id, same))).one_or_none()
    made = found or Share(collection_id=collection_id, person_id=person_id, group_id=group_id, permission=permission)
    made.permission = permission
    session.add(made)
    await session.flush()
    return made


async def find_share(session: AsyncSession, collection_id: str, share_id: str) -> Share | None:
    query = select(Share).where(Share.id == share_id, Share.collection_id == collection_id)
    return (await session.exec(query)).one_or_none()


def _of(collection_id: str) -> Any:
    return col(CollectionDocument.collection_id) == collection_id


async def _mark(session: AsyncSession, document_ids: Any) -> None:
    """Note that the index is to be told of these documents' readers; app/sharing.py does it."""
    raised = update(Document).where(col(Document.id).in_(document_ids))
    await session.exec(raised.values(readers_version=Document.readers_version + 1))
