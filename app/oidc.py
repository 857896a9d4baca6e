"""The only module that knows authlib and joserfc: the way to an OpenID provider and back, and whom it vouches for.

Knows no account and no route. What must be remembered on the way lies in the browser that goes, sealed by us.
"""

import asyncio
import json
import secrets
import ssl
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from hmac import compare_digest
from typing import Any

import httpx

from app.problems import Problem
from app.settings import Settings

# Asymmetric ones alone: what is signed with a shared secret, or not at all, anybody could have made.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
JOURNEY_SECONDS = 600  # from leaving for the provider until coming back
KEPT_SECONDS = 3600.0  # what a provider says of itself, and its keys
KEYS_AGAIN_SECONDS = 60.0  # between looks for a key that was not there: a stranger's token may name any
LEEWAY = 60  # seconds that its clock may be off
_TIMEOUT = 15.0  # seconds
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True)
class Journey:
    """What the browser brings back: which answer it waits for, and what the login is for."""

    state: str
    nonce: str
    verifier: str  # of PKCE, RFC 7636
    ends: float  # seconds since the epoch
    person_id: str | None = None  # whose account the login shall open from now on
    invite: str | None = None  # the code of an invite to make an account with


@dataclass(frozen=True)
class Vouched:
    """Somebody the provider knows; issuer and subject say who, all else may change."""

    issuer: str
    subject: str
    email: str
    name: str | None


class OpenId:
    """One provider, by OpenID Connect Core 1.0 with discovery: the code flow with PKCE, state and nonce."""

    def __init__(self, settings: Settings, seal: Callable[[str], str], clock: Callable[[], float] = time.time) -> None:
        """`seal` makes a digest under the installation's key."""
        self.name = settings.oidc_name
        self._issuer = settings.oidc_issuer or ""
        self._client_id = settings.oidc_client_id or ""
        secret = settings.oidc_client_secret
        self._secret = secret.get_secret_value() if secret else None
        self._group = settings.oidc_group
        self._seal = seal
        self._clock = clock
        self._trusted: ssl.SSLContext | None = None
        self._metadata: tuple[float, dict[str, Any]] | None = None  # when it was read
        self._keys: tuple[float, dict[str, Any]] | None = None

    @property
    def enabled(self) -> bool:
        return bool(self._issuer)

    async def leave(self, return_to: str, person_id: str | None = None, invite: str | None = None) -> tuple[str, str]:
        """Where to send the browser, and what it must keep and bring back. Raises Problem 404 and 502."""
        metadata = await self._provider()
        ends = self._clock() + JOURNEY_SECONDS
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        journey = Journey(state, nonce, verifier, ends, person_id, invite)
        client = self._client(metadata, return_to)
        address = metadata["authorization_endpoint"]
        url, _ = client.create_authorization_url(address, journey.state, journey.verifier, nonce=journey.nonce)
        payload = urlsafe_b64encode(json.dumps(asdict(journey)).encode()).decode()
        return str(url), f"{payload}.{self._seal(f'oidc:{payload}')}"

    async def come_back(self, kept: str | None, answer: Mapping[str, str], return_to: str) -> tuple[Vouched, Journey]:
        """Whom the provider's answer vouches for. Raises Problem 400 for an answer that is not to our question, 403 for
        a refusal, 502 where the provider fails."""
        metadata = await self._provider()
        journey = self._opened(kept)
        if not compare_digest(answer.get("state", "").encode(), journey.state.encode()):
            raise Problem(400, "this is the answer to another login: begin again")
        is_named = "iss" in answer or metadata.get("authorization_response_iss_parameter_supported")
        if is_named and answer.get("iss") != self._issuer:  # RFC 9207
            raise Problem(400, "this is the answer of another provider: begin again")
        if "code" not in answer:
            raise Problem(403, f"{self.name} did not log you in: begin again, or ask whoever runs it")
        token = await self._exchange(metadata, answer["code"], journey.verifier, return_to)
        return self._vouched(await self._claims(token, journey.nonce, metadata)), journey

    def _opened(self, kept: str | None) -> Journey:
        payload, _, seal = (kept or "").partition(".")
        if kept and compare_digest(seal.encode(), self._seal(f"oidc:{payload}").encode()):
            journey = Journey(**json.loads(urlsafe_b64decode(payload)))
            if journey.ends > self._clock():
                return journey
        raise Problem(400, "this login began in another browser, or more than ten minutes ago: begin again")

    def _client(self, metadata: Mapping[str, Any], return_to: str) -> Any:
        from authlib.integrations.httpx_client import AsyncOAuth2Client

        taken = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        with_secret = "client_secret_basic" if "client_secret_basic" in taken else "client_secret_post"
        return AsyncOAuth2Client(
            self._client_id,
            self._secret,
            token_endpoint_auth_method="none" if self._secret is None else with_secret,
            scope="openid email profile",
            redirect_uri=return_to,
            code_challenge_method="S256",
            timeout=_TIMEOUT,
            verify=self._trusted,
        )

    async def _exchange(self, metadata: Mapping[str, Any], code: str, verifier: str, return_to: str) -> dict[str, Any]:
        import httpx2
        from authlib.integrations.base_client import OAuthError

        async with self._client(metadata, return_to) as client:
            try:
                token = await client.fetch_token(metadata["token_endpoint"], code=code, code_verifier=verifier)
            except OAuthError:
                raise Problem(403, f"{self.name} did not take the login back: begin again") from None
            except (httpx2.HTTPError, ValueError) as error:
                raise self._failed(error) from None
        if not isinstance(token.get("id_token"), str):
            raise Problem(502, f"{self.name} said nothing of who logged in: it must grant the scope openid")
        return dict(token)

    async def _claims(self, token: Mapping[str, Any], nonce: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
        """What a token says that is signed by the provider, for us, now and as the answer to this question."""
        from authlib.oidc.core import CodeIDToken
        from joserfc import jwt
        from joserfc.errors import InvalidKeyIdError, JoseError

        try:
            try:
                read = jwt.decode(token["id_token"], await self._keyset(metadata), list(ALGORITHMS))
            except InvalidKeyIdError:  # the provider has new keys
                read = jwt.decode(token["id_token"], await self._keyset(metadata, again=True), list(ALGORITHMS))
            options = {
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._client_id},
                "sub": {"essential": True},
            }
            parameters = {"nonce": nonce, "client_id": self._client_id, "access_token": token.get("access_token")}
            claims = CodeIDToken(read.claims, read.header, options, parameters)
            claims.validate(now=int(self._clock()), leeway=LEEWAY)
        except (JoseError, ValueError) as error:
            wrong = type(error).__name__
            raise Problem(403, f"what {self.name} said of you does not hold ({wrong}): begin again") from None
        return dict(claims)

    def _vouched(self, claims: Mapping[str, Any]) -> Vouched:
        groups = claims.get("groups")
        if self._group and not (isinstance(groups, list) and self._group in groups):
            raise Problem(
                403, f"this is for members of {self._group} at {self.name}: ask whoever runs this installation"
            )
        subject, email, name = claims["sub"], claims.get("email"), claims.get("name")
        if not isinstance(subject, str) or not subject:
            raise Problem(502, f"{self.name} has no name of its own for you: its `sub` must be a text")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            raise Problem(403, f"{self.name} has not verified your e-mail address: verify it there and begin again")
        return Vouched(self._issuer, subject, email, name[:200] if isinstance(name, str) and name else None)

    async def _provider(self) -> dict[str, Any]:
        """What the provider says of itself. Raises Problem 404 where there is none, 502 where it cannot be asked."""
        if not self.enabled:
            raise Problem(404, "no provider is set up here (ATTUNE_OIDC_ISSUER): log in with a password")
        if self._trusted is None:
            self._trusted = await asyncio.to_thread(_loaded)
        now = self._clock()
        if self._metadata is None or now - self._metadata[0] > KEPT_SECONDS:
            found = await self._read(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
            if found.get("issuer") != self._issuer:
                raise Problem(502, f"{self.name} calls itself by another address than ATTUNE_OIDC_ISSUER: correct it")
            secure = "https://" if self._issuer.startswith("https://") else "http"  # settings.py: on this machine alone
            if wrong := [name for name in _ENDPOINTS if not str(found.get(name)).startswith(secure)]:
                raise Problem(502, f"{self.name} gives no address with {secure} as {wrong[0]}: correct it there")
            self._metadata = (now, found)
        return self._metadata[1]

    async def _keyset(self, metadata: Mapping[str, Any], again: bool = False) -> Any:
        from joserfc.jwk import KeySet

        now = self._clock()
        patience = KEYS_AGAIN_SECONDS if again else KEPT_SECONDS
        if self._keys is None or now - self._keys[0] > patience:
            self._keys = (now, await self._read(metadata["jwks_uri"]))
        return KeySet.import_key_set(self._keys[1])  # type: ignore[arg-type]  # it says itself what is wrong with them

    async def _read(self, url: str) -> dict[str, Any]:
        assert self._trusted is not None
        try:
            async with httpx.AsyncClient(timeout=_TIMEOUT, verify=self._trusted) as client:
                found = (await client.get(url)).raise_for_status().json()
        except (httpx.HTTPError, ValueError) as error:
            raise self._failed(error) from None
        if not isinstance(found, dict):
            raise self._failed(TypeError())
        return found

    def _failed(self, error: Exception) -> Problem:
        return Problem(502, f"{self.name} cannot be asked now ({type(error).__name__}): try again later")


@cache
def _loaded() -> ssl.SSLContext:
    """Whose certificates are trusted. Reading them and the libraries takes a second, which the loop must not wait."""
    import authlib.integrations.httpx_client
    import authlib.oidc.core  # noqa: F401
    import joserfc.jwt  # noqa: F401

    return httpx.create_ssl_context()
