"""Whose account a login at a provider opens. The rule, in this order:

1. Issuer and subject are known: that account, whatever e-mail they have by now.
2. The person was logged in here when they left for the provider and asked for it: from now on theirs, too.
3. Nobody has their e-mail here, and ATTUNE_SIGN_UP lets them: a new account.

An e-mail alone opens nothing: a provider may give the same one to somebody else tomorrow.
"""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app import audit, sign_up
from app.auth import AccountError
from app.models import Person
from app.models_identities import Identity
from app.oidc import Journey, Vouched
from app.problems import Problem
from app.services import Services


async def person_of(services: Services, who: Vouched, journey: Journey, address: str) -> Person:
    """The person who is logged in now. Raises Problem 403 and 409 where it is nobody's, and what to do then."""
    async with services.database.session() as session:
        theirs = select(Person).join(Identity, col(Identity.person_id) == Person.id)
        known = (
            await session.exec(theirs.where(Identity.issuer == who.issuer, Identity.subject == who.subject))
        ).one_or_none()
    if known is not None and journey.person_id not in {None, known.id}:
        raise Problem(409, "this login opens another account here already: take it back there first")
    person = known or await (_linked if journey.person_id else _new)(services, who, journey, address)
    audit.note("logged in", person=person.id, address=address, way="provider")
    return person


async def linked_since(session: AsyncSession, person_id: str) -> datetime | None:
    """Since when a login at a provider opens this account; None: none does."""
    return (await session.exec(select(func.min(Identity.created_at)).where(Identity.person_id == person_id))).one()


async def unlink(services: Services, person: Person) -> None:
    """Let no provider open this account any more. Raises Problem 409 for whoever could then not come back."""
    if person.password_hash is None:
        raise Problem(409, "you have no password, so you could not log in any more: set one first (PATCH /api/v1/me)")
    async with services.database.session() as session:
        await session.exec(delete(Identity).where(col(Identity.person_id) == person.id))
    audit.note("login unlinked", person=person.id)


async def _linked(services: Services, who: Vouched, journey: Journey, address: str) -> Person:
    async with services.database.session() as session:
        person = await session.get(Person, journey.person_id)
        if person is None:
            raise Problem(403, "the account that this login was to open is gone: begin again")
        session.add(Identity(person_id=person.id, issuer=who.issuer, subject=who.subject))
    audit.note("login linked", person=person.id, address=address)
    return person


async def _new(services: Services, who: Vouched, journey: Journey, address: str) -> Person:
    policy = services.settings.sign_up
    if policy == "closed":
        raise Problem(
            403, "no account here is opened by this login, and accounts are made by whoever runs it: ask them"
        )
    try:
        person = await services.auth.new_person(who.email, None, display_name=who.name)
    except AccountError as error:
        raise Problem(422, str(error)) from None
    identity = Identity(person_id=person.id, issuer=who.issuer, subject=who.subject)
    try:
        await sign_up.make(services, person, journey.invite, identity)
    except IntegrityError:
        raise Problem(
            409,
            f"there is an account for {person.email} already, and an e-mail alone opens none: log in as before, "
            "then link this login to it",
        ) from None
    audit.note("signed up", person=person.id, address=address, way="provider")
    return person
