"""What crosses the REST door about models: which are in use, and what was decided on trained ones."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from app.schemas import RequestBody

Kind = Literal["generator", "selector", "verifier", "retriever"]

Decision = Literal["promoted", "refused", "rolled back", "none"]


class Health(BaseModel):
    status: Literal["ok", "unready"]
    missing: list[str] = []
    versions: dict[str, str] = {}
    fallbacks: list[str] = []  # promoted models that cannot be used: what ships answers in their place


class InUsePublic(BaseModel):
    """What answers for one kind."""

    kind: Kind
    version: str  # of the promoted one, or the name of what ships or of what a setting names
    source: Literal["setting", "promoted", "shipped"]
    champion: str | None  # the promoted version, also where a setting comes first or it cannot be used
    setting: str | None = None  # the setting that comes first
    problem: str | None = None  # why the champion is not in use, and the remedy


class VersionPublic(BaseModel):
    """A version in this home."""

    id: str
    kind: Kind
    parent_id: str | None
    champion: bool
    decision: Decision  # the last one on it
    forgotten: int = 0  # people and documents erased since that were in the log it was trained on
    created_at: datetime


class PromotionPublic(BaseModel):
    """A decision on a version; `version_id` None is what ships."""

    id: str
    kind: Kind
    version_id: str | None
    previous_id: str | None
    action: Literal["promote", "rollback"]
    accepted: bool
    number: int | None
    holdout: str | None
    reasons: list[str]
    report: dict[str, Any]
    created_at: datetime


class VersionDetail(VersionPublic):
    manifest: dict[str, Any]
    files: dict[str, str]  # path -> sha256
    problem: str | None  # what is wrong with its files, and the remedy
    decisions: list[PromotionPublic]  # newest first


class ModelsPublic(BaseModel):
    in_use: list[InUsePublic]
    versions: list[VersionPublic]  # oldest first


class Verdict(RequestBody):
    """What the gate found; `champion` is the version it compared with, None for what ships."""

    champion: str | None = Field(max_length=80)
    accepted: bool
    reasons: list[str] = Field(max_length=200)
    holdout: str = Field(pattern=r"^[0-9a-f]{64}$")
    report: dict[str, Any]


class Rollback(RequestBody):
    kind: Kind


class Moved(BaseModel):
    """What became of a decision: the row that was written, and what answers now."""

    promotion: PromotionPublic
    in_use: InUsePublic
    milliseconds: float  # until the next turn is answered by it
