"""The SQL table of comparisons: two answers to one question, made by two versions. Opens no connection."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from app.models import new_id, time_field


class Comparison(SQLModel, table=True):
    """Two answers that a person was shown side by side; which is better they say in an event on the first one.

    The one that was written first is A, and chance decides whose that is: `challenger_first`.
    """

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    turn_id: str = Field(foreign_key="turn.id", unique=True, index=True, ondelete="CASCADE")  # A
    other_id: str | None = Field(default=None, foreign_key="turn.id", index=True, ondelete="CASCADE")  # B
    kind: str  # of the models that differ
    champion: str  # what answers everybody, as the registry calls it
    challenger: str
    challenger_first: bool
    created_at: datetime = time_field()
