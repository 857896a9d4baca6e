"""What happens when a person rewrites an answer, or takes back what that taught. Knows no HTTP, writes no SQL."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app import edits, preferences, turns
from app.learning import KIND
from app.models import Job, Turn
from app.models_preferences import Edit, Preference
from app.problems import Problem, not_found
from app.schemas_preferences import EditPublic, SpanPublic
from app.services import Services
from app.stating import preferences_public
from app.telling import said, spans_of

LEARNED_FROM = 20_000  # letters of the longer text: no answer is that long, and comparing grows with its square


@dataclass(frozen=True)
class Edited:
    """The edit, and whether it is new."""

    edit: Edit
    is_new: bool


async def edit_answer(services: Services, person_id: str, turn_id: str, text: str) -> Edited:
    """Show `text` for the answer of a turn from now on, and learn from it later.

    The same text again is the same edit. Raises Problem 404, and 409 where there is no answer yet or it is being
    rewritten at this moment.
    """
    text = text.replace("\r\n", "\n")
    async with services.database.session() as session:
        turn = await turns.find_turn(session, person_id, turn_id)
        if turn is None:
            raise not_found("turn", turn_id)
        before = await edits.of_turn(session, person_id, turn_id)
    shown = turn.answer if turn.edited_answer is None else turn.edited_answer
    if turn.state == "running" or not shown:
        raise Problem(409, "there is no answer to edit: wait until it is written, or ask again")
    if before and before[-1].text == text:
        return Edited(before[-1], is_new=False)
    edit = await asyncio.to_thread(_edit, turn, shown, text)
    edit.reason = _why_nothing(services, turn, shown, text)
    edit.learning = "nothing" if edit.reason else "pending"
    job = Job(person_id=person_id, kind=KIND, stage="queued", arguments={"edit_id": edit.id})
    async with services.database.session() as session:
        if text != shown and not await turns.show_edited(session, turn, text):
            raise Problem(409, "the answer changed while it was being edited: open it again and repeat your change")
        session.add(edit)
        session.add_all([job] if edit.learning == "pending" else [])
    if edit.learning == "pending":
        await services.jobs.submit(job.id)
    return Edited(edit, is_new=True)


async def undo(services: Services, person_id: str, edit_id: str) -> None:
    """Forget what an edit taught, at once and for good; its text stays, and what it says about sources. Raises Problem
    404."""
    async with services.database.session() as session:
        if not await edits.forget(session, person_id, edit_id):
            raise not_found("edit", edit_id)
        await preferences.undo(session, person_id, edit_id)


async def edits_public(services: Services, person_id: str, found: Sequence[Edit]) -> list[EditPublic]:
    """Edits with their differences and what was learned from each."""
    async with services.database.session() as session:
        taught = await preferences.taught_by(session, person_id, (edit.id for edit in found))
        wrong = await edits.sources_wrong(session, person_id, found)
    rows: dict[str, Preference] = {row.id: row for learned in taught.values() for row in learned}
    shown = {one.id: one for one in await preferences_public(services, person_id, list(rows.values()))}
    return [
        EditPublic(
            difference=await difference_public(edit),
            learned=[shown[row.id] for row in taught.get(edit.id, [])],
            sources_wrong=wrong[edit.id],
            **edit.model_dump(include=_FIELDS),
        )
        for edit in found
    ]


async def difference_public(edit: Edit) -> list[SpanPublic]:
    """Until facts are told apart, without saying which they are."""
    spans: list[dict[str, Any]] = edit.difference or await asyncio.to_thread(spans_of, edit.draft, edit.text)
    return [SpanPublic(**span) for span in spans]


def _edit(turn: Turn, shown: str, text: str) -> Edit:
    from personalization.edit_cost import edit_cost

    cost = edit_cost(shown, text)
    return Edit(
        person_id=turn.person_id,
        turn_id=turn.id,
        draft=shown,
        text=text,
        cost=cost.raw,
        cost_normalised=cost.normalised,
        context=turn.standalone_question or turn.question,
        written=said(turn.written or turn.answer),
    )


def _why_nothing(services: Services, turn: Turn, shown: str, text: str) -> str | None:
    if text == shown:
        return "the text is the one that was there"
    if max(len(text), len(shown)) > LEARNED_FROM:
        return f"a text of more than {LEARNED_FROM:,} letters is kept, but not learned from"
    if services.settings.personalization == "off":
        return "personalization is switched off here (ATTUNE_PERSONALIZATION)"
    if turn.abstained or not turn.draft:
        return "these were Attune's fixed words, not an answer of the model"
    return None if turn.state == "complete" else "the answer was cut off, so the change tells nothing about style"


_FIELDS = set(EditPublic.model_fields) - {"difference", "learned", "sources_wrong"}
