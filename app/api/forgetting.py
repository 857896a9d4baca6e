"""Forgetting a person on an admin's word: what `attune user forget` speaks to."""

from fastapi import APIRouter

from app import people
from app.auth import normal_email
from app.deps import CurrentPerson, ServicesDep, require_role
from app.forgetting_orders import order
from app.problems import Problem
from app.schemas import JobPublic
from app.schemas_forgetting import ForgetRequest

router = APIRouter(prefix="/api/v1/admin", tags=["admin"])


@router.post("/users/forget", status_code=202)
async def forget(body: ForgetRequest, person: CurrentPerson, services: ServicesDep) -> JobPublic:
    """Erase a person with everything that is theirs. The job's result says what was erased, of each kind how many, and
    where a search of the home's bytes still found a trace of them. Nothing can bring them back but an older backup."""
    require_role(person, "admin")
    async with services.database.session() as session:
        found = await people.find_person(session, normal_email(body.email))
    if found is None:
        raise Problem(
            404, f"there is no account for {body.email!r}: `attune user list` shows all", title="Unknown person"
        )
    job = await order(services, found, keeper=person)
    return JobPublic(**job.model_dump(include=set(JobPublic.model_fields)))
