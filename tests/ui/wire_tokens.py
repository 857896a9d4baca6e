"""The part of the small server that keeps tokens and erases accounts."""

from datetime import timedelta

from fastapi import APIRouter, Request

from app.schemas_access import OwnTokenCreate, OwnTokenMade, OwnTokenPublic, OwnTokensPublic
from tests.ui.stand_in import NOW, StandIn, new_id
from tests.ui.wire_preferences import found, refusing


def token_routes(script: StandIn) -> APIRouter:
    router = APIRouter(prefix="/api/v1/me")

    @router.get("/tokens")
    async def tokens(request: Request) -> OwnTokensPublic:
        return OwnTokensPublic(items=list(script.account(request).tokens.values())[::-1])

    @router.post("/tokens", status_code=201)
    async def create(request: Request, body: OwnTokenCreate) -> OwnTokenMade:
        account, ends = refusing(script, request), NOW + timedelta(days=body.days)
        made = OwnTokenPublic(
            id=new_id(), label=body.label, scopes=body.scopes, created_at=NOW, expires_at=ends, last_used_at=None,
            current=False,
        )  # fmt: skip
        account.tokens[made.id] = made
        return OwnTokenMade(token="secret-of-it", **made.model_dump())

    @router.delete("/tokens/{token_id}", status_code=204)
    async def end(request: Request, token_id: str) -> None:
        known = refusing(script, request).tokens
        del known[found(known.get(token_id), f"token {token_id}").id]

    @router.delete("", status_code=204)
    async def erase(request: Request) -> None:
        account = script.account(request)
        script.accounts = {token: one for token, one in script.accounts.items() if one is not account}

    return router
