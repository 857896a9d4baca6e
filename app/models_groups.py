"""The SQL tables of groups, of collections shared with them, and of what was borrowed. Describes tables; opens no
connection."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models import UtcTime, new_id, time_field


class Group(SQLModel, table=True):
    """People who are given things together."""

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    created_at: datetime = time_field()


class GroupMember(SQLModel, table=True):
    """Somebody in a group. Who leads it says who else is in it."""

    group_id: str = Field(foreign_key="group.id", primary_key=True, ondelete="CASCADE")
    person_id: str = Field(foreign_key="person.id", primary_key=True, index=True, ondelete="CASCADE")
    leads: bool = False
    created_at: datetime = time_field()


class Collection(SQLModel, table=True):
    """Documents that are shared together. Its id is among the `readers` of their passages."""

    id: str = Field(default_factory=new_id, primary_key=True)
    owner_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    name: str
    created_at: datetime = time_field()


class CollectionDocument(SQLModel, table=True):
    """A document in a collection, where its own owner put it."""

    collection_id: str = Field(foreign_key="collection.id", primary_key=True, ondelete="CASCADE")
    document_id: str = Field(foreign_key="document.id", primary_key=True, index=True, ondelete="CASCADE")


class Share(SQLModel, table=True):
    """What a person, or everybody in a group, may do with a collection: either of the two is named."""

    __table_args__ = (UniqueConstraint("collection_id", "person_id"), UniqueConstraint("collection_id", "group_id"))
    id: str = Field(default_factory=new_id, primary_key=True)
    collection_id: str = Field(foreign_key="collection.id", index=True, ondelete="CASCADE")
    person_id: str | None = Field(default=None, foreign_key="person.id", index=True, ondelete="CASCADE")
    group_id: str | None = Field(default=None, foreign_key="group.id", index=True, ondelete="CASCADE")
    permission: str  # read | write | manage
    created_at: datetime = time_field()


class Borrowed(SQLModel, table=True):
    """A document of somebody else's that an answer rests on: it was read for it, or for an earlier answer that was.

    The row outlives the document, so that what is gone is known to be out of reach.
    """

    turn_id: str = Field(foreign_key="turn.id", primary_key=True, ondelete="CASCADE")
    document_id: str = Field(primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")  # who asked


class Invite(SQLModel, table=True):
    """Leave to make an account, once, of which only a keyed digest is kept."""

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")  # the admin who made it
    digest: str = Field(unique=True, index=True)
    label: str = ""
    created_at: datetime = time_field()
    expires_at: datetime = Field(sa_type=UtcTime)
