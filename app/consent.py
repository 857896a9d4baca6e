"""Whose turns may train what others use, and which of their passages they may still read. Writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app import borrowed, documents
from app.models import Document, Exposure, Person
from app.models_groups import Borrowed

ALONE = "alone"  # in a manifest's settings: fitted to what one person did, who did not agree that others use it


async def consenting(session: AsyncSession) -> set[str]:
    """Ids of those who agreed that what they ask, edit and vote trains models that others use too. Where there is one
    person only, that person: there are no others. A model of one's own needs no word of this."""
    some = (await session.exec(select(Person.id).limit(2))).all()
    if len(some) == 1:
        return set(some)
    return await agreed(session)


async def agreed(session: AsyncSession) -> set[str]:
    """Ids of those who said so themselves, which holds also when others come."""
    return set((await session.exec(select(Person.id).where(col(Person.trains_others)))).all())


async def out_of_reach(session: AsyncSession, person_id: str, turn_ids: Sequence[str]) -> set[tuple[str, str]]:
    """(turn, document) of every passage that was shown in these turns and whose document the person may no longer
    read, because it is deleted or not shared with them any more."""
    query = select(Exposure.turn_id, Exposure.document_id).where(
        col(Exposure.turn_id).in_(turn_ids), Exposure.person_id == person_id, Exposure.kind == "document"
    )
    shown = set((await session.exec(query.distinct())).all())
    readable = await documents.names(session, person_id, {document for _, document in shown})
    gone = {(turn, document) for turn, document in shown if document not in readable}
    return gone | await borrowed.withdrawn(session, person_id, turn_ids)


async def of_others(
    session: AsyncSession, willing: AbstractSet[str], person_id: str, turn_ids: Sequence[str]
) -> set[str]:
    """Turns that show a document, or rest on one, of somebody who did not agree: whoever may read it cannot say for
    its owner that it teaches all."""
    shown = select(Exposure.turn_id, Document.owner_id).join(Document, col(Document.id) == Exposure.document_id)
    rested = select(Borrowed.turn_id, Document.owner_id).join(Document, col(Document.id) == Borrowed.document_id)
    found = [
        *(await session.exec(shown.where(col(Exposure.turn_id).in_(turn_ids)).distinct())).all(),
        *(await session.exec(rested.where(col(Borrowed.turn_id).in_(turn_ids)))).all(),
    ]
    return {turn for turn, owner in found if owner != person_id and owner not in willing}


async def readable(session: AsyncSession, agreed: AbstractSet[str], shown: Iterable[Exposure]) -> set[str]:
    """Ids of those of these passages that operators may read: whom they were shown to may read them still, and so may
    be said of everybody whose document their turn rests on that they `agreed`."""
    by_person: dict[str, list[Exposure]] = defaultdict(list)
    for one in shown:
        by_person[one.person_id].append(one)
    found = set[str]()
    for person, theirs in by_person.items():
        turn_ids = list({one.turn_id for one in theirs})
        closed = await out_of_reach(session, person, turn_ids)
        foreign = await of_others(session, agreed, person, turn_ids)
        found |= {
            one.id for one in theirs if (one.turn_id, one.document_id) not in closed and one.turn_id not in foreign
        }
    return found


async def is_kept_from_others(session: AsyncSession, manifest: Mapping[str, Any]) -> bool:
    """Whether this version was fitted to one person's turns without their leave, and others would use it."""
    if not (manifest.get("settings") or {}).get(ALONE):
        return False
    return len((await session.exec(select(Person.id).limit(2))).all()) > 1
