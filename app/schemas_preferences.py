"""What crosses the REST door about edits and preferences. Like app/schemas.py it imports nothing else of ours."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from app.schemas import Page, RequestBody

Description = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Learning = Literal["pending", "learned", "nothing", "failed", "forgotten"]


class AnswerEdit(RequestBody):
    """A new text for an answer, whole."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40_000)]


class SpanPublic(BaseModel):
    """One stretch of the difference between two texts; the stretches in order give both of them."""

    change: Literal["same", "removed", "added"]
    text: str
    fact: bool = False  # it changes what is claimed, not how it is said


class ChoicePublic(BaseModel):
    """One answer to a question about a preference."""

    id: Literal["always", "here", "this", "other", "no"]
    label: str


class QuestionPublic(BaseModel):
    """Asked once in a while about a lesson that is uncertain."""

    text: str
    choices: list[ChoicePublic]


class QuestionAnswer(RequestBody):
    """The choice that a person takes."""

    choice: Literal["always", "here", "this", "other", "no"]


class PreferencePublic(BaseModel):
    """What was learned, or stated, about how a person likes answers."""

    id: str
    description: str
    context: str  # what was asked where it was learned; empty where it holds everywhere
    scope: str | None  # what the person narrowed it to, in their words: "e-mails"
    source: Literal["edit", "stated"]
    honoured: bool  # whether Attune can do it; a statement that it cannot is kept and said to be so
    confidence: float  # in [0, 1]; 1 for what was stated
    active: bool
    pinned: bool
    supported_by: int  # edits
    contradicted_by: int
    used: int  # turns it was applied in
    kept: int  # of those, answers that were then left as they were
    question: QuestionPublic | None = None  # what is uncertain about it; most have none
    created_at: datetime
    updated_at: datetime


class EditPublic(BaseModel):
    """An edit, the difference it made, and what came of it. While `learning` is pending, ask again."""

    id: str
    turn_id: str
    draft: str
    text: str
    cost: int  # words inserted, deleted and substituted
    cost_normalised: float  # in [0, 1]
    difference: list[SpanPublic]
    learning: Learning
    reason: str | None  # why nothing was learned, or why it failed
    learned: list[PreferencePublic]
    sources_wrong: int = 0  # sources that it says are wrong
    created_at: datetime


class PreferenceCreate(RequestBody):
    """A preference in the person's own words; it counts as pinned."""

    description: Description
    scope: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None


class PreferenceUpdate(RequestBody):
    """What is left out stays; `scope` null takes the narrowing away."""

    description: Description | None = None
    scope: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    active: bool | None = None
    pinned: bool | None = None


class ProvenanceItem(BaseModel):
    """One edit that speaks for or against a preference."""

    edit_id: str
    turn_id: str
    conversation_id: str
    question: str
    difference: list[SpanPublic]
    supports: bool
    created_at: datetime


class EditCostPoint(BaseModel):
    """Mean normalised cost of a stretch of answers, in the order they were given; answers left alone cost nothing."""

    until: datetime
    answers: int
    mean_cost: float = Field(ge=0, le=1)


PreferencesPublic = Page[PreferencePublic]
EditsPublic = Page[EditPublic]
ProvenancePublic = Page[ProvenanceItem]
