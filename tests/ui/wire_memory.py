"""The part of the small server that keeps facts and standing rules."""

from fastapi import APIRouter, Request

from app.schemas_memory import FactCreate, FactPublic, FactsPublic, FactUpdate, RuleCreate, RulePublic, RulesPublic
from tests.ui.stand_in import NOW, Refusal, StandIn, new_id
from tests.ui.wire_preferences import found, refusing


def memory_routes(script: StandIn) -> APIRouter:
    router = APIRouter(prefix="/api/v1/me")

    @router.get("/facts")
    async def facts(request: Request, cursor: int = 0, limit: int = 50) -> FactsPublic:
        known = list(script.account(request).facts.values())
        more = str(cursor + limit) if len(known) > cursor + limit else None
        return FactsPublic(items=known[cursor : cursor + limit], next_cursor=more)

    @router.post("/facts", status_code=201)
    async def state_fact(request: Request, body: FactCreate) -> FactPublic:
        fact = a_fact(body.text)
        refusing(script, request).facts[fact.id] = fact
        return fact

    @router.patch("/facts/{fact_id}")
    async def change(request: Request, fact_id: str, body: FactUpdate) -> FactPublic:
        known = refusing(script, request).facts
        before = found(known.get(fact_id), f"fact {fact_id}")
        known[fact_id] = before.model_copy(update=body.model_dump(exclude_unset=True))
        return known[fact_id]

    @router.delete("/facts/{fact_id}", status_code=204)
    async def delete(request: Request, fact_id: str) -> None:
        known = refusing(script, request).facts
        del known[found(known.get(fact_id), f"fact {fact_id}").id]

    @router.delete("/facts", status_code=204)
    async def delete_all(request: Request) -> None:
        refusing(script, request).facts.clear()

    @router.get("/rules")
    async def rules(request: Request) -> RulesPublic:
        return RulesPublic(items=list(script.account(request).rules.values()))

    @router.post("/rules", status_code=201)
    async def state_rule(request: Request, body: RuleCreate) -> RulePublic:
        account = refusing(script, request)
        if "manual" not in body.text:
            raise Refusal(422, "Unprocessable Content", "this names no documents")
        rule = a_rule(body.text)
        account.rules[rule.id] = rule
        return rule

    return router


def a_fact(text: str, **changes: object) -> FactPublic:
    fact: dict[str, object] = {"id": new_id(), "text": text, "source": "stated", "active": True, "turn_id": None}
    fact |= {"conversation_id": None, "question": None, "created_at": NOW, "updated_at": NOW}
    return FactPublic.model_validate(fact | changes)


def a_rule(text: str, **changes: object) -> RulePublic:
    rule: dict[str, object] = {"id": new_id(), "text": text, "scope": None, "active": True, "pinned": True}
    return RulePublic.model_validate(rule | {"matches": 4, "documents": 31, "created_at": NOW} | changes)
