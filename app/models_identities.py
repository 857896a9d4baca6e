"""The SQL table of logins at a provider. Describes a table; opens no connection."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models import new_id, time_field


class Identity(SQLModel, table=True):
    """Somebody as a provider knows them: its address and its own name for them; an e-mail may change hands."""

    __table_args__ = (UniqueConstraint("issuer", "subject"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    issuer: str
    subject: str
    created_at: datetime = time_field()
