"""Every SQL statement about groups and who is in them. Decides about nobody: whoever calls has asked who may."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import col, delete, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cursor import newest_first
from app.models import Person
from app.models_groups import Group, GroupMember

Seen = tuple[datetime, str]  # (created_at, id) of the last row already seen


async def create(session: AsyncSession, name: str, person_id: str) -> Group:
    """A new group that its maker leads."""
    group = Group(name=name)
    session.add(group)
    await session.flush()
    session.add(GroupMember(group_id=group.id, person_id=person_id, leads=True))
    return group


async def page(session: AsyncSession, person_id: str | None, limit: int, before: Seen | None) -> Sequence[Group]:
    """The groups that this person is in, newest first; None: all that there are."""
    query = select(Group)
    if person_id is not None:
        query = query.where(col(Group.id).in_(select(GroupMember.group_id).where(GroupMember.person_id == person_id)))
    return (await session.exec(newest_first(query, Group.created_at, Group.id, limit, before))).all()


async def membership(session: AsyncSession, person_id: str, group_id: str) -> GroupMember | None:
    """This person's place in a group; None: they are not in it."""
    query = select(GroupMember).where(GroupMember.group_id == group_id, GroupMember.person_id == person_id)
    return (await session.exec(query)).one_or_none()


async def led_by(session: AsyncSession, person_id: str) -> set[str]:
    """Ids of the groups that this person leads."""
    query = select(GroupMember.group_id).where(GroupMember.person_id == person_id, col(GroupMember.leads))
    return set((await session.exec(query)).all())


async def sizes(session: AsyncSession, group_ids: Sequence[str]) -> dict[str, int]:
    """Group -> people in it; nothing of an empty one."""
    query = select(GroupMember.group_id, func.count()).where(col(GroupMember.group_id).in_(group_ids))
    return dict((await session.exec(query.group_by(col(GroupMember.group_id)))).all())


async def members(
    session: AsyncSession, group_id: str, limit: int, before: Seen | None
) -> Sequence[tuple[GroupMember, Person]]:
    """Who is in a group, newest first."""
    query = select(GroupMember).where(GroupMember.group_id == group_id)
    page = newest_first(query, GroupMember.created_at, GroupMember.person_id, limit, before)
    found = (await session.exec(page)).all()
    those = select(Person).where(col(Person.id).in_([member.person_id for member in found]))
    by_id = {person.id: person for person in (await session.exec(those)).all()}
    return [(member, by_id[member.person_id]) for member in found]


async def rename(session: AsyncSession, group_id: str, name: str) -> None:
    await session.exec(update(Group).where(col(Group.id) == group_id).values(name=name))


async def remove(session: AsyncSession, group_id: str) -> None:
    """Take the group away, and with it whatever was shared with it."""
    await session.exec(delete(Group).where(col(Group.id) == group_id))


async def put(session: AsyncSession, group_id: str, person_id: str, leads: bool) -> GroupMember:
    """Let a person be in a group, and lead it or not."""
    member = await membership(session, person_id, group_id) or GroupMember(group_id=group_id, person_id=person_id)
    member.leads = leads
    session.add(member)
    return member


async def take_out(session: AsyncSession, group_id: str, person_id: str) -> bool:
    """Let a person be in the group no more; the last one takes it along. False if they were not in it."""
    mine = (col(GroupMember.group_id) == group_id, col(GroupMember.person_id) == person_id)
    was_in = (await session.exec(delete(GroupMember).where(*mine))).rowcount > 0
    await remove_empty(session)
    return was_in


async def remove_empty(session: AsyncSession) -> None:
    """Take away the groups that nobody is in any more."""
    await session.exec(delete(Group).where(col(Group.id).not_in(select(GroupMember.group_id))))


async def others_lead(session: AsyncSession, group_id: str, person_id: str) -> bool:
    """Whether somebody else leads the group, or nobody else is in it."""
    others = select(GroupMember.leads).where(GroupMember.group_id == group_id, GroupMember.person_id != person_id)
    found = (await session.exec(others)).all()
    return not found or any(found)
