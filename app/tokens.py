"""What a token may do, and a person's own ones. Knows no route but by its address."""

from collections.abc import Sequence
from typing import cast

from app import audit, people
from app.db import Database
from app.models import ApiToken, Person, utc_now
from app.problems import Problem
from app.schemas_access import OwnTokenPublic, Scope

MOST = 100  # of one person at a time
_SAFE = {"GET", "HEAD", "OPTIONS"}
_ADMIN = ("/api/v1/admin/", "/metrics")
_CHAT = {"/api/v1/chat", "/v1/chat/completions"}
_READ = {"/api/v1/search"}  # asks by POST, and changes nothing
# Whoever may change these may do everything: no token with scopes does.
_ADMINS = ("tokens", "login-codes", "users/forget", "backup")
_ACCOUNT = ("/api/v1/me/tokens", "/api/v1/auth/", *(f"/api/v1/admin/{name}" for name in _ADMINS))


def scope_for(method: str, path: str) -> Scope | None:
    """What a token must be for; None: only one that logging in gives. Reading about the account is reading."""
    if method not in _SAFE and (path == "/api/v1/me" or path.startswith(_ACCOUNT)):
        return None
    if path.startswith(_ADMIN):
        return "admin"
    if path in _CHAT:
        return "chat"
    return "read" if method in _SAFE or path in _READ else "write"


def require_scope(token: ApiToken, method: str, path: str) -> None:
    """Raises Problem 403 where a token is not for this."""
    if token.scopes is None:
        return
    needed = scope_for(method, path)
    if needed is None or needed not in token.scopes:
        held = ", ".join(token.scopes)
        wanted = f"one with the scope {needed}" if needed else "logging in"
        challenge = {"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{needed or ""}"'}
        raise Problem(403, f"this token has the scopes {held}, and this needs {wanted}", headers=challenge)


def check_scopes(person: Person, scopes: Sequence[Scope]) -> list[str]:
    """The scopes in their order, each once. Raises Problem 403 where they are more than the person's role."""
    if "admin" in scopes and person.role == "person":
        raise Problem(403, "the scope admin needs the role operator or admin: ask whoever runs this installation")
    return [scope for scope in ("read", "chat", "write", "admin") if scope in scopes]


async def require_room(database: Database, person_id: str) -> None:
    """Raises Problem 409 for whoever has too many."""
    async with database.session() as session:
        held = await people.count_tokens(session, person_id, utc_now())
    if held >= MOST:
        raise Problem(409, f"you have {held} tokens, and {MOST} are the most: revoke one that you do not use")


async def revoke(database: Database, person_id: str, token_id: str) -> bool:
    """End one of this person's tokens; False if it is none of theirs."""
    async with database.session() as session:
        revoked = await people.revoke_token_by_id(session, person_id, token_id)
    if revoked:
        audit.note("token revoked", person=person_id)
    return revoked


def token_public(row: ApiToken, current: str) -> OwnTokenPublic:
    """`current` is the digest of the one that asks."""
    return OwnTokenPublic(
        scopes=cast("list[Scope] | None", row.scopes),
        current=row.digest == current,
        **row.model_dump(include={"id", "label", "created_at", "expires_at", "last_used_at"}),
    )
