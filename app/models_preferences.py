"""The SQL tables of what people did to answers and what was learned from it. Describes tables; opens no connection."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary
from sqlmodel import Field, SQLModel

from app.models import UtcTime, new_id, time_field


def _list() -> Any:
    return Field(default_factory=list, sa_column=Column(JSON, nullable=False))


def _bytes() -> Any:
    return Field(default=None, sa_column=Column(LargeBinary))


class Edit(SQLModel, table=True):
    """An answer as a person rewrote it. Nothing is overwritten: later edits of the same turn go on from this one."""

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    turn_id: str = Field(foreign_key="turn.id", index=True, ondelete="CASCADE")
    draft: str  # the answer as it was shown
    text: str
    cost: int  # word-level Levenshtein distance
    cost_normalised: float = 0.0
    context: str = ""  # what was asked, understandable by itself
    vector: bytes | None = _bytes()  # of the context: 32-bit floats, by `encoder`
    encoder: str | None = None
    written: str = ""  # what the model wrote, before preferences were rendered
    style: str | None = None  # `written` with nothing but its style changed; None until it was told from the facts
    difference: list[dict[str, Any]] = _list()  # stretches from draft to text; empty until facts were told apart
    facts: list[dict[str, Any]] = _list()  # removed and added, where the edit changes what is claimed
    learning: str = "pending"  # pending | learned | nothing | failed | forgotten
    reason: str | None = None
    tries: int = 0
    # What was asked about its lesson: about which preference, the choices, and which was taken
    question: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    created_at: datetime = time_field()


class Preference(SQLModel, table=True):
    """How a person likes answers, for contexts like this one.

    One whose learning was overtaken (`superseded_by`), or that its person deleted (`forgotten_at`), has no effect and
    is not shown. Of a deleted one only the key stays, so that old edits do not teach it again.
    """

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    key: str = ""  # what it is about; two learned ones of one key are the same preference
    description: str
    parameters: list[dict[str, Any]] = _list()  # of its transformations; none where only a model can follow it
    context: str = ""
    vector: bytes | None = _bytes()  # the direction of the contexts that support it
    encoder: str | None = None
    scope: str | None = None  # what the person narrowed it to
    source: str = "edit"  # edit | stated
    confidence: float = 0.0
    active: bool = True
    pinned: bool = False
    previous: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))  # as it was before the last edit
    superseded_by: str | None = None  # the edit after which it was not worth keeping
    forgotten_at: datetime | None = Field(default=None, sa_type=UtcTime)
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class PreferenceEvidence(SQLModel, table=True):
    """An edit that speaks for or against a preference."""

    preference_id: str = Field(foreign_key="preference.id", primary_key=True, ondelete="CASCADE")
    edit_id: str = Field(foreign_key="edit.id", primary_key=True, index=True, ondelete="CASCADE")
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    supports: bool


class PreferenceUse(SQLModel, table=True):
    """A preference that shaped the answer of a turn."""

    turn_id: str = Field(foreign_key="turn.id", primary_key=True, ondelete="CASCADE")
    preference_id: str = Field(foreign_key="preference.id", primary_key=True, index=True, ondelete="CASCADE")
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
