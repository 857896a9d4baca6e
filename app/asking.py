"""One short question about an uncertain lesson, once in ten at most: what is asked, and which ones wait."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlmodel.ext.asyncio.session import AsyncSession

from app import edits
from app.held import is_fixed, transformations_of
from app.models_preferences import Edit, Preference
from app.reconciling import Outcome
from app.schemas_preferences import ChoicePublic, QuestionPublic
from personalization.ports import ContextEdit

SELDOM = 10  # learned edits from one question to the next, at least


@dataclass(frozen=True)
class Lesson:
    """An edit and what was learned from it; `contexts` are the vectors of all edits that may speak for it."""

    edit: Edit
    new: ContextEdit
    outcome: Outcome
    contexts: Mapping[str, Any]


def question_about(lesson: Lesson) -> dict[str, Any] | None:
    """What to ask, as it is stored; None where everything is sure enough."""
    from personalization.asking import is_open, kind_of, rival
    from personalization.transformations import restore

    taught = [row for row in lesson.outcome.rows if lesson.outcome.evidence.get(row.id, {}).get(lesson.edit.id)]
    unsure = [row for row in taught if not is_fixed(row) and not row.scope and row.active]
    wishes = {row.id: wish for row in unsure for wish in transformations_of(row)}
    for row in unsure:
        if row.id in wishes and list(lesson.outcome.evidence[row.id].values()) == [True]:
            company = [wish for other, wish in wishes.items() if other != row.id]
            if other := rival(lesson.new, wishes[row.id], company):
                choices = {"this": row.description, "other": restore(other.parameters).description, "no": "Neither"}
                return _question(row, "What did you mean by that change?", choices, other=dict(other.parameters))
    kind = kind_of(lesson.edit.context)
    for row in unsure:
        heard = lesson.outcome.evidence[row.id]
        contexts = [lesson.contexts[one] for one in heard if one in lesson.contexts]
        if all(heard.values()) and contexts and is_open(np.stack(contexts)):
            here = f"Only for {kind}" if kind else "Only for questions like this one"
            said = f"{row.description.rstrip('.')}: always?"
            return _question(row, said, {"always": "Always", "here": here, "no": "No"}, scope=kind)
    return None


def _question(row: Preference, text: str, choices: Mapping[str, str], **more: Any) -> dict[str, Any]:
    listed = [{"id": one, "label": label} for one, label in choices.items()]
    return {"preference_id": row.id, "text": text, "choices": listed, "answer": None, **more}


def question_public(question: Mapping[str, Any] | None) -> QuestionPublic | None:
    if question is None:
        return None
    return QuestionPublic(text=question["text"], choices=[ChoicePublic(**one) for one in question["choices"]])


async def open_questions(session: AsyncSession, person_id: str) -> dict[str, Edit]:
    """Preference id -> the last edit with a question about it that nobody has answered."""
    asked = await edits.questions(session, person_id)
    waiting = [(edit.question, edit) for edit in asked if edit.question and edit.question["answer"] is None]
    return {question["preference_id"]: edit for question, edit in waiting}
