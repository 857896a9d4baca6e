"""Logging in and out: a token for programs, a cookie for browsers."""

from fastapi import APIRouter, Request, Response

from app.auth import COOKIE, session_token
from app.deps import Address, CurrentPerson, ServicesDep
from app.models import Person
from app.problems import Problem
from app.schemas import TokenPublic, TokenRequest
from app.services import Services

router = APIRouter(prefix="/api/v1/auth", tags=["auth"])


@router.post("/token")
async def create_token(body: TokenRequest, address: Address, services: ServicesDep) -> TokenPublic:
    """A bearer token for e-mail and password, or for the code of a one-time login link."""
    return await services.auth.open_session(await _logged_in(body, address, services), "login")


@router.post("/session", status_code=204)
async def create_session(body: TokenRequest, request: Request, address: Address, services: ServicesDep) -> Response:
    """The same for a browser: the token comes as a cookie that no script can read."""
    response = Response(status_code=204)
    await open_browser(response, request, services, await _logged_in(body, address, services))
    return response


async def open_browser(response: Response, request: Request, services: Services, person: Person) -> None:
    """Log the browser that gets this response in."""
    response.set_cookie(
        COOKIE,
        await services.auth.issue_token(person, "browser"),
        max_age=services.settings.token_days * 24 * 3600,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


@router.delete("/session", status_code=204)
async def delete_session(request: Request, person: CurrentPerson, services: ServicesDep) -> Response:
    """Log out: the cookie goes, and its token is worth nothing any more."""
    if token := session_token(request):
        await services.auth.revoke(person, token)
    response = Response(status_code=204)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return response


async def _logged_in(body: TokenRequest, address: str, services: Services) -> Person:
    await services.limits.logging_in(address)
    if body.code and not (body.email or body.password):
        return await services.auth.redeem(body.code, address)
    if body.email and body.password and not body.code:
        return await services.auth.log_in(body.email, body.password, address)
    raise Problem(422, "send either `email` and `password`, or the `code` of a login link")
