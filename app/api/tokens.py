"""Your own tokens: what is logged in as you, and what your programs use; each of them can be ended."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app import audit, people, tokens
from app.auth import token_in
from app.cursor import cursor_after, decode_cursor
from app.deps import CurrentPerson, ServicesDep
from app.models import utc_now
from app.problems import not_found
from app.schemas import Identifier
from app.schemas_access import OwnTokenCreate, OwnTokenMade, OwnTokensPublic
from app.services import Services

router = APIRouter(prefix="/api/v1/me/tokens", tags=["me"])


@router.get("")
async def read_all(
    request: Request,
    person: CurrentPerson,
    services: ServicesDep,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: str | None = None,
) -> OwnTokensPublic:
    """Your tokens that still open anything, newest first: sessions of browsers, too."""
    async with services.database.session() as session:
        found = await people.tokens(session, person.id, utc_now(), limit + 1, decode_cursor(cursor))
    shown = found[:limit]
    more = cursor_after(found, limit, lambda one: (one.created_at, one.id))
    current = _digest(services, request)
    return OwnTokensPublic(items=[tokens.token_public(row, current) for row in shown], next_cursor=more)


@router.post("", status_code=201)
async def create(body: OwnTokenCreate, request: Request, person: CurrentPerson, services: ServicesDep) -> OwnTokenMade:
    """A token for a program of yours, for what it says and no more; its text is shown this once."""
    scopes = tokens.check_scopes(person, body.scopes)
    await tokens.require_room(services.database, person.id)
    text, row = await services.auth.issue_scoped(person, body.label, body.days, scopes)
    audit.note("token made", person=person.id, days=body.days, scopes=" ".join(scopes))
    public = tokens.token_public(row, _digest(services, request))
    return OwnTokenMade(token=text, **public.model_dump())


@router.delete("/{token_id}", status_code=204)
async def revoke(token_id: Identifier, person: CurrentPerson, services: ServicesDep) -> Response:
    """End a token: whoever has it is logged out at once."""
    if not await tokens.revoke(services.database, person.id, token_id):
        raise not_found("token", token_id)
    return Response(status_code=204)


def _digest(services: Services, request: Request) -> str:
    return services.auth.digest_of(token_in(request)[0] or "")
