"""What crosses the REST door about groups, shared collections and who may read what. Imports nothing of ours but its
like."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

from app.schemas import Identifier, Page, RequestBody

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Email = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=254)]
Permission = Literal["read", "write", "manage"]  # each with what stands before it
Standing = Literal["read", "write", "manage", "own"]


# --- groups
class GroupCreate(RequestBody):
    name: Name


class GroupPublic(BaseModel):
    id: str
    name: str
    leads: bool  # whether you may change it and say who is in it
    members: int
    created_at: datetime


class MemberCreate(RequestBody):
    """Somebody with an account, who is in the group from now on; who is in it already gets `leads` as it says here."""

    email: Email
    leads: bool = False


class MemberPublic(BaseModel):
    person_id: str
    email: str
    display_name: str
    leads: bool
    created_at: datetime


# --- collections
class CollectionCreate(RequestBody):
    name: Name


class CollectionPublic(BaseModel):
    id: str
    name: str
    permission: Standing  # what you may do: read; put documents of yours in; say who else may, and take any out; all
    owner: str  # name of whose it is
    documents: int
    share: str | None = None  # by which it was given to you yourself: delete it to leave
    created_at: datetime


class CollectionDocuments(RequestBody):
    """Documents of your own that are to be in a collection, too."""

    documents: list[Identifier] = Field(min_length=1, max_length=1000)


class ShareCreate(RequestBody):
    """Who may do what with a collection: a person by e-mail, or everybody in a group. Naming them again changes it."""

    email: Email | None = None
    group_id: Identifier | None = None
    permission: Permission = "read"

    @model_validator(mode="after")
    def _names_one(self) -> "ShareCreate":
        if (self.email is None) == (self.group_id is None):
            raise ValueError("name either a person by `email` or a group by `group_id`")
        return self


class SharePublic(BaseModel):
    id: str
    email: str | None  # of the person, or
    group_id: str | None  # the group
    name: str  # of either
    permission: Permission
    created_at: datetime


GroupsPublic = Page[GroupPublic]
MembersPublic = Page[MemberPublic]
CollectionsPublic = Page[CollectionPublic]
SharesPublic = Page[SharePublic]
