"""The person's own account: read, change, take along, erase."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from sqlmodel.ext.asyncio.session import AsyncSession

from app import (
    audit,
    collections,
    comparisons_rows,
    documents,
    edits,
    facts,
    feedback_log,
    groups,
    people,
    preferences,
    turns,
)
from app.auth import COOKIE, AccountError, token_in
from app.deps import CurrentPerson, ServicesDep
from app.forgetting_orders import ended, order
from app.models import Conversation, Person
from app.problems import Problem
from app.schemas import ConversationDetail, ConversationPublic, DocumentPublic, PersonPublic, PersonUpdate
from app.schemas_preferences import EditCostPoint
from app.services import Services
from app.turns_public import turn_public

router = APIRouter(prefix="/api/v1/me", tags=["me"])

Row = TypeVar("Row")
Place = tuple[datetime, str]  # of a row in a list that is read page by page

PAGE = 100
_MOST_GROUPS = 10_000  # of one person
PATIENCE_SECONDS = 30.0  # of who erases their account


@router.get("")
async def read(person: CurrentPerson) -> PersonPublic:
    """Who you are here."""
    return _public(person)


@router.patch("")
async def change(body: PersonUpdate, request: Request, person: CurrentPerson, services: ServicesDep) -> PersonPublic:
    """Change your name or password, what you agree to, or the language of the pages; a new password logs out every
    other device.

    `trains_others`, off at first: your questions, edits and votes may train models that others use too. Switched off
    again, what is trained from then on is trained without them."""
    hashed = None
    if body.password is not None:
        try:
            hashed = await services.auth.hash(body.password)
        except AccountError as error:
            raise Problem(422, str(error)) from None
    plain = {"display_name", "trains_others", "compares", "toured", "suggests"}
    wanted = body.model_dump(include=plain, exclude_none=True)
    wanted |= body.model_dump(include={"language"}, exclude_unset=True)  # null says something here
    wanted |= {"password_hash": hashed or person.password_hash}
    async with services.database.session() as session:
        changed = await people.change(session, person.id, **wanted)
        if changed is None:  # erased meanwhile, by another device
            raise Problem(401, "this account is gone")
        if hashed is not None:
            token, _ = token_in(request)
            await people.revoke_other_tokens(session, person.id, services.auth.digest_of(token or ""))
            audit.note("password changed", person=person.id)
    if body.trains_others is not None:
        audit.note("consent given" if body.trains_others else "consent withdrawn", person=person.id)
    return _public(changed)


@router.delete("", status_code=204)
async def erase(person: CurrentPerson, services: ServicesDep) -> Response:
    """Erase the account with every file, vector, conversation and trace. Nothing can bring it back.

    What takes longer than half a minute goes on behind, also after a restart."""
    job = await order(services, person, keeper=await services.auth.ensure_owner())
    await ended(services, job, PATIENCE_SECONDS)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response


@router.get("/export")
async def export(person: CurrentPerson, services: ServicesDep) -> StreamingResponse:
    """Everything we hold about you as one JSON file: account, documents, conversations with all their turns, what you
    said of yourself, votes and what else was noted of answers, answers that you compared, edits, and what was learned
    from them."""
    headers = {"Content-Disposition": 'attachment; filename="attune-export.json"', "Cache-Control": "no-store"}
    return StreamingResponse(_export(services, person), media_type="application/json", headers=headers)


@router.get("/edit-cost")
async def edit_cost(
    person: CurrentPerson, services: ServicesDep, stretch: Annotated[int, Query(ge=1, le=1000)] = 20
) -> list[EditCostPoint]:
    """How much of your answers you rewrote, stretch by stretch, oldest first: it falls as your ways are learned."""
    async with services.database.session() as session:
        given = await edits.answers(session, person.id)
        spent = await edits.cost_by_turn(session, person.id)
    stretches = [given[start : start + stretch] for start in range(0, len(given), stretch)]
    return [
        EditCostPoint(
            until=part[-1][1], answers=len(part), mean_cost=sum(spent.get(turn, 0.0) for turn, _ in part) / len(part)
        )
        for part in stretches
    ]


async def _export(services: Services, person: Person) -> AsyncIterator[str]:
    yield f'{{"account": {_public(person).model_dump_json()},\n"documents": ['
    async for piece in _joined(_documents(services, person)):
        yield piece
    yield '],\n"conversations": ['
    async for piece in _joined(_conversations(services, person)):
        yield piece
    yield '],\n"facts": ['
    async for piece in _joined(_facts(services, person)):
        yield piece
    yield '],\n"feedback": ['
    async for piece in _joined(_feedback(services, person)):
        yield piece
    yield '],\n"comparisons": ['
    async for piece in _joined(_comparisons(services, person)):
        yield piece
    yield '],\n"edits": ['
    async for piece in _joined(_edits(services, person)):
        yield piece
    async with services.database.session() as session:
        learned = await preferences.ever(session, person.id)
        evidence = await preferences.evidence(session, person.id)
        uses = await preferences.uses(session, person.id)
        collected = await collections.owned(session, person.id)
        joined = await groups.page(session, person.id, _MOST_GROUPS, None)
    lists = {"preferences": learned, "preference_evidence": evidence, "preference_uses": uses}
    for name, held in (lists | {"collections": collected, "groups": joined}).items():
        yield f'],\n"{name}": [' + ",\n".join(row.model_dump_json(exclude={"vector"}) for row in held)
    yield "]}\n"


async def _joined(items: AsyncIterator[str]) -> AsyncIterator[str]:
    first = True
    async for item in items:
        yield item if first else f",\n{item}"
        first = False


async def _documents(services: Services, person: Person) -> AsyncIterator[str]:
    async for row in _paged(services, person, documents.page, lambda row: (row.created_at, row.id)):
        shown = DocumentPublic(**row.model_dump(include=set(DocumentPublic.model_fields))).model_dump(mode="json")
        yield json.dumps(shown | {"sha256": row.sha256, "source": row.source})


async def _conversations(services: Services, person: Person) -> AsyncIterator[str]:
    async for row in _paged(services, person, turns.list_conversations, lambda row: (row.updated_at, row.id)):
        yield (await _conversation(services, person, row)).model_dump_json()


async def _edits(services: Services, person: Person) -> AsyncIterator[str]:
    async for row in _paged(services, person, edits.page, lambda row: (row.created_at, row.id)):
        yield row.model_dump_json(exclude={"vector"})


async def _facts(services: Services, person: Person) -> AsyncIterator[str]:
    async for row in _paged(services, person, facts.page, lambda row: (row.created_at, row.id)):
        yield row.model_dump_json(exclude={"vector"})


async def _feedback(services: Services, person: Person) -> AsyncIterator[str]:
    async for row in _paged(services, person, feedback_log.page, lambda row: (row.created_at, row.id)):
        yield row.model_dump_json(exclude={"person_id"})


async def _comparisons(services: Services, person: Person) -> AsyncIterator[str]:
    async for row in _paged(services, person, comparisons_rows.page, lambda row: (row.created_at, row.id)):
        yield row.model_dump_json(exclude={"person_id"})


async def _paged(
    services: Services,
    person: Person,
    page: Callable[[AsyncSession, str, int, Place | None], Awaitable[Sequence[Row]]],
    place: Callable[[Row], Place],
) -> AsyncIterator[Row]:
    """All rows of a list, newest first, with no more than a page of them in memory."""
    before = None
    while True:
        async with services.database.session() as session:
            rows = await page(session, person.id, PAGE, before)
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        before = place(rows[-1])


async def _conversation(services: Services, person: Person, row: Conversation) -> ConversationDetail:
    async with services.database.session() as session:
        found = await turns.list_turns(session, person.id, row.id)
        shown = await turns.list_exposures(session, person.id, (turn.id for turn in found))
    public = [turn_public(turn, shown.get(turn.id, [])) for turn in found]
    return ConversationDetail(**row.model_dump(include=set(ConversationPublic.model_fields)), turns=public)


def _public(person: Person) -> PersonPublic:
    return PersonPublic(**person.model_dump(include=set(PersonPublic.model_fields)))
