"""People and their tokens, for admins: what `attune user` speaks to."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from app import audit, people
from app.auth import LOGIN_CODE_LIFE, OWNER_EMAIL, AccountError, AccountTakenError, normal_email
from app.deps import CurrentPerson, ServicesDep, require_admin
from app.feedback_export import Format, rows
from app.feedback_parquet import NoParquetError, as_parquet, require_parquet
from app.models import Person, utc_now
from app.problems import Problem, not_found
from app.schemas import Identifier, PeoplePublic, PersonPublic, TokenPublic
from app.schemas_access import PersonCreate, RoleUpdate, TokenCreate

router = APIRouter(prefix="/api/v1/admin", tags=["admin"], dependencies=[Depends(require_admin)])

_LINES, _COLUMNS = "application/x-ndjson", "application/vnd.apache.parquet"
_ROWS: dict[int | str, dict[str, Any]] = {200: {"content": {_LINES: {}, _COLUMNS: {}}}}


@router.post("/users", status_code=201)
async def create_person(body: PersonCreate, admin: CurrentPerson, services: ServicesDep) -> PersonPublic:
    """Create an account."""
    try:
        person = await services.auth.create_person(body.email, body.password, body.role)
    except AccountError as error:
        raise Problem(409 if isinstance(error, AccountTakenError) else 422, str(error)) from None
    await services.promotions.admit()
    audit.note("person added", person=person.id, by=admin.id, role=person.role)
    return _public(person)


@router.get("/users")
async def read_people(services: ServicesDep) -> PeoplePublic:
    """All accounts, oldest first."""
    async with services.database.session() as session:
        return PeoplePublic(items=[_public(person) for person in await people.list_people(session)])


@router.patch("/users/{account_id}")
async def change_role(
    account_id: Identifier, body: RoleUpdate, admin: CurrentPerson, services: ServicesDep
) -> PersonPublic:
    """Give somebody another role; it counts from their next request on. The last admin stays one."""
    async with services.database.session() as session:
        person = await session.get(Person, account_id)
        if person is None:
            raise not_found("account", account_id)
        if person.email == OWNER_EMAIL and body.role != "admin":
            raise Problem(409, f"{OWNER_EMAIL} owns this home, and every command speaks as them: they stay an admin")
        try:
            changed = await people.set_role(session, account_id, body.role)
        except people.LastAdminError:
            raise Problem(409, "this is the last admin: make somebody else one first") from None
        if changed is None:
            raise not_found("account", account_id)
    audit.note("role changed", person=account_id, by=admin.id, role=body.role)
    return _public(changed)


@router.post("/tokens", status_code=201)
async def create_token(body: TokenCreate, admin: CurrentPerson, services: ServicesDep) -> TokenPublic:
    """A new bearer token for a person; its text is shown this once."""
    async with services.database.session() as session:
        person = await people.find_person(session, normal_email(body.email))
    if person is None:
        detail = f"there is no account for {body.email!r}: `attune user list` shows all, `attune user add` makes one"
        raise Problem(404, detail, title="Unknown person")
    audit.note("token made", person=person.id, by=admin.id, days=body.days)
    return await services.auth.open_session(person, body.label, body.days)


@router.post("/login-codes", status_code=201)
async def create_login_code(person: CurrentPerson, services: ServicesDep) -> TokenPublic:
    """The code of a login link for the caller: `token` logs in once, at `/login?code=`, before it expires."""
    audit.note("login link made", person=person.id)
    expires_at = utc_now() + LOGIN_CODE_LIFE
    return TokenPublic(token=await services.auth.issue_login_code(person), expires_at=expires_at)


@router.get("/feedback", responses=_ROWS)
async def export_feedback(
    admin: CurrentPerson,
    services: ServicesDep,
    form: Annotated[Format, Query(alias="format")] = "turns",
    file: Literal["jsonl", "parquet"] = "jsonl",
    email: Annotated[str | None, Query(max_length=254)] = None,
) -> StreamingResponse:
    """What people did with answers, or one of them, a line each: turns; passages that were shown, with what was said of
    them (labels); answers with whether they were wanted (kto); drafts with what became of them (dpo). As Parquet, what
    has keys that are data is JSON text."""
    if file == "parquet":
        try:
            require_parquet()
        except NoParquetError as error:
            raise Problem(409, str(error)) from None
        services.home.require_space()
    async with services.database.session() as session:
        if email is None:
            chosen = [person.id for person in await people.list_people(session)]
        elif person := await people.find_person(session, normal_email(email)):
            chosen = [person.id]
        else:
            raise not_found("person", email)
    audit.note("feedback exported", by=admin.id, person=chosen[0] if email else None, people=len(chosen))
    headers = {"Content-Disposition": f'attachment; filename="attune-{form}.{file}"', "Cache-Control": "no-store"}
    found = rows(services.database, chosen, form)
    if file == "parquet":
        return StreamingResponse(as_parquet(found, services.home.root), media_type=_COLUMNS, headers=headers)
    return StreamingResponse(found, media_type=_LINES, headers=headers)


def _public(person: Person) -> PersonPublic:
    return PersonPublic(**person.model_dump(include=set(PersonPublic.model_fields)))
