"""What crosses the REST door about accounts that are made, tokens of one's own, invites and roles."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from app.schemas import Page, RequestBody, Role

Scope = Literal["read", "chat", "write", "admin"]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class PersonCreate(RequestBody):
    email: str = Field(max_length=254)
    password: str = Field(max_length=1024)
    role: Role = "person"


class TokenCreate(RequestBody):
    """A bearer token that an admin makes for somebody; `days` None takes the installation's default."""

    email: str = Field(max_length=254)
    label: str = Field(max_length=200)
    days: int | None = Field(default=None, ge=1, le=3650)


class OwnTokenCreate(RequestBody):
    """A token for a program of yours. None that is made so may make tokens, or change or erase the account.

    `read`: whatever you can read, and search; `chat`: ask; `write`: change what is yours; `admin`: what your role lets
    you do beyond that.
    """

    label: Label
    scopes: list[Scope] = Field(min_length=1, max_length=4)
    days: int = Field(default=90, ge=1, le=3650)


class OwnTokenPublic(BaseModel):
    id: str
    label: str
    scopes: list[Scope] | None  # None: all that you may; what logging in gives
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None  # to the minute
    current: bool  # the one that asks


class OwnTokenMade(OwnTokenPublic):
    token: str  # shown this once


class SignUpPublic(BaseModel):
    """Who may make an account: everybody, those with an invite, whom the provider of the installation vouches for, or
    nobody, where an admin makes it."""

    policy: Literal["open", "invite", "provider", "closed"]


class SignUp(RequestBody):
    email: str = Field(max_length=254)
    password: str = Field(max_length=1024)
    display_name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)] | None = None
    code: str | None = Field(default=None, max_length=200)  # of an invite


class ProviderPublic(BaseModel):
    """A provider that people can log in with."""

    enabled: bool
    name: str  # for people to read


class ProviderLinked(BaseModel):
    """Whether a login at the provider opens your account, and since when."""

    linked: bool
    since: datetime | None


class ProviderLink(BaseModel):
    url: str  # where the browser goes on; it comes back by itself


class InviteCreate(RequestBody):
    label: Label  # for you to read: whom it is for
    days: int = Field(default=7, ge=1, le=90)


class InvitePublic(BaseModel):
    id: str
    label: str
    created_at: datetime
    expires_at: datetime


class InviteMade(InvitePublic):
    code: str  # shown this once; makes one account, at /auth/sign-up


class RoleUpdate(RequestBody):
    role: Role


OwnTokensPublic = Page[OwnTokenPublic]
InvitesPublic = Page[InvitePublic]
