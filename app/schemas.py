"""What crosses the REST door. The only module of app that ui may import, so it imports nothing of ours."""

from datetime import datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

DocumentStatus = Literal[
    "queued", "reading", "encoding", "indexed", "needs_password", "no_text", "unreadable", "unsupported", "too_large"
]
UNDER_WAY: frozenset[DocumentStatus] = frozenset({"queued", "reading", "encoding"})
Role = Literal["person", "operator", "admin"]
Language = Literal["en", "de"]
JobState = Literal["queued", "running", "done", "failed", "cancelled"]
Question = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=8_000)]
Item = TypeVar("Item")
Identifier = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class RequestBody(BaseModel):
    """A body from outside: an unknown key is an error, never ignored, and so is text that PostgreSQL cannot store."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*")
    @classmethod
    def _refuse_nul(cls, value: Any) -> Any:
        if isinstance(value, str) and "\0" in value:
            raise ValueError("holds a NUL character, which no database stores: remove it")
        return value


class Page(BaseModel, Generic[Item]):
    """A part of a list; `next_cursor` asks for the next part and is None at the end."""

    items: list[Item]
    next_cursor: str | None = None


# --- identity
class TokenRequest(RequestBody):
    """Either e-mail and password, or the code of a one-time login link."""

    email: str | None = Field(default=None, max_length=254)
    password: str | None = Field(default=None, max_length=1024)
    code: str | None = Field(default=None, max_length=200)


class TokenPublic(BaseModel):
    token: str
    expires_at: datetime | None


class PersonPublic(BaseModel):
    id: str
    email: str
    display_name: str
    role: Role
    trains_others: bool = False  # your questions, edits and votes may train models that others use too
    compares: bool = False  # now and then you are shown two answers, and say which is better
    language: Language | None = None  # of the pages; null: the one that your browser asks for
    toured: bool = False  # the pages have shown you around
    suggests: bool = True  # follow-up questions are suggested under your last answer
    created_at: datetime


class PersonUpdate(RequestBody):
    display_name: str | None = Field(default=None, min_length=1, max_length=200)
    password: str | None = Field(default=None, min_length=8, max_length=1024)
    trains_others: bool | None = None
    compares: bool | None = None
    language: Language | None = None  # null: the one that your browser asks for; left out: as it was
    toured: bool | None = None
    suggests: bool | None = None


# --- documents
class DocumentPublic(BaseModel):
    id: str
    name: str
    title: str
    media_type: str
    size: int  # bytes
    pages: int | None
    passages: int
    status: DocumentStatus
    reason: str | None  # why it could not be indexed, and what to do about it
    mine: bool = True  # else it is shared with you
    created_at: datetime


class UploadPublic(BaseModel):
    """What became of one uploaded file. `outcome` is unchanged or duplicate where no work is needed."""

    document: DocumentPublic
    outcome: Literal["queued", "unchanged", "duplicate"]
    job_id: str | None


class PassagePublic(BaseModel):
    id: str
    document_id: str
    position: int
    text: str
    page: int | None
    heading: str | None


class JobPublic(BaseModel):
    id: str
    kind: str
    state: JobState
    stage: str
    done: int
    total: int
    result: dict[str, Any] | None
    error: str | None
    created_at: datetime
    updated_at: datetime


class SearchRequest(RequestBody):
    query: Question
    k: int = Field(default=10, ge=1, le=100)
    documents: list[Identifier] | None = Field(default=None, max_length=1000)
    collections: list[Identifier] | None = Field(default=None, min_length=1, max_length=100)  # within one of these
    mode: Literal["fused", "dense", "lexical"] = "fused"


class HitPublic(BaseModel):
    passage_id: str
    document_id: str
    document: str  # file name
    title: str
    page: int | None
    heading: str | None
    text: str
    rank: int
    score: float
    dense: float | None
    lexical: float | None


class SearchPublic(BaseModel):
    query: str
    hits: list[HitPublic]


# --- conversations and turns
class ConversationPublic(BaseModel):
    id: str
    title: str
    created_at: datetime
    updated_at: datetime


class CitationPublic(BaseModel):
    marker: int  # the n of [n] in the answer
    exposure_id: str
    passage_id: str
    document_id: str
    document: str
    page: int | None
    heading: str | None
    quote: str  # the passage's text
    kind: Literal["document", "fact", "conversation"] = "document"  # what document_id names


class ExposurePublic(HitPublic):
    """A passage shown in a turn: where it ranked, what it scored, whether it was selected and cited."""

    id: str
    marker: int | None  # its [n] if it was put before the generator
    utility: float | None
    selected: bool
    cited: bool
    used: list[tuple[int, int]] = []  # from, to in `text`: what the answer rests on; of one turn read by itself
    kind: Literal["document", "fact", "conversation"] = "document"


class TurnPublic(BaseModel):
    id: str
    conversation_id: str
    question: str
    answer: str
    state: Literal["running", "complete", "stopped", "failed"]
    abstained: bool
    citations: list[CitationPublic]
    exposures: list[ExposurePublic]
    versions: dict[str, str]
    preferences: list[str]  # ids of those that were applied
    prompt_tokens: int = 0  # read by the generator
    completion_tokens: int = 0
    edited: bool = False  # the answer is the person's own text by now
    regenerates: str | None = None  # the first answer to this question, where this one is another; siblings share it
    shown: bool = True  # of the siblings, the one that is seen and that the conversation goes on from
    comparison: str | None = None  # of an answer just given: ask for the other one at /comparisons/{id}/answer
    error: str | None
    created_at: datetime


class ConversationDetail(ConversationPublic):
    turns: list[TurnPublic]


class ChatRequest(RequestBody):
    question: Question
    conversation_id: Identifier | None = None  # None starts a conversation
    documents: list[Identifier] | None = Field(default=None, min_length=1, max_length=1000)
    collections: list[Identifier] | None = Field(default=None, min_length=1, max_length=100)  # within one of these
    regenerates: Identifier | None = None  # a turn of the conversation of which another answer is wanted
    stream: bool = True
    compare: bool = False  # whether two answers can be shown side by side: who wishes to compare may then get two


# --- events of a streamed turn: `event: <name>`, `data: <one of these as JSON>`
class StatusEvent(BaseModel):
    stage: Literal["recalling", "rewriting", "searching", "selecting", "writing", "checking"]
    turn_id: str
    conversation_id: str


class SourcesEvent(BaseModel):
    sources: list[ExposurePublic]


class TokenEvent(BaseModel):
    text: str


class AnswerEvent(BaseModel):
    turn: TurnPublic


class ErrorEvent(BaseModel):
    """RFC 9457 problem details, sent as the last event of a turn that failed."""

    type: str
    title: str
    status: int
    detail: str


PeoplePublic = Page[PersonPublic]
DocumentsPublic = Page[DocumentPublic]
PassagesPublic = Page[PassagePublic]
ConversationsPublic = Page[ConversationPublic]
