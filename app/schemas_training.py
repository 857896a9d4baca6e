"""What crosses the REST door about training from the log: runs, when they begin, passages that wait for a label."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, Field, StringConstraints, model_validator

from app.schemas import Identifier, JobState, Page, RequestBody

TrainedKind = Literal["retriever", "selector", "generator"]
FitMethod = Literal["dpo", "kto"]  # what a generator learns from: pairs of answers; answers wanted and not
Outcome = Literal["promoted", "refused"]
Said = Literal["helps", "not_relevant", "wrong", "skip"]
Method = Literal["likelihood-gain", "answer-gain", "listwise", "attribution"]  # by which a language model labels
Why = Literal["disagreement", "conflict", "threshold", "traffic"]
Route = Literal["operator", "model"]  # who is to label a passage: a person, or `attune annotate`
Hour = Annotated[int, Field(ge=0, le=23)]


class TrainingRunCreate(RequestBody):
    """What to train. With `steps` the result depends on no clock. `method` is the generator's; the others have one."""

    kind: TrainedKind
    method: FitMethod = "dpo"
    minutes: float = Field(default=20.0, gt=0, le=1440)
    steps: int | None = Field(default=None, ge=1, le=1_000_000)
    seed: int = Field(default=0, ge=0, le=2**31 - 1)


class TrainingRunPublic(BaseModel):
    """A run, as a list shows it. `outcome` is the gate's; None while there is none, and where the run failed."""

    id: str
    kind: TrainedKind
    method: FitMethod | None = None  # of a generator
    trigger: Literal["manual", "policy"]
    started_by: str | None  # id of a person
    minutes: float
    steps: int | None
    seed: int
    state: JobState
    stage: str
    labels: int  # that it learns from
    people: int  # whose labels they are
    version_id: str | None
    promotion_id: str | None
    outcome: Outcome | None = None
    reasons: list[str] = []  # of a refusal
    error: str | None  # why it failed, and the remedy
    forgotten: int  # people and documents erased since that were in its log
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None


class AnnouncementPublic(BaseModel):
    """That a run has ended, and how. `outcome` is the gate's where it came to that, else the run's own end."""

    id: str  # of the run
    kind: TrainedKind
    method: FitMethod | None
    outcome: Outcome | Literal["done", "failed", "cancelled"]
    version_id: str | None
    ended_at: datetime


class AnnouncementsPublic(BaseModel):
    """What ended since whoever asks has last said that they have seen it; `unseen` also counts what is not listed."""

    items: list[AnnouncementPublic]
    unseen: int


class AnnouncementsSeenUpdate(RequestBody):
    """`until`: `ended_at` of the newest one that was shown, so that what ends meanwhile stays news."""

    until: AwareDatetime


class CurvePoint(BaseModel):
    step: int
    loss: float


class TrainingRunDetail(TrainingRunPublic):
    """A run with all that was measured. Figures of the gate are the champion's (`before`) and the new version's."""

    curve: list[CurvePoint]
    before: dict[str, Any]
    after: dict[str, Any]
    holdout: str | None  # sha256 of what the gate measured on


TrainingRunsPublic = Page[TrainingRunPublic]


class TrainingPolicyUpdate(RequestBody):
    """What is not given stays as it is. Both hours null: at any time."""

    enabled: bool | None = None
    kinds: list[TrainedKind] | None = Field(default=None, min_length=1, max_length=3)
    method: FitMethod | None = None
    labels: int | None = Field(default=None, ge=1, le=1_000_000)
    minutes: float | None = Field(default=None, gt=0, le=1440)
    quiet_from: Hour | None = None
    quiet_until: Hour | None = None

    @model_validator(mode="after")
    def _both_hours(self) -> Self:
        if ("quiet_from" in self.model_fields_set) != ("quiet_until" in self.model_fields_set):
            raise ValueError("`quiet_from` and `quiet_until` go together: give both, or null for both")
        if (self.quiet_from is None) != (self.quiet_until is None):
            raise ValueError("`quiet_from` and `quiet_until` go together: give two hours, or null for both")
        return self


class KindStanding(BaseModel):
    """How far a kind is from its next run. `waits_for` None: the policy begins it at its next look."""

    kind: TrainedKind
    method: FitMethod | None = None  # of a generator; there is one standing for each
    # Since the last run, and in all; counted up to what decides: the policy's `labels` or `least`, whichever is more.
    new_labels: int
    labels: int
    least: int  # of all of them, below which no run makes sense
    waits_for: str | None


class HoldoutPublic(BaseModel):
    """The questions that decide: `HOME/holdout/<set>`, each a folder as `attune models promote --data` takes it."""

    sets: list[str]
    decisions: dict[TrainedKind, int]  # that were made on exactly these files
    most: int  # from which on they are worn: whoever is chosen by the same questions again and again fits them


class TrainingPolicyPublic(BaseModel):
    """When to train without being told to, and how far it is from that."""

    enabled: bool
    kinds: list[TrainedKind]
    method: FitMethod = "dpo"  # by which it trains the generator
    labels: int  # new ones since the last run of the kind
    minutes: float
    quiet_from: int | None  # hours of the day in UTC between which nothing is begun
    quiet_until: int | None
    changed_by: str | None
    updated_at: datetime | None
    holdout: HoldoutPublic
    standing: list[KindStanding]


class QueuedPassage(BaseModel):
    """A passage that was shown for a question, and why somebody should say whether it helps. Highest `worth` first."""

    exposure_id: str
    question: str
    title: str
    text: str
    page: int | None
    heading: str | None
    document_name: str
    rank: int
    selected: bool
    cited: bool
    utility: float | None  # the selector's
    verdicts: dict[str, int]  # what people said of this passage for this question: how many each
    labels: list[float]  # utilities that models or corrections gave it
    shown: int  # how often it was shown lately, for whatever question
    why: list[Why]
    route: Route
    worth: float
    created_at: datetime


class AnnotationQueuePublic(BaseModel):
    items: list[QueuedPassage]
    waiting: int  # of this route, those shown here among them
    looked_at: int  # passages shown lately that were considered


class AnnotationCreate(RequestBody):
    utility: Said


class ModelLabel(RequestBody):
    """What a language model says a passage is worth for its question; `utility` null: it was asked, and cannot say."""

    exposure_id: Identifier
    utility: Annotated[float, Field(ge=0, le=1)] | None
    cost_tokens: int = Field(default=0, ge=0, le=1_000_000_000)


class ModelLabelsCreate(RequestBody):
    """Labels of one model by one method. The same ones again are no further labels."""

    method: Method
    model_version: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    labels: list[ModelLabel] = Field(min_length=1, max_length=500)


class ModelLabelsPublic(BaseModel):
    """How many were `kept`, had been said before (`known`), and were left out: where a person or an operator has
    judged the passage their word stands (`judged`), and what may not be read here takes no label (`closed`)."""

    kept: int
    known: int
    judged: int
    closed: int


class AnnotationPublic(BaseModel):
    exposure_id: str
    said: Said
    label_id: str | None  # of the UtilityLabel; None for `skip`
