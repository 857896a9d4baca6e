"""Nobody does more than their share: how often, how much at once, and that the others notice nothing of it."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import httpx
import openai
import pytest

from app import buckets, rate_limits
from app.buckets import OwnBuckets
from app.main import create_app
from app.problems import Problem
from app.rate_limits import Rate, RateLimits, limit_of
from app.server import serving
from app.settings import Settings
from generation.scripted import ScriptedModel
from tests.conftest import Upload, client_of, running

ASK = {"question": "Where is the key?", "stream": False}


def with_limits(settings: Settings, **limits: int) -> Settings:
    return settings.model_copy(update=limits)


async def test_a_minutes_worth_may_come_at_once_and_then_one_as_each_is_due() -> None:
    now = 0.0
    rate = Rate("questions", 6, "questions_per_minute", OwnBuckets(lambda: now))
    for _ in range(6):
        await rate.take("ann")
    with pytest.raises(Problem, match="6 questions a minute are the most here") as refused:
        await rate.take("ann")
    assert (refused.value.status, refused.value.headers) == (429, {"Retry-After": "10"})
    now = 9.9
    with pytest.raises(Problem, match="try again in a second"):
        await rate.take("ann")
    now = 10.0
    await rate.take("ann")
    with pytest.raises(Problem):
        await rate.take("ann")
    await rate.take("ben")


async def test_thirds_of_a_minute_are_a_minute() -> None:
    for most in range(1, 300):
        rate = Rate("questions", most, "questions_per_minute", OwnBuckets(lambda: 1e6))
        for _ in range(most):
            await rate.take("ann")
        with pytest.raises(Problem):
            await rate.take("ann")


async def test_being_refused_costs_nothing_further() -> None:
    now = 0.0
    rate = Rate("questions", 1, "questions_per_minute", OwnBuckets(lambda: now))
    await rate.take("ann")
    for second in range(60):
        now = float(second)
        with pytest.raises(Problem):
            await rate.take("ann")
    now = 60.0
    await rate.take("ann")


async def test_a_flood_of_addresses_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "REMEMBERED", 3)
    rate = Rate("attempts", 1, "logins_per_minute", OwnBuckets(lambda: 0.0))
    for address in range(10):
        await rate.take(str(address))
    with pytest.raises(Problem):
        await rate.take("7")
    await rate.take("6")


def test_a_laptop_is_generous_a_server_is_not_and_a_setting_comes_first(settings: Settings) -> None:
    server = Settings(**settings.model_dump() | {"deployment": "server", "secret_key": "s" * 32})
    assert limit_of(settings, "documents_per_person") == 0
    for name, (laptop, elsewhere) in rate_limits.DEFAULTS.items():
        assert limit_of(settings, name) == laptop
        assert limit_of(server, name) == elsewhere > 0
    assert limit_of(with_limits(server, questions_per_minute=0), "questions_per_minute") == 0


async def test_of_ipv6_a_network_is_one_address(settings: Settings) -> None:
    limits = RateLimits(with_limits(settings, logins_per_minute=2), OwnBuckets())
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        await limits.logging_in(address)
    with pytest.raises(Problem):
        await limits.logging_in("2001:db8:1:2::3")
    await limits.logging_in("192.0.2.3")
    for address in ("2001:db8:1:3::1", "192.0.2.1", "::ffff:192.0.2.2", "::ffff:192.0.2.3", "unknown"):
        await limits.logging_in(address)


async def test_an_answer_takes_a_place_until_it_has_ended_whatever_ends_it(settings: Settings) -> None:
    limits = RateLimits(with_limits(settings, answers_at_once=1), OwnBuckets())
    with pytest.raises(KeyError):
        async with limits.answering("ann"):
            async with limits.answering("ben"):
                pass
            with pytest.raises(Problem, match="1 answers at once"):
                await limits.answering("ann").__aenter__()
            raise KeyError
    async with limits.answering("ann"):
        pass


async def test_a_question_too_many_takes_no_place(settings: Settings) -> None:
    limits = RateLimits(with_limits(settings, answers_at_once=1, questions_per_minute=1), OwnBuckets())
    async with limits.answering("ann"):
        pass
    for _ in range(2):
        with pytest.raises(Problem, match="1 questions a minute"):
            await limits.answering("ann").__aenter__()


async def test_who_asks_too_often_is_told_so_and_others_are_answered(settings: Settings) -> None:
    async with (
        running(with_limits(settings, questions_per_minute=2)) as app,
        client_of(app, "ann@example.org") as ann,
        client_of(app, "ben@example.org") as ben,
    ):
        answers = [await ann.post("/api/v1/chat", json=ASK | {"stream": stream}) for stream in (False, True, True)]
        assert [answer.status_code for answer in answers] == [200, 200, 429]
        problem = answers[-1].json()
        assert answers[-1].headers["content-type"] == "application/problem+json"
        assert problem["limit"] == "questions_per_minute"
        assert "ATTUNE_QUESTIONS_PER_MINUTE" in problem["detail"]
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 30
        assert (await ben.post("/api/v1/chat", json=ASK)).status_code == 200


async def test_openais_client_is_refused_in_its_own_form_by_the_same_limit(settings: Settings) -> None:
    async with running(with_limits(settings, questions_per_minute=1)) as app:
        async with client_of(app, "ann@example.org") as ann:
            assert (await ann.post("/api/v1/chat", json=ASK)).status_code == 200
            key = ann.headers["Authorization"].removeprefix("Bearer ")
        wire: Any = httpx.AsyncClient(transport=httpx.ASGITransport(app))
        async with (
            wire,
            openai.AsyncOpenAI(base_url="http://test/v1", api_key=key, http_client=wire, max_retries=0) as own,
        ):
            for stream in (False, True):
                create: Any = own.chat.completions.create
                with pytest.raises(openai.RateLimitError) as refused:
                    await create(model="attune", messages=[{"role": "user", "content": "Where?"}], stream=stream)
                assert (refused.value.code, refused.value.type) == ("rate_limit_exceeded", "Too Many Requests")
                assert refused.value.response.headers["retry-after"]


async def test_searches_uploads_and_logins_have_limits_of_their_own(settings: Settings, upload: Upload) -> None:
    limits = {"searches_per_minute": 1, "uploads_per_minute": 1, "logins_per_minute": 1}
    async with running(with_limits(settings, **limits)) as app, client_of(app, "ann@example.org") as ann:
        await upload(ann, "a.txt", "The key lies under the mat.")
        for _ in range(2):
            found = await ann.post("/api/v1/search", json={"query": "key"})
            sent = await ann.post("/api/v1/documents", files={"file": ("b.txt", b"Another text.")})
            login = await ann.post("/api/v1/auth/token", json={"email": "ann@example.org", "password": "wrong one"})
        assert [answer.json()["limit"] for answer in (found, sent, login)] == [*limits]
        assert (await ann.post("/api/v1/chat", json=ASK)).status_code == 200


async def test_a_burst_of_one_person_does_not_starve_another(settings: Settings) -> None:
    """Over real connections: a place is free again when its client hangs up."""
    application = create_app(with_limits(settings, answers_at_once=2))
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(serving(application, "127.0.0.1", 0))
        slow = ScriptedModel(seconds_per_token=0.02)
        for _ in range(5):
            slow.enqueue(" ".join(f"word{number}" for number in range(100)))
        services = application.state.services = application.state.services.answering_with(generator=slow)
        ann, ben = [await person_at(stack, services, url, name) for name in ("ann", "ben")]
        for one in (ann, ben):
            await given_a_note(one)
        streams = [await stack.enter_async_context(ann.stream("POST", "/api/v1/chat", json=QUESTION)) for _ in range(2)]
        burst = await asyncio.gather(*(ann.post("/api/v1/chat", json=QUESTION) for _ in range(20)))
        assert {answer.status_code for answer in burst} == {429}
        assert burst[0].json()["limit"] == "answers_at_once"
        answer = await asyncio.wait_for(ben.post("/api/v1/chat", json=QUESTION), 10)
        assert answer.status_code == 200
        await streams[0].aclose()
        async with asyncio.timeout(10):
            while (await ann.post("/api/v1/chat", json=QUESTION)).status_code == 429:  # noqa: ASYNC110 (a server tells nobody what it noticed)
                await asyncio.sleep(0.02)


QUESTION = {"question": "Where does the hut keep its spare key?"}


async def person_at(stack: AsyncExitStack, services: Any, url: str, name: str) -> httpx.AsyncClient:
    person = await services.auth.create_person(f"{name}@example.org", None)
    headers = {"Authorization": f"Bearer {await services.auth.issue_token(person, 'test')}"}
    return await stack.enter_async_context(httpx.AsyncClient(base_url=url, headers=headers, timeout=30))


async def given_a_note(client: httpx.AsyncClient) -> None:
    text = b"The hut keeps its spare key under the blue flower pot."
    added = (await client.post("/api/v1/documents", files={"file": ("hut.txt", text)})).json()
    async with asyncio.timeout(30):
        while (await client.get(f"/api/v1/jobs/{added['job_id']}")).json()["state"] != "done":  # noqa: ASYNC110
            await asyncio.sleep(0.02)
