"""What a person says themselves about how they like answers, and how preferences are shown. Knows no HTTP."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from agents.prompts import follows_rules
from app import preferences
from app.asking import open_questions, question_public
from app.held import DESCRIBED, is_fixed, is_honoured
from app.models import utc_now
from app.models_preferences import Preference
from app.problems import Problem, not_found
from app.schemas_preferences import PreferenceCreate, PreferencePublic, PreferenceUpdate
from app.services import Services
from personalization.ports import Transformation


@dataclass(frozen=True)
class Statement:
    """What was understood of a person's words; nothing: they are kept for a model that can follow them."""

    key: str
    parameters: list[dict[str, Any]]


async def state(services: Services, person_id: str, body: PreferenceCreate) -> Preference:
    """Keep a statement. One about the same things with the same scope takes the place of the earlier one."""
    understood = await asyncio.to_thread(_understand, body.description)
    stated = Preference(
        person_id=person_id,
        key=understood.key,
        description=body.description,
        parameters=understood.parameters,
        scope=body.scope,
        source="stated",
        confidence=1.0,
        pinned=True,
    )
    async with services.database.session() as session:
        for earlier in await preferences.in_force(session, person_id):
            if earlier.source == "stated" and _is_replaced(earlier, stated):
                await preferences.forget(session, person_id, earlier.id)
        session.add(stated)
        await preferences.changed(session, person_id)
    return stated


async def change(services: Services, person_id: str, preference_id: str, body: PreferenceUpdate) -> Preference:
    """Change what is given. Other words are a statement, whatever was learned before. Raises Problem 404."""
    given = body.model_dump(exclude_unset=True)
    words = given.pop("description", None)
    understood = await asyncio.to_thread(_understand, words) if words else None
    async with services.database.session() as session:
        row = await preferences.find(session, person_id, preference_id)
        if row is None:
            raise not_found("preference", preference_id)
        if understood and words != row.description:
            row.key, row.parameters, row.description = understood.key, understood.parameters, words
            row.source, row.pinned, row.confidence, row.previous = "stated", True, 1.0, None
        for name, value in given.items():
            if value is not None or name == "scope":
                setattr(row, name, value)
        row.updated_at = utc_now()
        session.add(row)
        await session.flush()
        await preferences.drop_unsupported(session, person_id)  # what only its pin kept goes with it
        await preferences.changed(session, person_id)
    return row


async def answer(services: Services, person_id: str, preference_id: str, choice: str) -> None:
    """What a person answers is evidence: it narrows or pins a preference, replaces or drops it. Raises Problem 404
    where there is no such question, and 422 where it has no such choice."""
    async with services.database.session() as session:
        row = await preferences.find(session, person_id, preference_id)
        edit = (await open_questions(session, person_id)).get(preference_id)
        if row is None or edit is None or edit.question is None:
            raise not_found("open question about preference", preference_id)
        if choice not in {one["id"] for one in edit.question["choices"]}:
            raise Problem(422, f"{choice!r} is no choice of this question")
        edit.question = {**edit.question, "answer": choice}
        session.add(edit)
        if choice == "no":
            await preferences.forget(session, person_id, preference_id)
        else:
            _take(row, choice, edit.question)
            session.add(row)
        await preferences.changed(session, person_id)


def _take(row: Preference, choice: str, question: Mapping[str, Any]) -> None:
    from personalization.transformations import restore

    row.updated_at = utc_now()
    match choice:
        case "always":
            row.pinned, row.scope = True, None
        case "here":  # where there is no word for it, it holds where it was learned, as it does
            row.scope = question.get("scope")
        case "other":
            wish = restore(question["other"])
            row.key, row.description, row.parameters = wish.key, wish.description, [dict(wish.parameters)]
            row.previous = None


async def preferences_public(services: Services, person_id: str, rows: Sequence[Preference]) -> list[PreferencePublic]:
    """Preferences with their counts, and whether they can be honoured here."""
    async with services.database.session() as session:
        tallies = await preferences.tallies(session, person_id, (row.id for row in rows))
        asked = await open_questions(session, person_id)
    follows = follows_rules(services.model.version)
    return [
        PreferencePublic(
            honoured=is_honoured(row, follows),
            context="" if is_fixed(row) or row.scope else row.context,
            question=question_public(asked[row.id].question) if row.id in asked else None,
            **row.model_dump(include=_FIELDS),
            **tallies[row.id].__dict__,
        )
        for row in rows
    ]


def _understand(words: str) -> Statement:
    from personalization.stated import read

    asked: Sequence[Transformation] = read(words)
    if not asked:
        return Statement(DESCRIBED, [{"kind": DESCRIBED, "text": words}])
    keys = sorted(transformation.key for transformation in asked)
    return Statement(", ".join(keys), [dict(transformation.parameters) for transformation in asked])


def _is_replaced(earlier: Preference, stated: Preference) -> bool:
    alike = earlier.key == stated.key and stated.key != DESCRIBED
    return earlier.scope == stated.scope and (alike or earlier.description == stated.description)


_SHOWN_OTHERWISE = {"honoured", "context", "question", "supported_by", "contradicted_by", "used", "kept"}
_FIELDS = set(PreferencePublic.model_fields) - _SHOWN_OTHERWISE
