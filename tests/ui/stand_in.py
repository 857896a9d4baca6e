"""What a scripted server will say: accounts, documents and the next answer."""

import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from fastapi import Request

from app.schemas import (
    ChatRequest,
    ConversationDetail,
    DocumentPublic,
    ErrorEvent,
    ExposurePublic,
    PersonPublic,
)
from app.schemas_access import OwnTokenPublic
from app.schemas_comparisons import ChoiceCreate
from app.schemas_feedback import FeedbackPublic
from app.schemas_groups import CollectionPublic
from app.schemas_memory import FactPublic, RulePublic
from app.schemas_preferences import EditCostPoint, EditPublic, Learning, PreferencePublic, ProvenanceItem

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


class Refusal(Exception):
    def __init__(self, status: int, title: str, detail: str) -> None:
        self.problem = {"type": "about:blank", "title": title, "status": status, "detail": detail}
        self.status = status


@dataclass
class Account:
    """One person's things."""

    person: PersonPublic
    documents: dict[str, DocumentPublic] = field(default_factory=dict)
    conversations: dict[str, ConversationDetail] = field(default_factory=dict)
    edits: dict[str, EditPublic] = field(default_factory=dict)
    preferences: dict[str, PreferencePublic] = field(default_factory=dict)
    origins: dict[str, list[ProvenanceItem]] = field(default_factory=dict)  # by preference
    costs: list[EditCostPoint] = field(default_factory=list)
    feedback: dict[str, FeedbackPublic] = field(default_factory=dict)  # by key, in the order it came
    facts: dict[str, FactPublic] = field(default_factory=dict)
    rules: dict[str, RulePublic] = field(default_factory=dict)
    compared: dict[str, str] = field(default_factory=dict)  # first answer by comparison
    choices: list[ChoiceCreate] = field(default_factory=list)
    tokens: dict[str, OwnTokenPublic] = field(default_factory=dict)
    collections: list[CollectionPublic] = field(default_factory=list)
    password: str | None = None  # the one that was set last


@dataclass
class StandIn:
    """What the server will say. Tests set `answer`, `passages`, `pace` and what edits lead to, and look at `stopped`,
    `asked` and the accounts."""

    accounts: dict[str, Account] = field(default_factory=dict)  # by token
    codes: dict[str, str] = field(default_factory=dict)  # one-time code -> token
    answer: str = "Annual leave is **28 days** [1], and five of them may be carried over [2]."
    second_answer: str = "You may take **28 days** [1]."  # to whoever wishes to compare
    passages: list[str] = field(default_factory=lambda: ["Every employee has 28 days of leave.", "Five may be kept."])
    abstained: bool = False
    pace: float = 0.0  # seconds between tokens
    failure: ErrorEvent | None = None
    fetches: bool = False  # from web addresses
    break_off: bool = False  # close the stream before its end
    outcome: Learning = "learned"  # of the next edits
    looks: int = 1  # times that an edit is seen as pending before its outcome
    reason: str | None = None
    lesson: str = "Keep answers under 30 words"
    suggestions: list[str] = field(default_factory=list)  # questions that could be asked next
    applied: list[str] = field(default_factory=list)  # ids of the preferences of the next answer
    refusal: Refusal | None = None  # of whatever is to be changed about answers and preferences
    asked: list[tuple[str, ChatRequest]] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def add_person(self, email: str) -> str:
        """A new account; returns its token."""
        token = f"token-of-{email}"
        person = PersonPublic(
            id=new_id(), email=email, display_name=email, role="person", toured=True, created_at=NOW
        )  # the tour has tests of its own
        self.accounts[token] = Account(person)
        self.codes[f"code-of-{email}"] = token
        return token

    def add_document(self, token: str, name: str, status: str = "indexed", reason: str | None = None) -> DocumentPublic:
        document = DocumentPublic.model_validate(
            {"id": new_id(), "name": name, "title": name, "media_type": "application/pdf", "size": 1000, "pages": 3}
            | {"passages": 2, "status": status, "reason": reason, "created_at": NOW}
        )
        self.accounts[token].documents[document.id] = document
        return document

    def add_preference(self, token: str, description: str, **changes: Any) -> PreferencePublic:
        made = PreferencePublic.model_validate(
            {"id": new_id(), "description": description, "context": "How much leave do I have?", "scope": None}
            | {"source": "edit", "honoured": True, "confidence": 0.72, "active": True, "pinned": False}
            | {"supported_by": 3, "contradicted_by": 1, "used": 8, "kept": 6, "created_at": NOW, "updated_at": NOW}
            | changes
        )
        self.accounts[token].preferences[made.id] = made
        return made

    def account(self, request: Request) -> Account:
        header = request.headers.get("authorization", "").removeprefix("Bearer ")
        account = self.accounts.get(header or request.cookies.get("attune_session", ""))
        if account is None:
            raise Refusal(401, "Unauthorized", "log in first")
        return account

    def exposures(self, account: Account, cited: bool) -> list[ExposurePublic]:
        document = next(iter(account.documents.values()), None)
        name = document.name if document else "handbook.pdf"
        return [
            ExposurePublic(
                id=new_id(), marker=rank if rank <= 2 else None, passage_id=new_id(), title=name, text=text, rank=rank,
                document_id=document.id if document else new_id(), document=name, page=rank, heading="Leave > Annual",
                score=1 / rank, dense=0.7, lexical=3.2, utility=0.9, selected=rank <= 2, cited=cited and rank <= 2,
            )
            for rank, text in enumerate(self.passages, start=1)
        ]  # fmt: skip


def new_id() -> str:
    return str(uuid.uuid4())
