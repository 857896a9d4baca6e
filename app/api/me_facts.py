"""Facts and standing rules: what you said of yourself and of your sources; yours to see, correct and delete."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from app import documents, facts, preferences, turns
from app.cursor import cursor_after, decode_cursor
from app.deps import CurrentPerson, ServicesDep
from app.models import utc_now
from app.models_memory import PersonFact
from app.models_preferences import Preference
from app.problems import Problem, not_found
from app.rules import rule_of, split_rules
from app.schemas import Identifier
from app.schemas_memory import (
    FactCreate,
    FactPublic,
    FactsPublic,
    FactUpdate,
    RuleCreate,
    RulePublic,
    RulesPublic,
)
from app.schemas_preferences import PreferenceCreate
from app.services import Services
from app.stating import state
from personalization.person_facts import key_of
from personalization.standing_rules import StandingRule, read_rule

router = APIRouter(prefix="/api/v1/me", tags=["me"])

Limit = Annotated[int, Query(ge=1, le=200)]


@router.get("/facts")
async def read_facts(
    person: CurrentPerson, services: ServicesDep, limit: Limit = 50, cursor: str | None = None
) -> FactsPublic:
    """What you said of yourself, newest first."""
    async with services.database.session() as session:
        found = await facts.page(session, person.id, limit + 1, decode_cursor(cursor))
    shown = found[:limit]
    more = cursor_after(found, limit, lambda one: (one.created_at, one.id))
    return FactsPublic(items=await _public(services, person.id, shown), next_cursor=more)


@router.post("/facts", status_code=201)
async def state_fact(body: FactCreate, person: CurrentPerson, services: ServicesDep) -> FactPublic:
    """Say something about yourself. It is used where a question is about you, and can be cited."""
    said = PersonFact(person_id=person.id, key=key_of(body.text), text=body.text, source="stated")
    async with services.database.session() as session:
        kept = await facts.keep(session, said)
    return (await _public(services, person.id, [kept]))[0]


@router.patch("/facts/{fact_id}")
async def change_fact(
    fact_id: Identifier, body: FactUpdate, person: CurrentPerson, services: ServicesDep
) -> FactPublic:
    """Correct a fact, or switch it off or on; it counts from the next question on."""
    async with services.database.session() as session:
        row = await facts.find(session, person.id, fact_id)
        if row is None:
            raise not_found("fact", fact_id)
        if body.text is not None and body.text != row.text:
            row.key, row.text, row.vector, row.encoder = key_of(body.text), body.text, None, None
            row.source, row.turn_id = "stated", None
        row.active = row.active if body.active is None else body.active
        row.updated_at = utc_now()
        session.add(row)
        await preferences.changed(session, person.id)
    return (await _public(services, person.id, [row]))[0]


@router.delete("/facts/{fact_id}", status_code=204)
async def remove_fact(fact_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """Delete a fact with every copy of it in the log. Only saying it again brings it back."""
    async with services.database.session() as session:
        if not await facts.forget(session, person.id, fact_id):
            raise not_found("fact", fact_id)
    return Response(status_code=204)


@router.delete("/facts", status_code=204)
async def remove_facts(person: CurrentPerson, services: ServicesDep) -> Response:
    """Delete all that you said of yourself."""
    async with services.database.session() as session:
        await facts.forget(session, person.id)
    return Response(status_code=204)


@router.get("/rules")
async def read_rules(person: CurrentPerson, services: ServicesDep) -> RulesPublic:
    """Your standing rules, newest first, with what each leaves of your documents now."""
    async with services.database.session() as session:
        found, _ = split_rules(await preferences.in_force(session, person.id))
    found.sort(key=lambda pair: (pair[0].created_at, pair[0].id), reverse=True)
    return RulesPublic(items=await _rules_public(services, person.id, found))


@router.post("/rules", status_code=201)
async def state_rule(body: RuleCreate, person: CurrentPerson, services: ServicesDep) -> RulePublic:
    """Say which documents answers may come from: "only use the 2024 manuals". It counts as pinned."""
    if read_rule(body.text) is None:
        raise Problem(
            422,
            "this names no documents that Attune could keep to: say “only use the 2024 manuals”, “only use PDFs” "
            "or “never answer from the wiki export”",
        )
    row = await state(services, person.id, PreferenceCreate(description=body.text))
    rule = rule_of(row)
    assert rule is not None
    return (await _rules_public(services, person.id, [(row, rule)]))[0]


async def _public(services: Services, person_id: str, rows: Sequence[PersonFact]) -> list[FactPublic]:
    async with services.database.session() as session:
        asked = await turns.by_id(session, person_id, [row.turn_id for row in rows if row.turn_id])
    return [
        FactPublic(
            conversation_id=asked[row.turn_id].conversation_id if row.turn_id in asked else None,
            question=asked[row.turn_id].question if row.turn_id in asked else None,
            **row.model_dump(include=_FIELDS),
        )
        for row in rows
    ]


async def _rules_public(
    services: Services, person_id: str, found: Sequence[tuple[Preference, StandingRule]]
) -> list[RulePublic]:
    async with services.database.session() as session:
        shelf = await documents.shelf(session, person_id)
    return [
        RulePublic(
            text=row.description,
            matches=sum(rule.allows(*seen) for _, *seen in shelf),
            documents=len(shelf),
            **row.model_dump(include=_RULE_FIELDS),
        )
        for row, rule in found
    ]


_FIELDS = set(FactPublic.model_fields) - {"conversation_id", "question"}
_RULE_FIELDS = set(RulePublic.model_fields) - {"text", "matches", "documents"}
