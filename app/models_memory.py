"""The SQL tables of what Attune remembers of a person beside the turn log. Describes tables; opens no connection."""

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from app.models import new_id, time_field


class PersonFact(SQLModel, table=True):
    """What a person said about themselves, in their words. Found in a question, it goes with the turn it came from."""

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    turn_id: str | None = Field(default=None, foreign_key="turn.id", index=True, ondelete="CASCADE")
    key: str  # what it is about: of one key only the last statement is in use
    text: str
    source: str = "question"  # question | stated
    active: bool = True
    vector: bytes | None = Field(default=None, sa_column=Column(LargeBinary))  # 32-bit floats, by `encoder`
    encoder: str | None = None
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class TurnVector(SQLModel, table=True):
    """Question and answer of a turn as one vector. It can be made again from the turn, and goes with it."""

    turn_id: str = Field(foreign_key="turn.id", primary_key=True, ondelete="CASCADE")
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    vector: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    encoder: str
