"""SQL of people and their tokens. Knows no password and no HTTP: whoever calls has hashed and decided already."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import col, delete, func, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.cursor import Key, newest_first
from app.models import ApiToken, Person


class LastAdminError(Exception):
    """Without this person nobody could run the installation."""


async def find_person(session: AsyncSession, email: str) -> Person | None:
    return (await session.exec(select(Person).where(Person.email == email))).one_or_none()


async def change(session: AsyncSession, person_id: str, **values: Any) -> Person | None:
    """Set columns of the person and return it; None if it is gone."""
    statement = update(Person).where(col(Person.id) == person_id).values(**values).returning(Person)
    return (await session.execute(statement)).scalar_one_or_none()


async def list_people(session: AsyncSession) -> list[Person]:
    return list(await session.exec(select(Person).order_by(col(Person.created_at))))


async def set_role(session: AsyncSession, person_id: str, role: str) -> Person | None:
    """Give the person another role; None if it is gone. Raises LastAdminError."""
    # Locked, where the engine locks rows: of two admins who take each other's role away, one must come too late.
    admins = (await session.exec(select(Person.id).where(Person.role == "admin").with_for_update())).all()
    if role != "admin" and list(admins) == [person_id]:
        raise LastAdminError(person_id)
    return await change(session, person_id, role=role)


async def tokens(
    session: AsyncSession, person_id: str, now: datetime, limit: int, before: Key | None
) -> Sequence[ApiToken]:
    """This person's unexpired bearer tokens, newest first."""
    query = select(ApiToken).where(*_opens(person_id, now))
    return (await session.exec(newest_first(query, ApiToken.created_at, ApiToken.id, limit, before))).all()


async def count_tokens(session: AsyncSession, person_id: str, now: datetime) -> int:
    return (await session.exec(select(func.count()).select_from(ApiToken).where(*_opens(person_id, now)))).one()


def _opens(person_id: str, now: datetime) -> tuple[Any, ...]:
    unexpired = or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > now)
    return (col(ApiToken.person_id) == person_id, col(ApiToken.kind) == "bearer", unexpired)


async def revoke_token_by_id(session: AsyncSession, person_id: str, token_id: str) -> bool:
    """False if it is none of this person's."""
    mine = (col(ApiToken.person_id) == person_id, col(ApiToken.id) == token_id, col(ApiToken.kind) == "bearer")
    return (await session.exec(delete(ApiToken).where(*mine))).rowcount > 0


async def bearer_of(session: AsyncSession, digest: str, now: datetime) -> tuple[Person, ApiToken] | None:
    """The person behind an unexpired bearer token, and the token."""
    unexpired = or_(col(ApiToken.expires_at).is_(None), col(ApiToken.expires_at) > now)
    found = await session.exec(
        select(Person, ApiToken)
        .join(ApiToken, col(ApiToken.person_id) == Person.id)
        .where(ApiToken.digest == digest, ApiToken.kind == "bearer", unexpired)
    )
    return found.one_or_none()


async def spend_login_code(session: AsyncSession, digest: str, now: datetime) -> str | None:
    """Use up a one-time code and return its person's id. Of two at once only one gets it: the row is deleted."""
    spent = await session.execute(
        delete(ApiToken)
        .where(
            col(ApiToken.digest) == digest,
            col(ApiToken.kind) == "login",
            col(ApiToken.expires_at) > now,
        )
        .returning(col(ApiToken.person_id))
    )
    return spent.scalar_one_or_none()


async def touch_token(session: AsyncSession, token_id: str, now: datetime) -> None:
    await session.execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=now))


async def revoke_token(session: AsyncSession, person_id: str, digest: str) -> None:
    await session.execute(delete(ApiToken).where(col(ApiToken.person_id) == person_id, col(ApiToken.digest) == digest))


async def revoke_other_tokens(session: AsyncSession, person_id: str, kept_digest: str | None) -> None:
    """After a password change everybody else who was logged in as this person is logged out."""
    await session.execute(
        delete(ApiToken).where(col(ApiToken.person_id) == person_id, col(ApiToken.digest) != (kept_digest or ""))
    )


async def forget_stale_tokens(session: AsyncSession, now: datetime) -> None:
    await session.execute(delete(ApiToken).where(col(ApiToken.expires_at) <= now))


async def delete_person(session: AsyncSession, person_id: str) -> None:
    """Remove the person and, by the foreign keys, every row that is theirs."""
    await session.execute(delete(Person).where(col(Person.id) == person_id))
