"""Logging in at an OpenID provider: the way there, the way back, and whose account it opens."""

from html import escape

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse

from app import oidc_accounts
from app.api.auth import open_browser
from app.deps import Address, CurrentPerson, ServicesDep
from app.oidc import JOURNEY_SECONDS
from app.problems import Problem
from app.schemas_access import ProviderLink, ProviderLinked, ProviderPublic

_PATH = "/api/v1/auth/oidc"
router = APIRouter(prefix=_PATH, tags=["auth"])

COOKIE = "attune_oidc"
# The session's cookie goes to no page that another site leads to, and the provider leads here: so this page leads on.
_ON = '<meta http-equiv="refresh" content="0;url={to}"><p><a href="{to}">You are logged in: go on</a></p>'
_REFUSED = {"description": "A page that says why nobody was logged in", "content": {"text/html": {}}}


@router.get("")
async def read_provider(services: ServicesDep) -> ProviderPublic:
    """Whether people can log in at a provider here, and what it is called."""
    return ProviderPublic(enabled=services.provider.enabled, name=services.provider.name)


@router.get("/start", status_code=303, response_class=RedirectResponse)
async def start(request: Request, address: Address, services: ServicesDep, code: str | None = None) -> Response:
    """Go to the provider to log in; `code` is that of an invite, where one is needed for a new account."""
    await services.limits.logging_in(address)
    url, kept = await services.provider.leave(_return_to(request), invite=code[:200] if code else None)
    return _keeping(RedirectResponse(url, 303), request, kept)


@router.get("/link")
async def read_link(person: CurrentPerson, services: ServicesDep) -> ProviderLinked:
    """Whether a login at the provider opens your account."""
    async with services.database.session() as session:
        since = await oidc_accounts.linked_since(session, person.id)
    return ProviderLinked(linked=since is not None, since=since)


@router.post("/link")
async def link(request: Request, address: Address, person: CurrentPerson, services: ServicesDep) -> ProviderLink:
    """Let a login at the provider open your account from now on: go to `url`, in this browser."""
    await services.limits.logging_in(address)
    url, kept = await services.provider.leave(_return_to(request), person_id=person.id)
    answer = JSONResponse(ProviderLink(url=url).model_dump(), headers={"Cache-Control": "no-store"})
    return _keeping(answer, request, kept)  # type: ignore[return-value]  # FastAPI lets a Response through


@router.delete("/link", status_code=204)
async def unlink(person: CurrentPerson, services: ServicesDep) -> Response:
    """Let no login at the provider open your account any more."""
    await oidc_accounts.unlink(services, person)
    return Response(status_code=204)


@router.get("/callback", response_class=HTMLResponse, responses={"4XX": _REFUSED, "5XX": _REFUSED})
async def come_back(request: Request, address: Address, services: ServicesDep) -> Response:
    """Where the provider sends the browser back to. The answer is a page, for a person is looking at it."""
    try:
        await services.limits.logging_in(address)
        answer, kept = dict(request.query_params), request.cookies.get(_cookie(request)[0])
        who, journey = await services.provider.come_back(kept, answer, _return_to(request))
        person = await oidc_accounts.person_of(services, who, journey, address)
    except Problem as problem:
        said = f'<p>{escape(problem.detail)}</p><p><a href="/login">Log in</a></p>'
        return _page(request, said, "Not logged in", problem.status)
    response = _page(request, _ON.format(to="/settings#provider" if journey.person_id else "/"), "Logged in", 200)
    await open_browser(response, request, services, person)
    return response


def _page(request: Request, said: str, title: str, status: int) -> Response:
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title} · Attune</title><h1>{title}</h1>{said}'
    response = HTMLResponse(page, status, headers={"Cache-Control": "no-store"})
    name, path = _cookie(request)
    response.delete_cookie(name, path=path, secure=_is_secure(request))  # one answer to one question
    return response


def _keeping(response: Response, request: Request, kept: str) -> Response:
    """Lax, for it has to come back with the browser from another site."""
    name, path = _cookie(request)
    secure = _is_secure(request)
    response.set_cookie(name, kept, JOURNEY_SECONDS, path=path, secure=secure, httponly=True, samesite="lax")
    return response


def _cookie(request: Request) -> tuple[str, str]:
    """Name and path. With this prefix no sibling host can plant one (RFC 6265bis): whoever could would have the login
    of the person at this browser linked to an account of theirs."""
    return (f"__Host-{COOKIE}", "/") if _is_secure(request) else (COOKIE, _PATH)


def _is_secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _return_to(request: Request) -> str:
    return f"{str(request.base_url).rstrip('/')}{_PATH}/callback"
