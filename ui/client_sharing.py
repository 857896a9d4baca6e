"""The calls of the HTTP client about collections and groups. Knows the routes, not what they mean."""

from app.schemas import DocumentsPublic
from app.schemas_groups import CollectionPublic, CollectionsPublic, GroupsPublic, MembersPublic, SharesPublic
from ui.connection import Connection

_MOST = 200  # of one list, newest first


class SharingClient:
    """What ApiClient knows of what is shared, and with whom; every call raises ApiError. The newest of each list."""

    _api: Connection

    async def collections(self) -> CollectionsPublic:
        return await self._api.get("/api/v1/collections", CollectionsPublic, {"limit": _MOST})

    async def collection(self, collection_id: str) -> CollectionPublic:
        return await self._api.get(f"/api/v1/collections/{collection_id}", CollectionPublic)

    async def collected(self, collection_id: str) -> DocumentsPublic:
        """The documents in a collection."""
        path = f"/api/v1/collections/{collection_id}/documents"
        return await self._api.get(path, DocumentsPublic, {"limit": _MOST})

    async def shares(self, collection_id: str) -> SharesPublic:
        """With whom a collection is shared; for whoever manages it."""
        return await self._api.get(f"/api/v1/collections/{collection_id}/shares", SharesPublic, {"limit": _MOST})

    async def groups(self) -> GroupsPublic:
        return await self._api.get("/api/v1/groups", GroupsPublic, {"limit": _MOST})

    async def members(self, group_id: str) -> MembersPublic:
        return await self._api.get(f"/api/v1/groups/{group_id}/members", MembersPublic, {"limit": _MOST})
