"""Two processes on one PostgreSQL database count together: each here is a database client of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from time import perf_counter

import pytest
import sqlalchemy as sa

from app.auth import digest_under
from app.buckets import Limit
from app.buckets_shared import SharedBuckets, buckets_for
from app.db import Database
from app.lockout import FAILURES, Lockout
from app.problems import Problem
from app.rate_limits import RateLimits
from app.settings import Settings
from tests.conftest import client_of, running

pytestmark = pytest.mark.postgres


@pytest.fixture
async def databases(database_url: str) -> AsyncIterator[list[Database]]:
    async with AsyncExitStack() as stack:
        found = [Database(database_url) for _ in range(2)]
        for database in found:
            stack.push_async_callback(database.close)
        yield found


def of(databases: list[Database]) -> list[SharedBuckets]:
    made = [buckets_for(database, digest_under("one key")) for database in databases]
    assert all(isinstance(one, SharedBuckets) for one in made)
    return made  # type: ignore[return-value]  # asserted


async def test_two_processes_give_a_person_one_rate_however_they_race(databases: list[Database]) -> None:
    first, second = of(databases)
    limit = Limit("questions_per_minute", 20, 3600)
    waits = await asyncio.gather(*(one.take(limit, "ann") for _ in range(30) for one in (first, second)))
    assert waits.count(0.0) == 20
    assert all(100 < wait <= 180 for wait in waits if wait), "one is due every three minutes"
    assert await second.take(limit, "ben") == 0
    await first.give_back(limit, "ann")
    assert [await second.take(limit, "ann") > 0 for _ in range(2)] == [False, True]
    await second.fill(limit, "ann")
    assert await first.take(limit, "ann") == 0


async def test_a_bucket_fills_as_time_passes_and_is_then_forgotten(databases: list[Database]) -> None:
    first, second = of(databases)
    limit = Limit("questions", 2, 3600)

    async def pass_time(minutes: int) -> None:
        async with databases[0].session() as session:
            moved = sa.text("UPDATE bucket SET full_at = full_at - make_interval(mins => :minutes)")
            await session.execute(moved, {"minutes": minutes})

    assert [await first.take(limit, "ann") > 0 for _ in range(3)] == [False, False, True]
    assert 1700 < await second.take(limit, "ann") <= 1800
    await pass_time(30)
    assert [await second.take(limit, "ann") > 0 for _ in range(2)] == [False, True]
    await pass_time(70)
    second._swept -= 61
    assert await second.take(limit, "ben") == 0
    async with databases[0].session() as session:
        kept = (await session.execute(sa.text("SELECT key FROM bucket"))).scalars().all()
    assert len(kept) == 1 and "ben" not in kept[0], "whose it is cannot be read"


async def test_answers_at_once_and_failed_logins_are_counted_together(
    databases: list[Database], settings: Settings
) -> None:
    limits = [RateLimits(settings.model_copy(update={"answers_at_once": 2}), one) for one in of(databases)]
    async with limits[0].answering("ann"):
        async with limits[1].answering("ann"):
            for one in limits:
                with pytest.raises(Problem, match="2 answers at once"):
                    await one.answering("ann").__aenter__()
        async with limits[0].answering("ann"):
            pass
    first, second = (Lockout(one) for one in of(databases))
    for _ in range(FAILURES // 2):
        await first.attempt("ann@example.org", "1.1.1.1")
        await second.attempt("ann@example.org", "1.1.1.1")
    with pytest.raises(Problem, match="too many failed logins"):
        await first.attempt("ann@example.org", "1.1.1.1")
    await second.attempt("ann@example.org", "2.2.2.2")


async def test_counting_costs_less_than_a_visit_to_the_database(databases: list[Database]) -> None:
    (shared, _), limit = of(databases), Limit("questions_per_minute", 10_000, 60)

    async def visit() -> None:
        async with databases[0].session() as session:
            await session.execute(sa.text("SELECT 1"))

    async def once(do: Callable[[], Awaitable[object]]) -> float:
        began = perf_counter()
        await do()
        return perf_counter() - began

    pairs = [(await once(lambda: shared.take(limit, "ann")), await once(visit)) for _ in range(200)]
    counting, visiting = (sorted(times)[50] for times in zip(*pairs, strict=True))
    assert counting < 1.5 * visiting


async def test_the_last_room_is_given_to_one_of_several_uploads_at_the_same_moment(settings: Settings) -> None:
    one = settings.model_copy(update={"documents_per_person": 1})
    async with running(one) as app, client_of(app, "keeper@example.org") as ann:
        sent = [ann.post("/api/v1/documents", files={"file": ("a.txt", f"Text {n}".encode())}) for n in range(4)]
        statuses = [answer.status_code for answer in await asyncio.gather(*sent)]
    assert sorted(statuses) == [202, 403, 403, 403]
