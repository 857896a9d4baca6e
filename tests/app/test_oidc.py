"""The way to an OpenID provider and back: a real one, served in this process, with real keys, that is lied for."""

import base64
import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from app.auth import COOKIE
from app.models import Person
from app.models_identities import Identity
from app.oidc import JOURNEY_SECONDS, OpenId
from app.problems import Problem
from app.settings import Settings
from tests.app.vouching import CALLBACK, CLIENT, START, Provider, browser, count, key, log_in, trusting, vouching
from tests.conftest import running


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with vouching() as provider:
        yield provider


def unsigned(claims: dict[str, Any]) -> str:
    parts = [{"alg": "none", "typ": "JWT"}, claims]
    return ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + "."


def signed_with_the_public_key(claims: dict[str, Any]) -> str:
    secret = OctKey.import_key(key("one").as_pem(private=False))
    return jwt.encode({"alg": "HS256", "kid": "one"}, claims, secret, ["HS256"])


def signed_by_another(claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key("two"))


LIES: dict[str, Callable[[Provider], Any]] = {
    "another nonce": lambda provider: provider.claims.update(nonce="guessed"),
    "no nonce": lambda provider: provider.claims.update(nonce=None),
    "another audience": lambda provider: provider.claims.update(aud="somebody-else"),
    "many audiences and no azp": lambda provider: provider.claims.update(aud=[CLIENT, "somebody-else"]),
    "another azp": lambda provider: provider.claims.update(azp="somebody-else"),
    "expired": lambda provider: provider.claims.update(exp=1_000_000_000),
    "not yet": lambda provider: provider.claims.update(iat=4_000_000_000, nbf=4_000_000_000),
    "another issuer": lambda provider: provider.claims.update(iss="https://evil.example"),
    "no subject": lambda provider: provider.claims.update(sub=""),
    "an address not verified": lambda provider: provider.claims.update(email_verified=False),
    "an address verified in words": lambda provider: provider.claims.update(email_verified="true"),
    "no address": lambda provider: provider.claims.update(email=None),
    "not signed": lambda provider: setattr(provider, "sign", unsigned),
    "signed with the public key as a secret": lambda provider: setattr(provider, "sign", signed_with_the_public_key),
    "signed by another": lambda provider: setattr(provider, "sign", signed_by_another),
}


async def test_nothing_that_does_not_hold_logs_anybody_in(settings: Settings, provider: Provider) -> None:
    honest = (dict(provider.claims), provider.sign)
    async with running(trusting(settings, provider)) as app:
        before = await count(app, Person)
        for name, lie in LIES.items():
            provider.claims, provider.sign = dict(honest[0]), honest[1]
            lie(provider)
            async with browser(app) as client:
                page = await log_in(client, provider)
                assert page.status_code in {403, 502}, name
                assert COOKIE not in client.cookies, name
        assert (await count(app, Person), await count(app, Identity)) == (before, 0)
        provider.claims, provider.sign = honest
        async with browser(app) as client:
            assert (await log_in(client, provider)).status_code == 200, "the honest one is let in"


async def test_an_answer_counts_once_and_only_for_the_browser_that_asked(
    settings: Settings, provider: Provider
) -> None:
    async with running(trusting(settings, provider)) as app, browser(app) as client, browser(app) as other:
        gone = await client.get(START)
        answer = provider.log_in(gone.headers["location"])
        assert (await other.get(CALLBACK, params=answer)).status_code == 400, "it never asked"
        await other.get(START)
        assert (await other.get(CALLBACK, params=answer)).status_code == 400, "it asked something else"
        for wrong in ({"state": "guessed"}, {"iss": "https://evil.example"}):
            gone = await client.get(START)
            answer = provider.log_in(gone.headers["location"]) | wrong
            assert (await client.get(CALLBACK, params=answer)).status_code == 400
        gone = await client.get(START)
        answer, kept = provider.log_in(gone.headers["location"]), client.cookies["attune_oidc"]
        assert (await client.get(CALLBACK, params=answer)).status_code == 200
        assert (await client.get(CALLBACK, params=answer)).status_code == 400, "what was kept is gone"
        again = await client.get(CALLBACK, params=answer, headers={"Cookie": f"attune_oidc={kept}"})
        assert again.status_code == 403, "the provider gives nothing for a code that was used"


async def test_no_sibling_host_plants_the_journey_of_another(settings: Settings, provider: Provider) -> None:
    app_settings = trusting(settings, provider)
    async with running(app_settings) as app, browser(app, "https://test") as eve, browser(app, "https://test") as zoe:
        gone = await eve.get(START)
        kept = gone.headers["set-cookie"]
        assert kept.startswith("__Host-attune_oidc=") and "; Path=/;" in kept and "Secure" in kept
        planted = eve.cookies["__Host-attune_oidc"]
        answer = provider.log_in(gone.headers["location"])
        refused = await zoe.get(CALLBACK, params=answer, headers={"Cookie": f"attune_oidc={planted}"})
        assert refused.status_code == 400, "only the name that a browser guards is read"
        assert (await eve.get(CALLBACK, params=answer)).status_code == 200


async def test_nobody_is_led_elsewhere(settings: Settings, provider: Provider) -> None:
    async with running(trusting(settings, provider)) as app, browser(app) as client:
        gone = await client.get(START, params={"next": "https://evil.example", "redirect_uri": "https://evil.example"})
        asked = parse_qs(urlsplit(gone.headers["location"]).query)
        assert asked["redirect_uri"] == [f"http://test{CALLBACK}"]
        answer = provider.log_in(gone.headers["location"]) | {"next": "https://evil.example", "error": "<script>"}
        page = await client.get(CALLBACK, params=answer)
        assert "evil.example" not in page.text and "<script>" not in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


async def test_new_keys_of_the_provider_are_looked_for_but_not_for_every_stranger(
    settings: Settings, provider: Provider
) -> None:
    now = [1_000_000.0]
    openid = OpenId(trusting(settings, provider), lambda text: text[::-1], lambda: now[0])
    provider.claims |= {"iat": 1_000_000, "exp": 1_010_000}

    async def come() -> str:
        url, kept = await openid.leave("http://test/back")
        return (await openid.come_back(kept, provider.log_in(url), "http://test/back"))[0].subject

    assert await come() == "u-17"
    provider.key, provider.published = key("two"), [key("two")]
    with pytest.raises(Problem):  # it looked a moment ago
        await come()
    now[0] += 120
    assert await come() == "u-17"
    url, kept = await openid.leave("http://test/back")
    now[0] += JOURNEY_SECONDS + 1
    with pytest.raises(Problem, match="ten minutes"):
        await openid.come_back(kept, provider.log_in(url), "http://test/back")


async def test_a_provider_that_is_not_whom_it_should_be_or_not_there_is_said_so(
    settings: Settings, provider: Provider, stranger: httpx.AsyncClient
) -> None:
    assert (await stranger.get(START)).status_code == 404, "none is set up"
    for wrong in ({"issuer": "https://evil.example"}, {"token_endpoint": None}):
        provider.metadata = wrong
        openid = OpenId(trusting(settings, provider), str)
        with pytest.raises(Problem) as told:
            await openid.leave("http://test/back")
        assert told.value.status == 502


@pytest.mark.parametrize(
    ("chosen", "complaint"),
    [
        ({"oidc_issuer": "http://id.example.org", "oidc_client_id": "x"}, "use https"),
        ({"oidc_issuer": "https://id.example.org"}, "OIDC_CLIENT_ID"),
        ({"sign_up": "provider"}, "OIDC_ISSUER"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings: Settings, chosen: dict[str, str], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Settings(**(settings.model_dump() | chosen))
