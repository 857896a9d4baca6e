"""What routes depend on, as Annotated aliases."""

from typing import Annotated

from fastapi import Depends, Request

from app.models import Person
from app.services import Services


def get_services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(get_services)]


async def get_person(request: Request, services: ServicesDep) -> Person:
    """The person whose token came with the request: bearer header first, then the session cookie. 401 otherwise."""
    return await services.auth.person_of(request)


CurrentPerson = Annotated[Person, Depends(get_person)]
