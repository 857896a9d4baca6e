"""What crosses the REST door about feedback. Like app/schemas.py it imports nothing else of ours."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, Field, StringConstraints, field_validator, model_validator

from app.schemas import Page, RequestBody, TurnPublic

Vote = Literal["up", "down"]
# What a person may say is wrong with an answer, in one click each; `should_answer` is of one that was declined.
Reason = Literal["incorrect", "incomplete", "not_asked", "wrong_sources", "style", "should_answer"]
Verdict = Literal["helped", "not_relevant", "wrong"]
# What is done with an answer rather than said of it. Stopped, regenerated and re-asked are noted by the server too.
TurnSignal = Literal["copied", "regenerated", "stopped", "abandoned", "reasked"]
ExposureSignal = Literal["citation_opened", "source_opened"]  # the [n] in the answer; the document behind it
SpanKind = Literal["span_good", "span_wrong", "span_cleared"]  # what is said of a piece of the answer; taken back
TurnKind = Literal[Vote, "withdrawn", TurnSignal, SpanKind]
ExposureKind = Literal[Verdict, "withdrawn", ExposureSignal]
# Made by the client, new for each event: sent again after a lost answer, it is the same event.
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{8,64}$")]


class Span(RequestBody):
    """A piece of the model's answer, in code points from its beginning; `end` is behind the last one."""

    start: int = Field(ge=0, le=1_000_000)
    end: int = Field(ge=1, le=1_000_000)

    @model_validator(mode="after")
    def _holds_something(self) -> Self:
        if self.start >= self.end:
            raise ValueError(f"the span from {self.start} to {self.end} holds nothing: `end` comes behind `start`")
        return self


class TurnFeedbackCreate(RequestBody):
    """One event on an answer. The last vote counts; `withdrawn` takes it back. So does the last word on each `span`,
    and `span_cleared` takes it back."""

    key: Key
    kind: TurnKind
    span: Span | None = None  # of the kinds span_*, and of no other
    reasons: list[Reason] = Field(default=[], max_length=6)  # of a vote down
    text: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)] = ""  # of a vote; never needed

    @field_validator("reasons")
    @classmethod
    def _once_each(cls, reasons: list[Reason]) -> list[Reason]:
        return sorted(set(reasons))

    @model_validator(mode="after")
    def _belongs(self) -> Self:
        if self.reasons and self.kind != "down":
            raise ValueError(f"`reasons` go with the kind down, not with {self.kind}: leave them out")
        if self.text and self.kind not in ("up", "down"):
            raise ValueError(f"`text` goes with a vote, up or down, not with {self.kind}: leave it out")
        if (self.span is not None) != self.kind.startswith("span_"):
            raise ValueError(f"`span` goes with the kinds span_good, span_wrong and span_cleared; this is {self.kind}")
        return self


class ExposureFeedbackCreate(RequestBody):
    """One event on a source of an answer. The last verdict counts; `withdrawn` takes it back."""

    key: Key
    kind: ExposureKind


class NextMessage(BaseModel):
    """What the person's next message says of an answer, as a small model reads it. Nothing is done with it by itself.

    `kind` is one of WildFeedback's satisfied and dissatisfied kinds, or neutral. The chances are calibrated on talks
    written for the model; on people's own talks they are too sure.
    """

    kind: str
    side: Literal["satisfied", "dissatisfied", "neutral"]
    satisfied: float
    dissatisfied: float
    version: str  # of the model that read it
    by: str  # the turn that the message opened


class Satisfied(BaseModel):
    """The chance that you were content with an answer, as far as could be told when the next message was read.

    `inputs` are what spoke for or against it. Nothing is done with it by itself.
    """

    chance: float
    inputs: dict[str, float]
    version: str
    by: str  # the turn that was begun then


class MarkedSpan(BaseModel):
    """A piece of an answer, and the sources that its sentences cite and that are judged with it: of what is wrong only
    those that say the same, as the others were misread."""

    start: int
    end: int
    text: str
    sources: list[str] = []  # ids of exposures
    mark: Literal["good", "wrong"] | None = None  # None: taken back


class FeedbackPublic(BaseModel):
    """An event as it was logged. `kind` may also be what an edit said of a source: source_wrong, source_misread; which
    of two answers was better: compared; or next_message and satisfaction, of which the fields so called tell more."""

    id: str
    turn_id: str
    exposure_id: str | None
    kind: str
    reasons: list[Reason] = []
    text: str = ""
    span: MarkedSpan | None = None
    next_message: NextMessage | None = None
    satisfaction: Satisfied | None = None
    created_at: datetime


class TurnFeedback(BaseModel):
    """What follows from the events of a turn: the last vote, verdict on each source and mark on each span."""

    turn_id: str
    vote: Vote | None = None
    reasons: list[Reason] = []
    text: str = ""
    sources: dict[str, Verdict] = {}  # by exposure
    spans: list[MarkedSpan] = []  # that are marked now


class TurnDetail(TurnPublic):
    """A turn and what its person thinks of it."""

    feedback: TurnFeedback


FeedbacksPublic = Page[FeedbackPublic]
