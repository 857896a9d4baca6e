"""Who is asking: passwords (argon2id), bearer tokens, one-time login codes, the browser's cookie. Knows no route."""

import asyncio
import hashlib
import hmac
import logging
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NoReturn
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from fastapi import Request
from sqlalchemy.exc import IntegrityError, OperationalError

from app import audit, people
from app.db import Database
from app.lockout import Lockout
from app.models import ApiToken, Person, utc_now
from app.problems import Problem
from app.schemas import TokenPublic

log = logging.getLogger(__name__)

COOKIE = "attune_session"
OWNER_EMAIL = "owner@localhost"
LOGIN_CODE_LIFE = timedelta(minutes=10)
TOUCH_EVERY = timedelta(minutes=1)  # last_used_at is for people to read; a write per request would serve nobody
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
MIN_PASSWORD = 8  # characters; NIST SP 800-63B's floor


class AccountError(ValueError):
    """An account that cannot be made; the message names the remedy."""


class AccountTakenError(AccountError):
    """There is one with this e-mail already."""


class Auth:
    """Makes and checks credentials. Only digests of tokens are stored, so a stolen database logs nobody in."""

    def __init__(
        self, database: Database, token_life: timedelta, digest: Callable[[str], str], lockout: Lockout
    ) -> None:
        """`digest` says what is stored of a token."""
        self._database = database
        self._token_life = token_life
        self.digest_of = digest
        self._hasher = PasswordHasher()
        self._hashing = asyncio.Semaphore(2)  # each hash takes 64 MiB: a flood of logins must not take them all
        self._lockout = lockout
        # Verified when the e-mail is unknown, so that both refusals take the same time.
        self._nobodys_hash: str | None = None

    # --- who is asking
    async def asker_of(self, request: Request) -> tuple[Person, ApiToken]:
        """The person whose token came with the request, and the token; app/deps.py asks what it is for. Raises Problem
        401, or 403 for a forged browser request."""
        token, from_cookie = token_in(request)
        asker = await self._asker(token) if token else None
        if asker is None:
            raise Problem(
                401,
                "send a valid token as `Authorization: Bearer ...`; POST /api/v1/auth/token gives one",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if from_cookie and request.method not in SAFE_METHODS:
            _refuse_cross_site(request)
        return asker

    async def person_of_token(self, token: str) -> Person | None:
        """The person behind a bearer token; None if it is unknown, expired or revoked."""
        asker = await self._asker(token)
        return asker[0] if asker else None

    async def _asker(self, token: str) -> tuple[Person, ApiToken] | None:
        now = utc_now()
        async with self._database.session() as session:
            found = await people.bearer_of(session, self.digest_of(token), now)
            if found is None:
                return None
        row = found[1]
        if row.last_used_at is None or now - row.last_used_at > TOUCH_EVERY:
            await self._touch(row.id, now)
        return found

    async def _touch(self, token_id: str, now: datetime) -> None:
        try:
            async with self._database.session() as session:
                await people.touch_token(session, token_id, now)
        except OperationalError as error:  # a full disk: what needs no writing goes on
            log.warning("that a token was used could not be noted: %s", error.orig)

    # --- logging in and out
    async def log_in(self, email: str, password: str, address: str) -> Person:
        """The person of an e-mail and password. Raises Problem 401 for both being wrong alike, 429 after too many."""
        email = normal_email(email)
        await self._lockout.attempt(email, address)
        async with self._database.session() as session:
            person = await people.find_person(session, email)
        known = person.password_hash if person else None
        if not await self._verify(known, password) or person is None:
            audit.note("login failed", person=person.id if person else None, address=address, way="password")
            _refuse("the e-mail or the password is wrong")
        await self._lockout.succeeded(email, address)
        audit.note("logged in", person=person.id, address=address, way="password")
        return person

    async def redeem(self, code: str, address: str) -> Person:
        """The person of a one-time login code, which this call uses up. Raises Problem 401 or 429."""
        await self._lockout.attempt("", address)
        async with self._database.session() as session:
            person_id = await people.spend_login_code(session, self.digest_of(code), utc_now())
            person = await session.get(Person, person_id) if person_id else None
        if person is None:
            audit.note("login failed", address=address, way="link")
            _refuse("this login link was used already or is older than ten minutes; `attune up` prints a new one")
        await self._lockout.succeeded("", address)
        audit.note("logged in", person=person.id, address=address, way="link")
        return person

    async def issue_token(self, person: Person, label: str, days: int | None = None) -> str:
        """A new bearer token, shown this once; `days` is how long it lives."""
        return (await self.open_session(person, label, days)).token

    async def open_session(self, person: Person, label: str, days: int | None = None) -> TokenPublic:
        """A new bearer token with the time it ends."""
        life = self._token_life if days is None else timedelta(days=days)
        text, row = await self._issue(person, "bearer", label, life)
        return TokenPublic(token=text, expires_at=row.expires_at)

    async def issue_scoped(self, person: Person, label: str, days: int, scopes: list[str]) -> tuple[str, ApiToken]:
        """A new bearer token for these scopes alone, and its row."""
        return await self._issue(person, "bearer", label, timedelta(days=days), scopes)

    async def issue_login_code(self, person: Person) -> str:
        code, _ = await self._issue(person, "login", "login link", LOGIN_CODE_LIFE)
        return code

    async def revoke(self, person: Person, token: str) -> None:
        async with self._database.session() as session:
            await people.revoke_token(session, person.id, self.digest_of(token))
        audit.note("logged out", person=person.id)

    # --- accounts
    async def create_person(
        self, email: str, password: str | None, role: str = "person", display_name: str | None = None
    ) -> Person:
        """A new account. Raises AccountTakenError, or AccountError if e-mail or password are none."""
        person = await self.new_person(email, password, role, display_name)
        try:
            async with self._database.session() as session:
                session.add(person)
        except IntegrityError:
            raise AccountTakenError(f"there is an account for {person.email} already") from None
        return person

    async def new_person(
        self, email: str, password: str | None, role: str = "person", display_name: str | None = None
    ) -> Person:
        """The same, not kept yet. Raises AccountError."""
        email = normal_email(email)
        if not email or "@" not in email:
            raise AccountError(f"{email!r} is no e-mail address")
        hashed = None if password is None else await self.hash(password)
        return Person(email=email, display_name=display_name or email.split("@")[0], password_hash=hashed, role=role)

    async def ensure_owner(self) -> Person:
        """The person whose laptop this is; made at first start, logs in by one-time links only."""
        async with self._database.session() as session:
            await people.forget_stale_tokens(session, utc_now())
            owner = await people.find_person(session, OWNER_EMAIL)
        return owner or await self.create_person(OWNER_EMAIL, None, role="admin")

    async def hash(self, password: str) -> str:
        """The argon2id hash of a password. Raises AccountError if it is too short."""
        if len(password) < MIN_PASSWORD:
            raise AccountError(f"a password needs at least {MIN_PASSWORD} characters")
        async with self._hashing:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def _issue(
        self, person: Person, kind: str, label: str, life: timedelta, scopes: list[str] | None = None
    ) -> tuple[str, ApiToken]:
        text = secrets.token_urlsafe(32)  # 256 bits
        digest, expires_at = self.digest_of(text), utc_now() + life
        row = ApiToken(person_id=person.id, kind=kind, digest=digest, label=label, scopes=scopes, expires_at=expires_at)
        async with self._database.session() as session:
            session.add(row)
        return text, row

    async def _verify(self, known: str | None, password: str) -> bool:
        async with self._hashing:
            if self._nobodys_hash is None:
                self._nobodys_hash = await asyncio.to_thread(self._hasher.hash, secrets.token_urlsafe(32))
            try:
                await asyncio.to_thread(self._hasher.verify, known or self._nobodys_hash, password)
            except (VerificationError, InvalidHashError):
                return False
        return known is not None


def digest_under(key: str) -> Callable[[str], str]:
    """HMAC-SHA256 under the installation's key: what is stored of a token. A changed key ends every session.

    A token is random, so no salt is needed, and finding its row by digest tells nothing by time.
    """
    return lambda text: hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def normal_email(email: str) -> str:
    return email.strip().casefold()


def session_token(request: Request) -> str | None:
    """The token in the browser's cookie, if any."""
    return request.cookies.get(COOKIE)


def token_in(request: Request) -> tuple[str | None, bool]:
    """The token of a request, and whether it came in the cookie."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token.strip():
        return token.strip(), False
    return session_token(request), True


def _refuse(detail: str) -> NoReturn:
    raise Problem(401, detail)


def _refuse_cross_site(request: Request) -> None:
    # SameSite=Strict already keeps the cookie at home; this holds where a sibling host or an old browser does not.
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    same = (
        site in {"same-origin", "none"} if site else bool(origin) and _host(origin or "") == request.headers.get("host")
    )
    if not same:
        raise Problem(
            403,
            "a change that is authorised by the cookie must come from this site: use an Authorization header instead",
        )


def _host(origin: str) -> str:
    return urlsplit(origin).netloc
