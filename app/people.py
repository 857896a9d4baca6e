"""SQL of people and their tokens. Knows no password and no HTTP: whoever calls has hashed and decided already."""

from datetime import datetime
from typing import Any

from sqlmodel import col, delete, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.models import ApiToken, Person


async def find_person(session: AsyncSession, email: str) -> Person | None:
    return (await session.exec(select(Person).where(Person.email == email))).one_or_none()


async def change(session: AsyncSession, person_id: str, **values: Any) -> Person | None:
    """Set columns of the person and return it; None if it is gone."""
    statement = update(Person).where(col(Person.id) == person_id).values(**values).returning(Person)
    return (await session.execute(statement)).scalar_one_or_none()


async def list_people(session: AsyncSession) -> list[Person]:
    return list(await session.exec(select(Person).order_by(col(Person.created_at))))


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
