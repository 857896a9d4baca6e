"""Whose account a login at a provider opens: the one that it made or was linked to, never one of the same e-mail."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import versions
from app.auth import COOKIE
from app.consent import ALONE
from app.home import Home
from app.models import Person
from app.models_identities import Identity
from app.schemas_models import Verdict
from app.services import Services
from app.settings import Settings
from tests.app.confiding import admin_of
from tests.app.trained import trained_retriever, verdict
from tests.app.vouching import CALLBACK, LINK, START, Provider, browser, count, log_in, trusting, vouching
from tests.conftest import client_of, running


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with vouching() as provider:
        yield provider


async def test_a_first_login_makes_an_account_and_the_next_one_opens_it_whatever_the_address_is_by_then(
    settings: Settings, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "attune.audit")
    async with running(trusting(settings, provider)) as app, browser(app) as client, browser(app) as another:
        assert (await client.get("/api/v1/auth/oidc")).json() == {"enabled": True, "name": "your organisation"}
        before = await count(app, Person)
        page = await log_in(client, provider)
        assert (page.status_code, 'content="0;url=/"' in page.text) == (200, True)
        cookies = page.headers.get_list("set-cookie")
        session = next(one for one in cookies if one.startswith(f"{COOKIE}="))
        assert "HttpOnly" in session and "SameSite=strict" in session
        me = (await client.get("/api/v1/me")).json()
        assert (me["email"], me["display_name"], me["role"]) == ("zoe@example.org", "Zoe", "person")
        provider.claims |= {"email": "zoe@elsewhere.example", "name": "Z."}
        assert (await log_in(another, provider)).status_code == 200
        assert (await another.get("/api/v1/me")).json() == me
        assert (await count(app, Person), await count(app, Identity)) == (before + 1, 1)
    noted = [json.loads(record.message)["action"] for record in caplog.records if record.name == "attune.audit"]
    assert noted == ["signed up", "logged in", "logged in"]
    assert "zoe" not in caplog.text.casefold() and "u-17" not in caplog.text


async def test_whoever_comes_from_the_provider_is_answered_by_no_model_that_one_person_alone_taught(
    settings: Settings, provider: Provider, tmp_path: Path
) -> None:
    own = versions.adopt(Home(settings.home), trained_retriever(tmp_path / "own", **{ALONE: True})).id
    async with running(trusting(settings, provider)) as app, browser(app) as client:
        services: Services = app.state.services
        await services.auth.ensure_owner()
        await services.promotions.decide(own, Verdict(**verdict(None)))
        assert services.serving.now.versions["retriever"] == own
        assert (await log_in(client, provider)).status_code == 200
        assert services.serving.now.versions["retriever"] == "retriever-stock"


@pytest.mark.parametrize("policy", ["closed", "invite"])
async def test_who_may_make_an_account_holds_for_logins_at_the_provider_too(
    settings: Settings, provider: Provider, policy: str
) -> None:
    async with running(trusting(settings, provider, sign_up=policy)) as app, browser(app) as client:
        assert (await log_in(client, provider)).status_code == 403
        if policy == "invite":
            async with admin_of(app) as admin:
                code = (await admin.post("/api/v1/admin/invites", json={"label": "for Zoe"})).json()["code"]
            gone = await client.get(START, params={"code": code})
            answer = provider.log_in(gone.headers["location"])
            assert (await client.get(CALLBACK, params=answer)).status_code == 200
            provider.claims |= {"sub": "u-18", "email": "max@example.org"}
            gone = await client.get(START, params={"code": code})
            assert (await client.get(CALLBACK, params=provider.log_in(gone.headers["location"]))).status_code == 403


async def test_an_address_alone_opens_no_account_and_its_person_can_link_the_login(
    settings: Settings, provider: Provider
) -> None:
    app_settings = trusting(settings, provider)
    async with running(app_settings) as app, client_of(app, "zoe@example.org") as zoe, browser(app) as client:
        page = await log_in(client, provider)
        assert (page.status_code, COOKIE in client.cookies) == (409, False)
        assert "link this login" in page.text
        assert (await zoe.get(LINK)).json() == {"linked": False, "since": None}
        url = (await zoe.post(LINK)).json()["url"]
        back = await zoe.get(CALLBACK, params=provider.log_in(url))
        assert (back.status_code, 'content="0;url=/settings#provider"' in back.text) == (200, True)
        seen = (await zoe.get(LINK)).json()
        assert seen["linked"] and seen["since"].endswith("Z")
        assert (await log_in(client, provider)).status_code == 200
        assert (await client.get("/api/v1/me")).json() == (await zoe.get("/api/v1/me")).json()
        async with client_of(app, "eve@example.org") as eve:
            url = (await eve.post(LINK)).json()["url"]
            assert (await eve.get(CALLBACK, params=provider.log_in(url))).status_code == 409, "it is Zoe's"
        assert (await zoe.delete(LINK)).status_code == 409, "she has no password"
        await zoe.patch("/api/v1/me", json={"password": "correct horse battery"})
        assert (await zoe.delete(LINK)).status_code == 204
        assert await count(app, Identity) == 0
        assert (await zoe.get(LINK)).json() == {"linked": False, "since": None}


async def test_only_members_are_let_in_where_a_group_is_named(settings: Settings, provider: Provider) -> None:
    async with running(trusting(settings, provider, oidc_group="readers")) as app, browser(app) as client:
        for groups, status in ((None, 403), ("readers", 403), (["others"], 403), (["others", "readers"], 200)):
            provider.claims["groups"] = groups
            assert (await log_in(client, provider)).status_code == status, groups
