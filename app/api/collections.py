"""Collections: documents that are shared together, what is in them, and with whom they are shared."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel.ext.asyncio.session import AsyncSession

from app import access, audit, collections, documents, groups, people
from app.auth import normal_email
from app.cursor import cursor_after, decode_cursor
from app.deps import CurrentPerson, ServicesDep
from app.models import Person
from app.models_groups import Collection, Group, Share
from app.problems import Problem, not_found
from app.schemas import DocumentPublic, DocumentsPublic, Identifier
from app.schemas_groups import (
    CollectionCreate,
    CollectionDocuments,
    CollectionPublic,
    CollectionsPublic,
    ShareCreate,
    SharePublic,
    SharesPublic,
    Standing,
)

router = APIRouter(prefix="/api/v1/collections", tags=["collections"])

Limit = Annotated[int, Query(ge=1, le=200)]
_ASK = "ask whoever it belongs to"


@router.post("", status_code=201)
async def create(body: CollectionCreate, person: CurrentPerson, services: ServicesDep) -> CollectionPublic:
    """Make a collection. Until it is shared, it is yours alone."""
    made = Collection(owner_id=person.id, name=body.name)
    async with access.changing(services.database) as session:
        session.add(made)
        await session.flush()
        return (await _public(session, person, [made]))[0]


@router.get("")
async def read_all(
    person: CurrentPerson, services: ServicesDep, limit: Limit = 50, cursor: str | None = None
) -> CollectionsPublic:
    """Your collections and those shared with you, newest first."""
    async with services.database.session() as session:
        found = await collections.page(session, person.id, limit + 1, decode_cursor(cursor))
        shown = found[:limit]
        items = await _public(session, person, shown)
    more = cursor_after(found, limit, lambda one: (one.created_at, one.id))
    return CollectionsPublic(items=items, next_cursor=more)


@router.get("/{collection_id}")
async def read(collection_id: Identifier, person: CurrentPerson, services: ServicesDep) -> CollectionPublic:
    """One collection."""
    async with services.database.session() as session:
        await _require(session, person, collection_id, "read")
        return (await _public(session, person, [await session.get_one(Collection, collection_id)]))[0]


@router.patch("/{collection_id}")
async def rename(
    collection_id: Identifier, body: CollectionCreate, person: CurrentPerson, services: ServicesDep
) -> CollectionPublic:
    """Give the collection another name."""
    async with services.database.session() as session:
        await _require(session, person, collection_id, "manage")
        await collections.rename(session, collection_id, body.name)
        return (await _public(session, person, [await session.get_one(Collection, collection_id)]))[0]


@router.delete("/{collection_id}", status_code=204)
async def remove(collection_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """Take your collection away. Its documents stay with their owners, and are shared through it no more."""
    async with services.database.session() as session:
        await _require(session, person, collection_id, "own")
        await collections.remove(session, collection_id)
    audit.note("collection removed", collection=collection_id, by=person.id)
    await services.sharing.settle()
    return Response(status_code=204)


@router.get("/{collection_id}/documents")
async def read_documents(
    collection_id: Identifier,
    person: CurrentPerson,
    services: ServicesDep,
    limit: Limit = 50,
    cursor: str | None = None,
) -> DocumentsPublic:
    """What is in the collection, newest first."""
    async with services.database.session() as session:
        await _require(session, person, collection_id, "read")
        found = await collections.contents(session, collection_id, limit + 1, decode_cursor(cursor))
    shown = found[:limit]
    more = cursor_after(found, limit, lambda one: (one.created_at, one.id))
    fields = set(DocumentPublic.model_fields)
    items = [DocumentPublic(mine=one.owner_id == person.id, **one.model_dump(include=fields)) for one in shown]
    return DocumentsPublic(items=items, next_cursor=more)


@router.post("/{collection_id}/documents", status_code=204)
async def put_documents(
    collection_id: Identifier, body: CollectionDocuments, person: CurrentPerson, services: ServicesDep
) -> Response:
    """Put documents of yours into a collection that you may write to. Whoever may read it finds them in the next
    question; they stay yours alone to replace and to delete."""
    async with access.changing(services.database) as session:
        await _require(session, person, collection_id, "write")
        owners = await documents.owners(session, person.id, body.documents)
        if foreign := sorted(one for one in body.documents if owners.get(one) != person.id):
            raise not_found("document", foreign[0])
        await collections.put(session, collection_id, body.documents)
    audit.note("documents shared", collection=collection_id, by=person.id, documents=len(body.documents))
    await services.sharing.settle()
    return Response(status_code=204)


@router.delete("/{collection_id}/documents/{document_id}", status_code=204)
async def take_document_out(
    collection_id: Identifier, document_id: Identifier, person: CurrentPerson, services: ServicesDep
) -> Response:
    """Take a document out of a collection: one of yours out of any, and any out of one that you manage."""
    async with services.database.session() as session:
        if await documents.find(session, person.id, document_id) is None:
            await _require(session, person, collection_id, "manage")
        if not await collections.take_out(session, collection_id, document_id):
            raise not_found("document", document_id)
    audit.note("document taken back", collection=collection_id, by=person.id)
    await services.sharing.settle()
    return Response(status_code=204)


@router.get("/{collection_id}/shares")
async def read_shares(
    collection_id: Identifier,
    person: CurrentPerson,
    services: ServicesDep,
    limit: Limit = 50,
    cursor: str | None = None,
) -> SharesPublic:
    """With whom a collection that you manage is shared, newest first."""
    async with services.database.session() as session:
        await _require(session, person, collection_id, "manage")
        found = await collections.shares(session, collection_id, limit + 1, decode_cursor(cursor))
    shown = found[:limit]
    more = cursor_after(found, limit, lambda one: (one[0].created_at, one[0].id))
    return SharesPublic(items=[_share(*pair) for pair in shown], next_cursor=more)


@router.post("/{collection_id}/shares", status_code=201)
async def share(
    collection_id: Identifier, body: ShareCreate, person: CurrentPerson, services: ServicesDep
) -> SharePublic:
    """Share a collection that you manage with a person, or with a group that you are in."""
    async with access.changing(services.database) as session:
        await _require(session, person, collection_id, "manage")
        given_to = await _named(session, person, body)
        if given_to.id == (await session.get_one(Collection, collection_id)).owner_id:
            raise Problem(422, f"the collection belongs to {body.email}, who may do everything with it")
        made = await collections.share(session, collection_id, given_to, body.permission)
    to = {"group" if isinstance(given_to, Group) else "person": given_to.id}
    audit.note("collection shared", collection=collection_id, by=person.id, permission=body.permission, **to)
    return _share(made, given_to)


@router.delete("/{collection_id}/shares/{share_id}", status_code=204)
async def take_back(
    collection_id: Identifier, share_id: Identifier, person: CurrentPerson, services: ServicesDep
) -> Response:
    """Take a share back, or decline one that was given to you. It counts from the next question on; what was answered
    before stays, without the passages."""
    async with services.database.session() as session:
        found = await collections.find_share(session, collection_id, share_id)
        if found is None or found.person_id != person.id:
            await _require(session, person, collection_id, "manage")
        if found is None:
            raise not_found("share", share_id)
        await session.delete(found)
    audit.note("share taken back", collection=collection_id, by=person.id)
    return Response(status_code=204)


async def _require(session: AsyncSession, person: Person, collection_id: str, wanted: Standing) -> None:
    """Raises Problem 404 where this person may not know of the collection, and 403 where they may do less."""
    held = await access.standing(session, person.id, collection_id)
    if held is None:
        raise not_found("collection", collection_id)
    if not access.reaches(held, wanted):
        raise Problem(403, f"you may {held} this collection, and this needs leave to {wanted} it: {_ASK}")


async def _named(session: AsyncSession, person: Person, body: ShareCreate) -> Person | Group:
    if body.email is not None:
        someone = await people.find_person(session, normal_email(body.email))
        if someone is None:
            raise not_found("account", body.email)
        return someone
    group_id = body.group_id or ""
    group = await session.get(Group, group_id)
    if group is None or not (person.role == "admin" or await groups.membership(session, person.id, group_id)):
        raise not_found("group", group_id)
    return group


async def _public(session: AsyncSession, person: Person, found: Sequence[Collection]) -> list[CollectionPublic]:
    owners = await collections.owners(session, found)
    sizes = await collections.sizes(session, [one.id for one in found])
    held = await collections.standings(session, person.id, found)
    given = await collections.given(session, person.id, [one.id for one in found])
    return [
        CollectionPublic(
            id=one.id,
            name=one.name,
            permission=held[one.id],
            owner=owners[one.owner_id],
            documents=sizes.get(one.id, 0),
            share=given.get(one.id),
            created_at=one.created_at,
        )
        for one in found
        if one.id in held
    ]


def _share(share: Share, given_to: Person | Group) -> SharePublic:
    return SharePublic(
        email=given_to.email if isinstance(given_to, Person) else None,
        name=given_to.display_name if isinstance(given_to, Person) else given_to.name,
        group_id=share.group_id,
        **share.model_dump(include={"id", "permission", "created_at"}),
    )
