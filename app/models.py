"""The SQL tables: the vocabulary of the product, less what app/models_preferences.py has. Opens no connection."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, Index, Table, TypeDecorator, UniqueConstraint
from sqlmodel import Field, SQLModel


def new_id() -> str:
    """A random identifier; time-ordered ids would tell a stranger how busy the service is."""
    return str(uuid.uuid4())


def utc_now() -> datetime:
    """The current time, aware, in UTC."""
    return datetime.now(UTC)


class UtcTime(TypeDecorator[datetime]):
    """An aware time in UTC. SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def table(model: type[SQLModel]) -> Table:
    """The bare table of a model, for statements that need no object of the ORM."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def time_field() -> Any:
    """A column of the time now."""
    return Field(default_factory=utc_now, sa_type=UtcTime)


def json_field() -> Any:
    """A column of an object, empty at first."""
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


class Person(SQLModel, table=True):
    """Somebody with an account. `readers` of a passage are its owner and the collections that it is in."""

    id: str = Field(default_factory=new_id, primary_key=True)
    email: str = Field(unique=True, index=True)
    display_name: str
    password_hash: str | None = None  # argon2id; None: one-time links and tokens only
    role: str = "person"
    # Raised with every change of the person's preferences: the row is read with every request, so whoever keeps
    # preferences in memory knows at no cost when they are out of date, and 0 says that there never were any.
    preferences_version: int = 0
    trains_others: bool = False  # whether what they do may train models that others use too
    compares: bool = False  # whether they now and then choose between two answers
    language: str | None = None  # of the pages; None: the one that their browser asks for
    toured: bool = False  # whether the pages have shown them around
    suggests: bool = True  # whether follow-up questions are suggested
    created_at: datetime = time_field()


class ApiToken(SQLModel, table=True):
    """A bearer token or one-time login code, of which only a keyed digest is kept."""

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    kind: str = "bearer"  # bearer | login
    digest: str = Field(unique=True, index=True)
    label: str = ""
    created_at: datetime = time_field()
    scopes: list[str] | None = Field(default=None, sa_column=Column(JSON))  # None: whatever its person may
    expires_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_used_at: datetime | None = Field(default=None, sa_type=UtcTime)


class Document(SQLModel, table=True):
    """One file of one owner. Its id derives from owner and content; passages live in the index."""

    __table_args__ = (UniqueConstraint("owner_id", "sha256"),)
    id: str = Field(primary_key=True)
    owner_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    sha256: str
    name: str
    source: str | None = None  # where an ingested path lay, so that a changed file replaces its old version
    title: str
    media_type: str = "application/octet-stream"
    size: int
    pages: int | None = None
    passages: int = 0
    status: str = "queued"
    reason: str | None = None
    encoder_version: str | None = None
    readers_version: int = 0  # raised with every change of who may read it
    readers_indexed: int = 0  # of these, what the index was told last
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class Job(SQLModel, table=True):
    """What a person sees of a durable job; the durable-jobs library keeps its own books of steps."""

    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    kind: str
    state: str = "queued"
    stage: str = ""
    done: int = 0
    total: int = 0
    arguments: dict[str, Any] = json_field()
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    error: str | None = None
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class Conversation(SQLModel, table=True):
    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    title: str
    created_at: datetime = time_field()
    updated_at: datetime = time_field()


class Turn(SQLModel, table=True):
    """A question and its answer: the turn log, the only truth about history."""

    __table_args__ = (Index("ix_turn_conversation_created", "conversation_id", "created_at"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    conversation_id: str = Field(foreign_key="conversation.id", index=True, ondelete="CASCADE")
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    question: str
    regenerates: str | None = None  # the first answer to this question, where this one is another
    shown: bool = True  # of all answers to the question, the one that is seen and gone on from
    standalone_question: str = ""
    document_ids: list[str] | None = Field(default=None, sa_column=Column(JSON))
    pseudo_answer: str | None = None
    prompt: list[dict[str, str]] | None = Field(default=None, sa_column=Column(JSON))
    draft: str = ""  # what the model wrote, before citations were checked
    written: str | None = None  # the answer before preferences were rendered, where they were
    answer: str = ""
    edited_answer: str | None = None  # what the person made of it last: this is shown, the answer stays
    state: str = "running"  # running | complete | stopped | failed
    abstained: bool = False
    error: str | None = None
    versions: dict[str, Any] = json_field()
    preference_ids: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    timings: dict[str, Any] = json_field()  # node -> milliseconds
    prompt_tokens: int = 0
    completion_tokens: int = 0
    created_at: datetime = time_field()


class ExposureFields(SQLModel):
    """A passage shown in a turn, before it is a row: a row of the ORM takes fifty times as long to make."""

    id: str = Field(default_factory=new_id, primary_key=True)
    turn_id: str = Field(foreign_key="turn.id", index=True, ondelete="CASCADE")
    person_id: str = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    kind: str = "document"  # document | fact | conversation: what `document_id` names
    document_id: str = Field(index=True)
    passage_id: str
    document_name: str
    title: str
    text: str  # the passage as it was read, so that a later version of the document changes no history
    page: int | None = None
    heading: str | None = None
    rank: int
    score: float
    dense: float | None = None
    lexical: float | None = None
    utility: float | None = None
    propensity: float = 1.0  # probability of being shown at this rank; 1 while nothing is randomised
    marker: int | None = None
    selected: bool = False
    cited: bool = False


class Exposure(ExposureFields, table=True):
    """A passage shown in a turn."""

    __table_args__ = (Index("ix_exposure_person_passage", "person_id", "passage_id"),)


class Feedback(SQLModel, table=True):
    """An append-only event on a turn or on one of its exposures."""

    __table_args__ = (Index("ix_feedback_person_created", "person_id", "created_at"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    person_id: str = Field(foreign_key="person.id", ondelete="CASCADE")
    turn_id: str = Field(foreign_key="turn.id", index=True, ondelete="CASCADE")
    exposure_id: str | None = Field(default=None, foreign_key="exposure.id", index=True, ondelete="CASCADE")
    kind: str
    value: dict[str, Any] = json_field()
    created_at: datetime = time_field()


class UtilityLabel(SQLModel, table=True):
    """Whether a passage helps to answer a question, who says so, and at what cost."""

    id: str = Field(default_factory=new_id, primary_key=True)
    exposure_id: str | None = Field(default=None, foreign_key="exposure.id", index=True, ondelete="CASCADE")
    question: str
    passage_id: str
    utility: float
    method: str
    model_version: str
    cost_tokens: int = 0
    created_at: datetime = time_field()


class ModelVersion(SQLModel, table=True):
    """One set of weights of one kind, with the manifest that says how it came to be."""

    id: str = Field(primary_key=True)  # <kind>-<hash of the manifest>; of what ships <kind>-<its own version>
    kind: str = Field(index=True)  # encoder | retriever | selector | generator | verifier
    parent_id: str | None = None
    path: str | None = None  # below HOME/models; None: what ships, or what a setting names
    manifest: dict[str, Any] = json_field()
    files: dict[str, str] = json_field()  # path in the folder -> sha256
    forgotten: int = 0  # people and documents erased since, of which the log that it was trained on held something
    created_at: datetime = time_field()


class Promotion(SQLModel, table=True):
    """A decision: which version became the champion of its kind, or was refused, and why. No row is ever changed.

    The accepted row of a kind with the highest number is the pointer to its champion: one INSERT moves it, and of two
    at once only one can have the next number.
    """

    __table_args__ = (UniqueConstraint("kind", "number"),)
    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(index=True)
    version_id: str | None = Field(default=None, foreign_key="modelversion.id", index=True)  # None: what ships
    previous_id: str | None = None  # the champion that it was compared with, or that it takes the place of
    action: str = "promote"  # promote | rollback
    accepted: bool
    number: int | None = None  # 1, 2, ... of the accepted ones of a kind; None: refused
    holdout: str | None = None  # sha256 of the questions that both answered
    reasons: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))  # of a refusal
    report: dict[str, Any] = json_field()  # every figure of the gate
    created_at: datetime = time_field()
