"""Groups: people who are given things together. Anybody makes one; who leads it, or is an admin, says who is in it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from app import access, audit, groups, people
from app.auth import normal_email
from app.cursor import cursor_after, decode_cursor
from app.deps import CurrentPerson, ServicesDep
from app.models import Person
from app.models_groups import Group, GroupMember
from app.problems import Problem, not_found
from app.schemas import Identifier
from app.schemas_groups import GroupCreate, GroupPublic, GroupsPublic, MemberCreate, MemberPublic, MembersPublic

router = APIRouter(prefix="/api/v1/groups", tags=["groups"])

Limit = Annotated[int, Query(ge=1, le=200)]


@router.post("", status_code=201)
async def create(body: GroupCreate, person: CurrentPerson, services: ServicesDep) -> GroupPublic:
    """Make a group; you are in it, and lead it."""
    async with access.changing(services.database) as session:
        group = await groups.create(session, body.name, person.id)
        await session.flush()
        made = (await _public(session, person, [group]))[0]
    audit.note("group made", group=group.id, by=person.id)
    return made


@router.get("")
async def read_all(
    person: CurrentPerson, services: ServicesDep, limit: Limit = 50, cursor: str | None = None
) -> GroupsPublic:
    """The groups that you are in, newest first; an admin sees all."""
    of = None if person.role == "admin" else person.id
    async with services.database.session() as session:
        found = await groups.page(session, of, limit + 1, decode_cursor(cursor))
        shown = found[:limit]
        items = await _public(session, person, shown)
    more = cursor_after(found, limit, lambda one: (one.created_at, one.id))
    return GroupsPublic(items=items, next_cursor=more)


@router.get("/{group_id}")
async def read(group_id: Identifier, person: CurrentPerson, services: ServicesDep) -> GroupPublic:
    """One group."""
    async with services.database.session() as session:
        return (await _public(session, person, [await _mine(session, person, group_id)]))[0]


@router.patch("/{group_id}")
async def rename(group_id: Identifier, body: GroupCreate, person: CurrentPerson, services: ServicesDep) -> GroupPublic:
    """Give the group another name."""
    async with services.database.session() as session:
        group = await _led(session, person, group_id)
        group.name = body.name
        session.add(group)
        return (await _public(session, person, [group]))[0]


@router.delete("/{group_id}", status_code=204)
async def remove(group_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """Take the group away. What was shared with it is shared with it no more, from the next question on."""
    async with services.database.session() as session:
        await _led(session, person, group_id)
        await groups.remove(session, group_id)
    audit.note("group removed", group=group_id, by=person.id)
    return Response(status_code=204)


@router.get("/{group_id}/members")
async def read_members(
    group_id: Identifier, person: CurrentPerson, services: ServicesDep, limit: Limit = 50, cursor: str | None = None
) -> MembersPublic:
    """Who is in a group of yours, newest first."""
    async with services.database.session() as session:
        await _mine(session, person, group_id)
        found = await groups.members(session, group_id, limit + 1, decode_cursor(cursor))
    shown = found[:limit]
    more = cursor_after(found, limit, lambda one: (one[0].created_at, one[1].id))
    return MembersPublic(items=[_member(*pair) for pair in shown], next_cursor=more)


@router.post("/{group_id}/members", status_code=201)
async def put_member(
    group_id: Identifier, body: MemberCreate, person: CurrentPerson, services: ServicesDep
) -> MemberPublic:
    """Let somebody be in the group, and lead it or not. They may read what is shared with it from the next question on,
    and may leave it."""
    async with access.changing(services.database) as session:
        await _led(session, person, group_id)
        joining = await people.find_person(session, normal_email(body.email))
        if joining is None:
            raise not_found("account", body.email)
        if not body.leads:
            await _require_another_lead(session, group_id, joining.id)
        member = await groups.put(session, group_id, joining.id, body.leads)
    audit.note("member put", group=group_id, person=joining.id, by=person.id)
    return _member(member, joining)


@router.delete("/{group_id}/members/{person_id}", status_code=204)
async def remove_member(
    group_id: Identifier, person_id: Identifier, person: CurrentPerson, services: ServicesDep
) -> Response:
    """Take somebody out of the group, or leave it."""
    async with services.database.session() as session:
        if person_id != person.id:
            await _led(session, person, group_id)
        await _require_another_lead(session, group_id, person_id)
        if not await groups.take_out(session, group_id, person_id):
            raise not_found("member", person_id)
    audit.note("member removed", group=group_id, person=person_id, by=person.id)
    return Response(status_code=204)


async def _mine(session: AsyncSession, person: Person, group_id: str) -> Group:
    """The group, if this person is in it or an admin. Raises Problem 404."""
    group = await session.get(Group, group_id)
    if group is None or not (person.role == "admin" or await groups.membership(session, person.id, group_id)):
        raise not_found("group", group_id)
    return group


async def _led(session: AsyncSession, person: Person, group_id: str) -> Group:
    """The group, if this person leads it or is an admin. Raises Problem 404, or 403 for its other members."""
    group = await _mine(session, person, group_id)
    own = await groups.membership(session, person.id, group_id)
    if person.role != "admin" and not (own and own.leads):
        raise Problem(403, f"you are in {group.name}, and do not lead it: ask whoever does")
    return group


async def _require_another_lead(session: AsyncSession, group_id: str, person_id: str) -> None:
    """Raises Problem 409 where this person is the last to lead others."""
    member = await groups.membership(session, person_id, group_id)
    if member and member.leads and not await groups.others_lead(session, group_id, person_id):
        raise Problem(409, "nobody would lead the group: let somebody else in it lead it first, or take it away")


async def _public(session: AsyncSession, person: Person, found: Sequence[Group]) -> list[GroupPublic]:
    led = await groups.led_by(session, person.id)
    sizes = await groups.sizes(session, [group.id for group in found])
    return [
        GroupPublic(
            leads=person.role == "admin" or group.id in led, members=sizes.get(group.id, 0), **group.model_dump()
        )
        for group in found
    ]


def _member(member: GroupMember, person: Person) -> MemberPublic:
    return MemberPublic(
        person_id=person.id,
        email=person.email,
        display_name=person.display_name,
        leads=member.leads,
        created_at=member.created_at,
    )
