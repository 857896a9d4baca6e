"""What crosses the REST door about quality: figures over time and by source or version, themes, decisions. Like
app/schemas.py it imports nothing else of ours."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from app.schemas import Page
from app.schemas_models import PromotionPublic

SliceBy = Literal[
    "document", "source", "version", "generator", "selector", "retriever", "encoder", "verifier", "prompt"
]
ComplaintKind = Literal["vote", "source", "next_message", "abstained"]


class Rate(BaseModel):
    """`count` of `n`, with the 95 % Wilson interval; without a value where n is 0."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    count: int = 0
    n: int = 0


class Mean(BaseModel):
    """A mean over `n`, with Student's 95 % interval, which needs two."""

    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int = 0


class QualityFigures(BaseModel):
    """Of the turns that were asked in one stretch of time. What is said of an answer later counts there, too.

    Every answer that somebody was given counts, one that they replaced with "Ask again" too: its vote and its sources
    are of what they were shown. Of two answers that were compared the one counts that was kept, and so the question
    once.
    """

    questions: int = Field(description="Asked; one that was answered again, or twice to be compared, is one question.")
    turns: int = Field(description="Answers to them that have ended, however; of compared ones the one that was kept.")
    answers: int  # that a model wrote and that were not declined
    edit_cost: Mean  # the part of an answer's words that its person changed; 0 of an answer left as it was
    edited: Rate  # of the answers
    satisfied: Rate  # answers whose last vote is up, of those with a vote
    next_satisfied: Mean  # chances that a next message is satisfied, as a small model reads it; no votes
    next_dissatisfied: Mean
    abstained: Rate  # of the turns that came to an end
    citations_opened: Rate  # answers of which a source was opened, of those that cite
    latency_p50_ms: float | None  # of all steps together, to 1 %
    latency_p95_ms: float | None


class QualityBucket(QualityFigures):
    since: date  # UTC
    until: date  # included
    people: int


class QualityPublic(BaseModel):
    """Quality over the last days, in buckets of one day, or of seven where there are many days."""

    total: QualityBucket
    bucket_days: int
    buckets: list[QualityBucket]  # oldest first, the empty ones too; the first may be shorter


class SourceSlice(BaseModel):
    """What became of the passages of one document, or of all sources of a kind."""

    key: str
    # None: a document of somebody who did not agree that others see their texts, or one that is deleted
    label: str | None
    shown: int
    selected: int
    cited: int
    opened: int
    helped: int
    not_relevant: int
    wrong: int
    corrected: int  # an edit of the answer says that the source is wrong
    wrong_rate: Rate  # wrong or not relevant, of the passages with a verdict


class VersionSlice(QualityFigures):
    """The turns in which one version of a model took part."""

    kind: str
    version: str


class SlicesPublic(BaseModel):
    """Worst first: sources by what was said against them, versions by how many turns they answered."""

    by: SliceBy
    since: date
    until: date
    total: int  # before the limit
    sources: list[SourceSlice] = []
    versions: list[VersionSlice] = []


class Excerpt(BaseModel):
    """What somebody wrote who agreed that others see it."""

    kind: ComplaintKind
    text: str
    reasons: list[str] = []
    turn_id: str
    created_at: datetime


class Theme(BaseModel):
    """Complaints that say much the same. Its terms and examples are of people who agreed; its counts are of all."""

    terms: list[str]  # the most distinctive first; none where nobody in it agreed
    complaints: int
    people: int
    kinds: dict[ComplaintKind, int]
    reasons: dict[str, int]
    examples: list[Excerpt]


class ThemesPublic(BaseModel):
    """What people complained about, the most frequent theme first."""

    since: date
    until: date
    complaints: int  # that were read, of all people
    hidden: int  # of those, the ones of people who did not agree
    more: bool  # older ones were left out
    themes: list[Theme]
    alone: int  # complaints like no other


DecisionsPublic = Page[PromotionPublic]
