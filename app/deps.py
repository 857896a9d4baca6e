"""What routes depend on, as Annotated aliases."""

from typing import Annotated, Literal

from fastapi import Depends, Request

from app.models import Person
from app.problems import Problem
from app.services import Services
from app.tokens import require_scope


def get_services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]


async def get_person(request: Request, services: ServicesDep) -> Person:
    """The person whose token came with the request: bearer header first, then the session cookie. 401 otherwise, and
    403 where the token is not for this route: here alone it is asked what a token may do."""
    person, token = await services.auth.asker_of(request)
    require_scope(token, request.method, getattr(request.scope.get("route"), "path", request.url.path))
    return person


def get_address(request: Request) -> str:
    """Where a request comes from, as far as the server was told whom to believe (ATTUNE_TRUSTED_PROXIES)."""
    return request.client.host if request.client else "unknown"


Address = Annotated[str, Depends(get_address)]
CurrentPerson = Annotated[Person, Depends(get_person)]


def require_role(person: Person, role: Literal["operator", "admin"]) -> None:
    """Raises Problem 403 for whoever may do less; an admin may do what an operator may."""
    if person.role not in {role, "admin"}:
        raise Problem(403, f"this needs the role {role}: ask whoever runs this installation")


async def require_operator(person: CurrentPerson) -> None:
    """What routes for operators depend on."""
    require_role(person, "operator")


async def require_admin(person: CurrentPerson) -> None:
    """What routes for admins depend on."""
    require_role(person, "admin")
