"""Who may make an account is a setting; an invite makes one, once, and only its digest is kept."""

import asyncio
from datetime import timedelta

import httpx
import pytest
from sqlmodel import select

from app import people
from app.models import Person, utc_now
from app.models_groups import Invite
from app.services import Services
from app.settings import Settings
from tests.app.confiding import admin_of
from tests.conftest import running

PASSWORD = "correct horse battery"


def account(email: str, code: str | None = None) -> dict[str, str]:
    return {"email": email, "password": PASSWORD} | ({"code": code} if code else {})


async def test_by_default_nobody_makes_an_account_and_none_is_made(
    services: Services, stranger: httpx.AsyncClient
) -> None:
    assert (await stranger.get("/api/v1/auth/sign-up")).json() == {"policy": "closed"}
    refused = await stranger.post("/api/v1/auth/sign-up", json=account("zoe@example.org"))
    assert (refused.status_code, "ask" in refused.json()["detail"]) == (403, True)
    async with services.database.session() as session:
        assert await people.find_person(session, "zoe@example.org") is None


@pytest.mark.parametrize("policy", ["open", "invite"])
async def test_an_account_is_made_where_the_setting_says_so(settings: Settings, policy: str) -> None:
    async with running(settings.model_copy(update={"sign_up": policy})) as app, admin_of(app) as admin:
        services: Services = app.state.services
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as stranger:

            async def sign_up(email: str, code: str | None = None) -> int:
                return (await stranger.post("/api/v1/auth/sign-up", json=account(email, code))).status_code

            async def invited() -> str:
                code: str = (await admin.post("/api/v1/admin/invites", json={"label": "for Zoe"})).json()["code"]
                return code

            if policy == "open":
                assert await sign_up("Zoe@example.org") == 201
                assert await sign_up("zoe@example.org") == 409
                assert await sign_up("nonsense") == 422
            else:
                code = await invited()
                assert await sign_up("zoe@example.org") == await sign_up("zoe@example.org", "guess") == 403
                assert await sign_up("owner@localhost", code) == 409, "and the invite is still good"
                assert sorted(await asyncio.gather(*[sign_up("zoe@example.org", code) for _ in range(3)])) == [
                    201,
                    403,
                    403,
                ]
                await expire(services, await invited())
                late, taken = await invited(), await invited()
                await expire(services, late)
                (listed,) = (await admin.get("/api/v1/admin/invites")).json()["items"]
                assert listed["label"] == "for Zoe" and "code" not in listed
                assert (await admin.delete(f"/api/v1/admin/invites/{listed['id']}")).status_code == 204
                assert await sign_up("late@example.org", late) == await sign_up("late@example.org", taken) == 403
                assert code.encode() not in b"".join(one.read_bytes() for one in settings.home.glob("attune.db*"))
            token = await stranger.post("/api/v1/auth/token", json=account("zoe@example.org"))
            assert token.status_code == 200
        async with services.database.session() as session:
            roles = (await session.exec(select(Person.role).where(Person.email == "zoe@example.org"))).all()
        assert list(roles) == ["person"]


async def expire(services: Services, code: str) -> None:
    async with services.database.session() as session:
        row = (await session.exec(select(Invite).where(Invite.digest == services.auth.digest_of(code)))).one()
        row.expires_at = utc_now() - timedelta(seconds=1)
        session.add(row)
