"""Making an account, and the invites that admins give for it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from app import audit, sign_up
from app.cursor import cursor_after, decode_cursor
from app.deps import Address, CurrentPerson, ServicesDep, require_admin
from app.models_groups import Invite
from app.problems import not_found
from app.schemas import Identifier, PersonPublic
from app.schemas_access import InviteCreate, InviteMade, InvitePublic, InvitesPublic, SignUp, SignUpPublic

router = APIRouter(prefix="/api/v1", tags=["auth"])

_FIELDS = set(InvitePublic.model_fields)


@router.get("/auth/sign-up")
async def read_policy(services: ServicesDep) -> SignUpPublic:
    """Who may make an account here."""
    return SignUpPublic(policy=services.settings.sign_up)


@router.post("/auth/sign-up", status_code=201)
async def create_account(body: SignUp, address: Address, services: ServicesDep) -> PersonPublic:
    """Make an account, where ATTUNE_SIGN_UP lets you: `open` to everybody, `invite` with the code of an invite."""
    person = await sign_up.sign_up(services, body, address)
    return PersonPublic(**person.model_dump(include=set(PersonPublic.model_fields)))


@router.post("/admin/invites", status_code=201, dependencies=[Depends(require_admin)])
async def create_invite(body: InviteCreate, admin: CurrentPerson, services: ServicesDep) -> InviteMade:
    """Leave for somebody to make one account. `code` is shown this once."""
    code, made = await sign_up.invite(services, admin, body.label, body.days)
    return InviteMade(code=code, **made.model_dump(include=_FIELDS))


@router.get("/admin/invites", dependencies=[Depends(require_admin)])
async def read_invites(
    services: ServicesDep, limit: Annotated[int, Query(ge=1, le=200)] = 50, cursor: str | None = None
) -> InvitesPublic:
    """Invites that can still be used, newest first."""
    async with services.database.session() as session:
        found = await sign_up.invites(session, limit + 1, decode_cursor(cursor))
    shown = found[:limit]
    more = cursor_after(found, limit, lambda one: (one.created_at, one.id))
    return InvitesPublic(items=[_public(one) for one in shown], next_cursor=more)


@router.delete("/admin/invites/{invite_id}", status_code=204, dependencies=[Depends(require_admin)])
async def remove_invite(invite_id: Identifier, admin: CurrentPerson, services: ServicesDep) -> Response:
    """Take an invite back."""
    async with services.database.session() as session:
        if not await sign_up.withdraw(session, invite_id):
            raise not_found("invite", invite_id)
    audit.note("invite taken back", by=admin.id)
    return Response(status_code=204)


def _public(one: Invite) -> InvitePublic:
    return InvitePublic(**one.model_dump(include=_FIELDS))
