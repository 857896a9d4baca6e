"""Making an account for oneself, where the installation lets people: openly, or once with an invite."""

import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import SQLModel, col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app import audit
from app.auth import AccountError
from app.cursor import Key, newest_first
from app.models import Person, utc_now
from app.models_groups import Invite
from app.problems import Problem
from app.schemas_access import SignUp
from app.services import Services

_REFUSED = "this invite was used already, is too old, or was taken back: ask for another one"


async def sign_up(services: Services, body: SignUp, address: str) -> Person:
    """The new account. An invite is spent with it and not without it. Raises Problem 403, 409 for an e-mail that has an
    account, 422, 429."""
    policy = services.settings.sign_up
    if policy in {"closed", "provider"}:
        raise Problem(403, "accounts are made by whoever runs this installation: ask them")
    await services.limits.logging_in(address)
    digest = services.auth.digest_of(body.code or "")
    if policy == "invite":
        async with services.database.session() as session:
            if (await session.exec(select(Invite.id).where(*_open(digest)))).first() is None:
                raise Problem(403, _REFUSED)
    try:
        person = await services.auth.new_person(body.email, body.password, display_name=body.display_name)
    except AccountError as error:
        raise Problem(422, str(error)) from None
    try:
        await make(services, person, body.code)
    except IntegrityError:
        raise Problem(409, f"there is an account for {person.email} already: log in") from None
    audit.note("signed up", person=person.id, address=address, way=policy)
    return person


async def make(services: Services, person: Person, code: str | None, *more: SQLModel) -> None:
    """Keep a new account and what belongs to it, and spend the invite where one is needed. Raises Problem 403, and
    IntegrityError where the e-mail has an account. On return no model answers that one person alone was to have."""
    digest = services.auth.digest_of(code or "")
    async with services.database.session() as session:
        needed = services.settings.sign_up == "invite"
        if needed and not (await session.exec(delete(Invite).where(*_open(digest)))).rowcount:
            raise Problem(403, _REFUSED)  # somebody was faster with it
        session.add_all([person, *more])
    await services.promotions.admit()


async def invite(services: Services, admin: Person, label: str, days: int) -> tuple[str, Invite]:
    """A new invite and its code, of which only a digest is kept."""
    code = secrets.token_urlsafe(32)
    expires_at = utc_now() + timedelta(days=days)
    made = Invite(person_id=admin.id, digest=services.auth.digest_of(code), label=label, expires_at=expires_at)
    async with services.database.session() as session:
        await session.exec(delete(Invite).where(col(Invite.expires_at) <= utc_now()))
        session.add(made)
    audit.note("invite made", by=admin.id, days=days)
    return code, made


async def invites(session: AsyncSession, limit: int, before: Key | None) -> list[Invite]:
    """Those that can be used, newest first."""
    query = select(Invite).where(col(Invite.expires_at) > utc_now())
    return list(await session.exec(newest_first(query, Invite.created_at, Invite.id, limit, before)))


async def withdraw(session: AsyncSession, invite_id: str) -> bool:
    """Take an invite back; False if there is none."""
    return (await session.exec(delete(Invite).where(col(Invite.id) == invite_id))).rowcount > 0


def _open(digest: str) -> tuple[Any, Any]:
    return (col(Invite.digest) == digest, col(Invite.expires_at) > utc_now())
