"""The SQL tables of training from the log: runs, when to begin one, what an operator said of a passage. Opens no
connection."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import JSON, Column
from sqlmodel import Field, SQLModel

from app.models import UtcTime, json_field, new_id, time_field, utc_now


def _list() -> Any:
    return Field(default_factory=list, sa_column=Column(JSON, nullable=False))


def _person() -> Any:
    """A person's id; once they are forgotten, nobody's."""
    return Field(default=None, foreign_key="person.id", index=True, ondelete="SET NULL")


_LIVE = sa.text("state IN ('queued', 'running')")


class TrainingRun(SQLModel, table=True):
    """One training from the log, from its order to the gate's decision. What makes it durable is its job."""

    __table_args__ = (
        sa.Index("ix_trainingrun_live", "kind", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
    )  # whoever begins one of a kind at the same moment finds that it is under way
    id: str = Field(default_factory=new_id, primary_key=True)
    job_id: str = Field(index=True)  # no foreign key: the job goes with whoever kept it, and the history stays
    kind: str = Field(index=True)  # retriever | selector | generator
    method: str | None = None  # of a generator: dpo | kto
    trigger: str = "manual"  # manual | policy
    started_by: str | None = _person()  # None: the policy, or somebody who was forgotten
    minutes: float
    steps: int | None = None
    seed: int = 0
    state: str = "queued"  # queued | running | done | failed | cancelled
    stage: str = ""
    labels: int = 0  # that it learns from
    people: int = 0  # whose labels they are
    curve: list[dict[str, Any]] = _list()  # {step, loss}
    before: dict[str, Any] = json_field()  # figures of the recipe, and the champion's of the gate
    after: dict[str, Any] = json_field()
    version_id: str | None = None
    promotion_id: str | None = Field(default=None, foreign_key="promotion.id")
    holdout: str | None = None  # sha256 of the files that the gate measures on
    error: str | None = None
    forgotten: int = 0  # people and documents erased since that were in its log
    announced_at: datetime | None = Field(default=None, sa_type=UtcTime)  # to the address that is told of ends
    created_at: datetime = time_field()
    started_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)


class TrainingPolicy(SQLModel, table=True):
    """When to train without being told to. There is one row, or none while nobody has changed anything."""

    id: str = Field(default="policy", primary_key=True)
    enabled: bool = False
    kinds: list[str] = _list()
    method: str = "dpo"  # by which the generator is trained
    labels: int = 100  # new ones since the last run of the kind
    minutes: float = 20.0
    quiet_from: int | None = None  # hours of the day in UTC between which nothing is begun
    quiet_until: int | None = None
    changed_by: str | None = _person()
    updated_at: datetime = Field(default_factory=utc_now, sa_type=UtcTime)


class AnnouncementsSeen(SQLModel, table=True):
    """Until when an operator has seen which runs ended."""

    person_id: str = Field(primary_key=True, foreign_key="person.id", ondelete="CASCADE")
    until: datetime = Field(sa_type=UtcTime)


class Annotation(SQLModel, table=True):
    """What an operator said of a passage that was shown to somebody; but for `skip` a UtilityLabel goes with it."""

    id: str = Field(default_factory=new_id, primary_key=True)
    exposure_id: str = Field(foreign_key="exposure.id", index=True, ondelete="CASCADE")
    said: str  # helps | not_relevant | wrong | skip; unjudged: a model was asked, and would not say
    said_by: str | None = _person()
    created_at: datetime = time_field()
