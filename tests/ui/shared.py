"""Collections, groups and who is in them, as the API tells of them, and the part of the small server that does."""

from typing import Any

from fastapi import APIRouter, Request

from app.schemas_groups import CollectionPublic, CollectionsPublic, GroupPublic, GroupsPublic, MemberPublic, SharePublic
from tests.ui.stand_in import NOW, StandIn, new_id


def sharing_routes(script: StandIn) -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    @router.get("/collections")
    async def collections(request: Request) -> CollectionsPublic:
        return CollectionsPublic(items=script.account(request).collections)

    @router.get("/groups")
    async def groups(request: Request) -> GroupsPublic:
        script.account(request)
        return GroupsPublic(items=[])

    return router


def a_collection(name: str, **changes: Any) -> CollectionPublic:
    said = {"id": new_id(), "name": name, "permission": "own", "owner": name, "documents": 2, "created_at": NOW}
    return CollectionPublic.model_validate(said | changes)


def a_share(**changes: Any) -> SharePublic:
    said = {"id": new_id(), "email": None, "group_id": None, "name": "Data", "permission": "read", "created_at": NOW}
    return SharePublic.model_validate(said | changes)


def a_group(name: str, **changes: Any) -> GroupPublic:
    return GroupPublic.model_validate(
        {"id": new_id(), "name": name, "leads": True, "members": 2, "created_at": NOW} | changes
    )


def a_member(email: str, **changes: Any) -> MemberPublic:
    said = {"person_id": new_id(), "email": email, "display_name": email, "leads": False, "created_at": NOW}
    return MemberPublic.model_validate(said | changes)
