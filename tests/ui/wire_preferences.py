"""The part of the small server that takes edits and keeps preferences."""

import difflib
import re
from datetime import UTC, datetime
from typing import Any, TypeVar

from fastapi import APIRouter, Request

from app.schemas import TurnPublic
from app.schemas_preferences import (
    AnswerEdit,
    EditCostPoint,
    EditPublic,
    EditsPublic,
    PreferenceCreate,
    PreferencePublic,
    PreferencesPublic,
    PreferenceUpdate,
    ProvenancePublic,
    SpanPublic,
)
from tests.ui.stand_in import Account, Refusal, StandIn, new_id

Thing = TypeVar("Thing")


def difference(before: str, after: str) -> list[SpanPublic]:
    old, new = (re.findall(r"\s+|\S+", text) for text in (before, after))
    spans = list[SpanPublic]()
    for _, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if old[a:b] == new[c:d]:
            spans.append(SpanPublic(change="same", text="".join(old[a:b])))
            continue
        spans += [SpanPublic(change="removed", text="".join(old[a:b]))] if b > a else []
        spans += [SpanPublic(change="added", text="".join(new[c:d]))] if d > c else []
    return spans


def edit_routes(script: StandIn) -> APIRouter:
    router = APIRouter(prefix="/api/v1")
    looked: dict[str, int] = {}

    def own_turn(account: Account, turn_id: str) -> TurnPublic:
        turns = (turn for conversation in account.conversations.values() for turn in conversation.turns)
        return found(next((turn for turn in turns if turn.id == turn_id), None), f"turn {turn_id}")

    def settle(account: Account, edit: EditPublic) -> EditPublic:
        """Pending for `looks` looks; then what the script says."""
        looked[edit.id] = looked.get(edit.id, 0) + 1
        if edit.learning == "pending" and looked[edit.id] > script.looks:
            edit.learning, edit.reason = script.outcome, script.reason
            if script.outcome == "learned":
                token = next(t for t, a in script.accounts.items() if a is account)
                edit.learned = [script.add_preference(token, script.lesson, used=0, kept=0)]
        edit.learned = [p for p in edit.learned if p.id in account.preferences]
        return edit

    @router.put("/turns/{turn_id}/answer")
    async def edit_answer(request: Request, turn_id: str, body: AnswerEdit) -> EditPublic:
        account = refusing(script, request)
        turn = own_turn(account, turn_id)
        edit = EditPublic(
            id=new_id(), turn_id=turn_id, draft=turn.answer, text=body.text, cost=3, cost_normalised=0.25,
            difference=difference(turn.answer, body.text), learning="pending", reason=None, learned=[],
            created_at=datetime.now(UTC),
        )  # fmt: skip
        turn.answer, turn.edited = body.text, True
        account.edits[edit.id] = edit
        return edit

    @router.get("/turns/{turn_id}/edits")
    async def edits(request: Request, turn_id: str, cursor: int = 0, limit: int = 50) -> EditsPublic:
        account = script.account(request)
        own_turn(account, turn_id)
        known = [edit for edit in account.edits.values() if edit.turn_id == turn_id]
        shown, more = known[cursor : cursor + limit], len(known) > cursor + limit
        return EditsPublic(items=[settle(account, e) for e in shown], next_cursor=str(cursor + limit) if more else None)

    @router.get("/edits/{edit_id}")
    async def edit(request: Request, edit_id: str) -> EditPublic:
        account = script.account(request)
        return settle(account, found(account.edits.get(edit_id), f"edit {edit_id}"))

    @router.delete("/edits/{edit_id}/learned", status_code=204)
    async def undo(request: Request, edit_id: str) -> None:
        account = refusing(script, request)
        edit = found(account.edits.get(edit_id), f"edit {edit_id}")
        for preference in edit.learned:
            account.preferences.pop(preference.id, None)
        edit.learning, edit.learned = "forgotten", []

    return router


def preference_routes(script: StandIn) -> APIRouter:
    router = APIRouter(prefix="/api/v1")

    @router.get("/preferences")
    async def preferences(request: Request, cursor: int = 0, limit: int = 50) -> PreferencesPublic:
        known = list(script.account(request).preferences.values())
        more = str(cursor + limit) if len(known) > cursor + limit else None
        return PreferencesPublic(items=known[cursor : cursor + limit], next_cursor=more)

    @router.post("/preferences", status_code=201)
    async def state(request: Request, body: PreferenceCreate) -> PreferencePublic:
        account = refusing(script, request)
        token = next(t for t, a in script.accounts.items() if a is account)
        said: dict[str, Any] = {"source": "stated", "context": "", "confidence": 1.0, "pinned": True, "used": 0}
        said |= {"kept": 0, "supported_by": 0, "contradicted_by": 0, "scope": body.scope}
        return script.add_preference(token, body.description, **said, honoured="rhyme" not in body.description)

    @router.patch("/preferences/{preference_id}")
    async def change(request: Request, preference_id: str, body: PreferenceUpdate) -> PreferencePublic:
        known = refusing(script, request).preferences
        before = found(known.get(preference_id), f"preference {preference_id}")
        known[preference_id] = before.model_copy(update=body.model_dump(exclude_unset=True))
        return known[preference_id]

    @router.delete("/preferences/{preference_id}", status_code=204)
    async def delete(request: Request, preference_id: str) -> None:
        known = refusing(script, request).preferences
        del known[found(known.get(preference_id), f"preference {preference_id}").id]

    @router.delete("/preferences", status_code=204)
    async def delete_all(request: Request, keep_rules: bool = False) -> None:
        account = refusing(script, request)
        account.preferences.clear()
        if not keep_rules:
            account.rules.clear()

    @router.get("/preferences/{preference_id}/provenance")
    async def provenance(request: Request, preference_id: str) -> ProvenancePublic:
        account = script.account(request)
        found(account.preferences.get(preference_id), f"preference {preference_id}")
        return ProvenancePublic(items=account.origins.get(preference_id, []))

    @router.get("/me/edit-cost")
    async def edit_cost(request: Request) -> list[EditCostPoint]:
        return script.account(request).costs

    return router


def found(thing: Thing | None, name: str) -> Thing:
    if thing is None:
        raise Refusal(404, "Not Found", f"no {name}")
    return thing


def refusing(script: StandIn, request: Request) -> Account:
    """The account of whoever asks, unless the script refuses."""
    account = script.account(request)
    if script.refusal:
        raise script.refusal
    return account
