"""A small OpenID provider with real keys, served over TCP: it logs in whoever comes as whom a test wishes."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import uvicorn
from authlib.common.encoding import urlsafe_b64encode
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from sqlmodel import func, select

from app.settings import Settings

CLIENT, SECRET = "attune-test", "a secret between the two"
START, CALLBACK, LINK = (f"/api/v1/auth/oidc/{name}" for name in ("start", "callback", "link"))


@cache
def key(name: str) -> RSAKey:
    """Made once: it takes a tenth of a second."""
    return RSAKey.generate_key(2048, {"kid": name, "use": "sig", "alg": "RS256"})


class Provider:
    """Its address, its keys, and what it is to say; a test changes what it likes."""

    def __init__(self) -> None:
        self.issuer = ""
        self.key = key("one")
        self.published = [self.key]
        self.claims: dict[str, Any] = {"sub": "u-17", "email": "zoe@example.org", "email_verified": True, "name": "Zoe"}
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.metadata: dict[str, Any] = {}  # beside what it says of itself, or in its place
        self._codes: dict[str, dict[str, str]] = {}  # code -> what was asked with it; each is good once

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": self.key.kid}, claims, self.key)

    def log_in(self, url: str) -> dict[str, str]:
        """What the browser brings back from the address that we sent it to."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code" and "openid" in asked["scope"].split()
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self._codes[code] = asked
        return {"code": code, "state": asked["state"], "iss": self.issuer}

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.get("/.well-known/openid-configuration")
        async def configuration() -> dict[str, Any]:
            at = self.issuer
            endpoints = {f"{name}_endpoint": f"{at}/{name}" for name in ("authorization", "token")}
            return {"issuer": at, "jwks_uri": f"{at}/keys", **endpoints} | self.metadata

        @app.get("/keys")
        async def keys() -> dict[str, Any]:
            return dict(KeySet([*self.published]).as_dict(private=False))

        @app.get("/authorization")
        async def authorization(request: Request) -> Response:
            answer = self.log_in(str(request.url))
            return RedirectResponse(f"{request.query_params['redirect_uri']}?{urlencode(answer)}", 303)

        @app.post("/token")
        async def token(request: Request) -> Response:
            form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            asked = self._codes.pop(form.get("code", ""), None)
            challenge = urlsafe_b64encode(sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
            expected = httpx.BasicAuth(CLIENT, SECRET)._auth_header
            holds = asked and challenge == asked["code_challenge"] and form["redirect_uri"] == asked["redirect_uri"]
            if asked is None or not holds or request.headers.get("authorization") != expected:
                return JSONResponse({"error": "invalid_grant"}, 400)
            now = int(time.time())
            claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
            return JSONResponse(
                {"access_token": "opaque", "token_type": "Bearer", "id_token": self.sign(claims | self.claims)}
            )

        return app


@asynccontextmanager
async def vouching() -> AsyncIterator[Provider]:
    """The provider, served on a free port of this machine."""
    provider = Provider()
    config = uvicorn.Config(provider.app(), port=0, log_level="critical", timeout_graceful_shutdown=1, lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn offers no event
        await asyncio.sleep(0.01)
    provider.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield provider
    server.should_exit = True
    await task


def trusting(settings: Settings, provider: Provider, **more: Any) -> Settings:
    known = {"oidc_issuer": provider.issuer, "oidc_client_id": CLIENT, "oidc_client_secret": SECRET}
    return Settings(**(settings.model_dump(exclude_unset=True) | {"sign_up": "provider"} | known | more))


@asynccontextmanager
async def browser(app: FastAPI, url: str = "http://test") -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=url) as client:
        yield client


async def log_in(client: httpx.AsyncClient, provider: Provider, **changed: str) -> httpx.Response:
    """There and back; `changed` is what the browser brings in place of what the provider gave it."""
    gone = await client.get(START)
    assert gone.status_code == 303, gone.text
    return await client.get(CALLBACK, params=provider.log_in(gone.headers["location"]) | changed)


async def count(app: FastAPI, table: Any) -> int:
    async with app.state.services.database.session() as session:
        return int((await session.exec(select(func.count()).select_from(table))).one())
