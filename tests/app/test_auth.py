"""Logging in: what opens, what does not, and that a refusal tells a stranger nothing."""

import json
import time
from datetime import timedelta
from statistics import median

import httpx
import pytest
from sqlmodel import col, select, update

from app.auth import AccountError
from app.buckets import OwnBuckets
from app.lockout import FAILURES, WINDOW, Lockout
from app.models import ApiToken, Person, utc_now
from app.problems import Problem
from app.services import Services

PASSWORD = "correct horse battery"


@pytest.fixture
async def cleo(services: Services) -> Person:
    """Somebody with a password."""
    return await services.auth.create_person("Cleo@Example.org", PASSWORD)


async def test_a_password_gives_a_token_that_opens_the_api(stranger: httpx.AsyncClient, cleo: Person) -> None:
    body = {"email": " cleo@example.ORG", "password": PASSWORD}
    answer = (await stranger.post("/api/v1/auth/token", json=body)).json()
    me = await stranger.get("/api/v1/me", headers={"Authorization": f"Bearer {answer['token']}"})
    assert me.json()["id"] == cleo.id
    assert answer["expires_at"] > utc_now().isoformat()


async def test_neither_tokens_nor_passwords_are_stored_as_they_are(
    services: Services, stranger: httpx.AsyncClient, cleo: Person
) -> None:
    token = await services.auth.issue_token(cleo, "test")
    assert cleo.password_hash is not None
    assert cleo.password_hash.startswith("$argon2id$")
    for path in services.home.root.glob("attune.db*"):
        assert token.encode() not in path.read_bytes()
        assert PASSWORD.encode() not in path.read_bytes()


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Basic Y2xlbzp4", "bearer " + "0" * 5000])
async def test_without_a_valid_token_the_answer_is_401(stranger: httpx.AsyncClient, header: str) -> None:
    response = await stranger.get("/api/v1/me", headers={"Authorization": header})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"


async def test_an_expired_token_and_a_login_code_used_as_token_open_nothing(
    services: Services, stranger: httpx.AsyncClient, cleo: Person
) -> None:
    token = await services.auth.issue_token(cleo, "test")
    async with services.database.session() as session:
        row = update(ApiToken).where(col(ApiToken.digest) == services.auth.digest_of(token))
        await session.execute(row.values(expires_at=utc_now() - timedelta(seconds=1)))
    for text in (token, await services.auth.issue_login_code(cleo)):
        response = await stranger.get("/api/v1/me", headers={"Authorization": f"Bearer {text}"})
        assert response.status_code == 401


async def test_a_login_code_works_once_and_for_ten_minutes(
    services: Services, stranger: httpx.AsyncClient, cleo: Person
) -> None:
    code = await services.auth.issue_login_code(cleo)
    assert (await stranger.post("/api/v1/auth/token", json={"code": code})).status_code == 200
    assert (await stranger.post("/api/v1/auth/token", json={"code": code})).status_code == 401
    late = await services.auth.issue_login_code(cleo)
    async with services.database.session() as session:
        found = (await session.exec(select(ApiToken).where(ApiToken.digest == services.auth.digest_of(late)))).one()
        assert found.expires_at is not None
        assert timedelta(minutes=9) < found.expires_at - utc_now() <= timedelta(minutes=10)
        found.expires_at = utc_now() - timedelta(seconds=1)
        session.add(found)
    assert (await stranger.post("/api/v1/auth/token", json={"code": late})).status_code == 401


async def test_an_unknown_email_and_a_wrong_password_are_told_alike_and_take_the_same_time(
    services: Services, stranger: httpx.AsyncClient, cleo: Person
) -> None:
    async def refused(email: str) -> tuple[int, str, float]:
        started = time.perf_counter()
        response = await stranger.post("/api/v1/auth/token", json={"email": email, "password": "wrong password"})
        return response.status_code, response.json()["detail"], time.perf_counter() - started

    await refused("warm@example.org")
    known = [await refused("cleo@example.org") for _ in range(4)]
    unknown = [await refused("nobody@example.org") for _ in range(4)]
    assert {answer[:2] for answer in known} == {answer[:2] for answer in unknown}
    fast, slow = sorted([median(answer[2] for answer in known), median(answer[2] for answer in unknown)])
    assert slow < 3 * fast


async def test_after_ten_failures_even_the_right_password_has_to_wait(
    stranger: httpx.AsyncClient, cleo: Person
) -> None:
    for _ in range(FAILURES):
        body = {"email": "cleo@example.org", "password": "wrong password"}
        assert (await stranger.post("/api/v1/auth/token", json=body)).status_code == 401
    response = await stranger.post("/api/v1/auth/token", json={"email": "cleo@example.org", "password": PASSWORD})
    assert response.status_code == 429
    assert 0 < int(response.headers["retry-after"]) <= WINDOW + 1
    assert PASSWORD not in response.text


async def test_a_lockout_ends_holds_one_address_only_and_a_success_clears_it() -> None:
    now = 0.0
    lockout = Lockout(OwnBuckets(lambda: now))
    for _ in range(FAILURES):
        await lockout.attempt("a@b", "1.1.1.1")
    await lockout.attempt("a@b", "2.2.2.2")
    with pytest.raises(Problem):
        await lockout.attempt("a@b", "1.1.1.1")
    now = WINDOW + 1
    for _ in range(FAILURES):
        await lockout.attempt("a@b", "1.1.1.1")
        await lockout.succeeded("a@b", "1.1.1.1")
    await lockout.attempt("a@b", "1.1.1.1")


async def test_no_form_of_another_site_logs_a_browser_in(stranger: httpx.AsyncClient, cleo: Person) -> None:
    body = json.dumps({"email": "cleo@example.org", "password": PASSWORD})
    for kind in ("text/plain", "application/x-www-form-urlencoded"):  # what a form can send without being asked
        response = await stranger.post("/api/v1/auth/session", content=body, headers={"Content-Type": kind})
        assert (response.status_code, response.headers.get("set-cookie")) == (422, None)


async def test_the_cookie_opens_the_api_and_logging_out_ends_it_for_good(
    stranger: httpx.AsyncClient, cleo: Person
) -> None:
    body = {"email": "cleo@example.org", "password": PASSWORD}
    response = await stranger.post("/api/v1/auth/session", json=body)
    cookie = response.headers["set-cookie"].lower()
    assert response.status_code == 204
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "secure" not in cookie
    token = stranger.cookies["attune_session"]
    assert (await stranger.get("/api/v1/me")).status_code == 200
    here = {"Origin": "http://test"}
    assert (await stranger.delete("/api/v1/auth/session", headers=here)).status_code == 204
    assert (await stranger.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})).status_code == 401


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "http://test"}, 200),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://test"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null"}, 403),
        ({}, 403),
    ],
)
async def test_a_change_by_cookie_must_come_from_this_site(
    stranger: httpx.AsyncClient, cleo: Person, headers: dict[str, str], status: int
) -> None:
    await stranger.post("/api/v1/auth/session", json={"email": "cleo@example.org", "password": PASSWORD})
    response = await stranger.patch("/api/v1/me", json={"display_name": "C"}, headers=headers)
    assert response.status_code == status


async def test_over_https_the_cookie_is_secure(stranger: httpx.AsyncClient, cleo: Person) -> None:
    body = {"email": "cleo@example.org", "password": PASSWORD}
    response = await stranger.post("https://test/api/v1/auth/session", json=body)
    assert "secure" in response.headers["set-cookie"].lower()


@pytest.mark.parametrize("body", [{}, {"email": "a@b"}, {"code": "x", "email": "a@b", "password": "y"}])
async def test_half_a_login_is_a_422(stranger: httpx.AsyncClient, body: dict[str, str]) -> None:
    assert (await stranger.post("/api/v1/auth/token", json=body)).status_code == 422


async def test_using_a_token_is_noted_once_a_minute(
    services: Services, client: httpx.AsyncClient, person: Person
) -> None:
    async def used_at() -> object:
        async with services.database.session() as session:
            return (await session.exec(select(ApiToken.last_used_at).where(ApiToken.person_id == person.id))).one()

    first = await used_at()
    assert first is not None
    await client.get("/api/v1/me")
    assert await used_at() == first


async def test_accounts_are_refused_with_the_remedy(services: Services, cleo: Person) -> None:
    for email, password, told in [
        ("CLEO@example.org", None, "already"),
        ("nonsense", None, "no e-mail"),
        ("d@example.org", "short", "at least"),
    ]:
        with pytest.raises(AccountError, match=told):
            await services.auth.create_person(email, password)


async def test_an_admin_is_told_what_is_wrong_with_an_account(
    services: Services, stranger: httpx.AsyncClient, cleo: Person
) -> None:
    owner = await services.auth.issue_token(await services.auth.ensure_owner(), "test")
    for email, password, status in [(cleo.email, PASSWORD, 409), ("nonsense", PASSWORD, 422), ("d@e", "short", 422)]:
        body = {"email": email, "password": password}
        answer = await stranger.post("/api/v1/admin/users", json=body, headers={"Authorization": f"Bearer {owner}"})
        assert answer.status_code == status
    body = {"email": "nobody@example.org", "label": "test"}
    answer = await stranger.post("/api/v1/admin/tokens", json=body, headers={"Authorization": f"Bearer {owner}"})
    assert (answer.status_code, "'nobody@example.org'" in answer.json()["detail"]) == (404, True)


async def test_the_owner_of_a_laptop_is_made_once_and_has_no_password(services: Services) -> None:
    owner, again = await services.auth.ensure_owner(), await services.auth.ensure_owner()
    assert (owner.id, owner.role, owner.password_hash) == (again.id, "admin", None)
    with pytest.raises(Problem, match="wrong"):
        await services.auth.log_in(owner.email, "", "127.0.0.1")
