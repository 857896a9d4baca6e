"""What crosses the REST door about facts and standing rules. Like app/schemas.py it imports nothing else of ours."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, StringConstraints

from app.schemas import Page, RequestBody

FactText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]


class FactPublic(BaseModel):
    """Something a person said of themselves, and where."""

    id: str
    text: str
    source: Literal["question", "stated"]  # found in a question, or typed
    active: bool
    turn_id: str | None
    conversation_id: str | None  # of the question it was found in
    question: str | None
    created_at: datetime
    updated_at: datetime


class FactCreate(RequestBody):
    text: FactText


class FactUpdate(RequestBody):
    """What is left out stays. Other words are the person's own from then on, whatever question they came from."""

    text: FactText | None = None
    active: bool | None = None


class RuleCreate(RequestBody):
    """A sentence like "only use the 2024 manuals"."""

    text: FactText


class RulePublic(BaseModel):
    """A standing rule: a stated preference, and what it leaves now. Change and delete it as the preference it is."""

    id: str
    text: str
    scope: str | None
    active: bool
    pinned: bool
    matches: int  # documents that may be used under it
    documents: int  # of so many
    created_at: datetime


FactsPublic = Page[FactPublic]
RulesPublic = Page[RulePublic]
