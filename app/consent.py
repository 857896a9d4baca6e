"""Whose turns may train what others use, and which of their passages they may still read. Writes nothing."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app import borrowed, documents
from app.models import Exposure, Person

ALONE = "alone"  # in a manifest's settings: fitted to what one person did, who did not agree that others use it


async def consenting(session: AsyncSession) -> set[str]:
    """Ids of those who agreed that what they ask, edit and vote trains models that others use too. Where there is one
    person only, that person: there are no others. A model of one's own needs no word of this."""
    some = (await session.exec(select(Person.id).limit(2))).all()
    if len(some) == 1:
        return set(some)
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


async def is_kept_from_others(session: AsyncSession, manifest: Mapping[str, Any]) -> bool:
    """Whether this version was fitted to one person's turns without their leave, and others would use it."""
    if not (manifest.get("settings") or {}).get(ALONE):
        return False
    return len((await session.exec(select(Person.id).limit(2))).all()) > 1
