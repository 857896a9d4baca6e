"""Figures of quality against a log that is small enough to count by hand, and what changes them."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from app import turns
from app.models import Document, Person, Turn
from app.models_comparisons import Comparison
from app.models_quality import QualityTile
from app.quality import Quality
from app.schemas_quality import QualityPublic, SlicesPublic
from app.services import Services
from tests.app.logging_turns import Log
from tests.conftest import client_of

NOW = datetime(2026, 5, 20, 15, 30, tzinfo=UTC)
VERSIONS = {"generator": "generator-a", "selector": "selector-b"}


async def person(services: Services, email: str, **fields: object) -> Person:
    made = await services.auth.create_person(email, None)
    async with services.database.session() as session:
        for name, value in fields.items():
            setattr(made, name, value)
        session.add(made)
    return made


@pytest.fixture
async def log(services: Services) -> Log:
    return Log(services.database, await person(services, "ann@example.org"), await person(services, "ben@example.org"))


def ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


async def fill(log: Log) -> list[str]:
    """Six turns: five of today and one of yesterday, two people; the ids in order."""
    spent = {"retrieve": 100, "generate": 900, "first_token": 300}
    ids = [
        await log.turn(ago(hours=1), versions=VERSIONS, timings=spent, shown="**law *tax fact"),
        await log.turn(ago(hours=2), versions=VERSIONS, timings={"generate": 3000}, shown="**law tax"),
        await log.turn(ago(hours=3), versions={"generator": "generator-b"}, timings={"generate": 1000}),
        await log.turn(ago(hours=4), person=1, abstained=True, timings={"generate": 1000}, shown="tax"),
        await log.turn(ago(hours=5), state="failed", answer="", draft=""),
        await log.turn(ago(days=1), versions=VERSIONS, timings={"generate": 2000}),
    ]
    await log.turn(ago(minutes=1), state="running")
    first, second, third, *_ = ids
    await log.edit(first, 0.4)
    await log.edit(first, 0.2)
    for kind in ("down", "up"):
        await log.say(first, kind, ago(minutes=50 if kind == "down" else 40))
    await log.say(second, "down", ago(hours=1), reasons=["incorrect"])
    await log.say(third, "up", ago(hours=1))
    await log.say(third, "withdrawn", ago(minutes=30))
    read = {"kind": "x", "side": "satisfied", "satisfied": 0.75, "dissatisfied": 0.125, "version": "v", "by": second}
    await log.say(first, "next_message", ago(hours=1), **read)
    for kind in ("citation_opened", "citation_opened", "helped", "wrong"):
        await log.say(first, kind, ago(minutes=40), 1)
        await log.say(second, "not_relevant", ago(minutes=39), 2)
    await log.say(second, "source_wrong", ago(minutes=30), 1, edit_id="e")
    return ids


async def test_the_figures_are_those_that_are_counted_by_hand(services: Services, log: Log) -> None:
    await fill(log)
    found = await services.quality.over_time(7, NOW)
    assert [(bucket.since, bucket.turns) for bucket in found.buckets] == [
        (ago(days=1).date(), 1),
        (NOW.date(), 5),
    ], "days before the first turn are left out"
    today = found.buckets[1]
    assert (today.turns, today.answers, today.people, found.total.people) == (5, 3, 2, 2)
    assert (today.edit_cost.value, today.edit_cost.n) == (0.2, 3)  # 0.6 of one answer, nothing of two
    assert (today.edited.count, today.edited.n) == (1, 3)
    assert (today.satisfied.count, today.satisfied.n, today.satisfied.value) == (1, 2, 0.5)
    assert (today.satisfied.low, today.satisfied.high) == (0.0945, 0.9055)  # Wilson's, of 1 in 2
    assert (today.next_satisfied.value, today.next_dissatisfied.value, today.next_satisfied.n) == (0.75, 0.125, 1)
    assert today.next_satisfied.low is None, "one value has no interval"
    assert (today.abstained.count, today.abstained.n) == (1, 4)
    assert (today.citations_opened.count, today.citations_opened.n) == (1, 2)
    assert today.latency_p50_ms == pytest.approx(1000, rel=0.01)  # of 1000 1000 1000 3000
    assert today.latency_p95_ms == pytest.approx(3000, rel=0.01)
    assert found.total.latency_p95_ms == pytest.approx(3000, rel=0.01)
    low, high = today.edit_cost.low, today.edit_cost.high
    assert (low, high) == (0.0, 1.0)  # Student's: 0.2 +- 4.30 * 0.2, within what a cost can be


async def test_slices_count_what_was_said_of_each_document_and_by_each_version(services: Services, log: Log) -> None:
    await fill(log)
    found = await services.quality.slices("document", 30, 10, NOW)
    law, tax, fact = sorted(found.sources, key=lambda one: ("law", "tax", "fact").index(one.key))
    assert (law.shown, law.selected, law.cited, law.opened) == (2, 2, 2, 1)
    assert (law.wrong, law.helped, law.corrected, law.not_relevant) == (1, 0, 1, 0), "the last verdict counts"
    assert (tax.shown, tax.selected, tax.cited, tax.not_relevant) == (3, 1, 0, 1), "four times said is said once"
    assert (fact.shown, fact.label) == (1, "What people said about themselves")
    versions = (await services.quality.slices("version", 30, 10, NOW)).versions
    assert [(one.kind, one.version, one.turns) for one in versions] == [
        ("generator", "generator-a", 3),
        ("selector", "selector-b", 3),
        ("generator", "generator-b", 1),
    ]
    assert (versions[0].satisfied.count, versions[0].satisfied.n) == (1, 2)
    (only,) = (await services.quality.slices("selector", 30, 10, NOW)).versions
    assert only.version == "selector-b"


async def test_what_comes_late_is_erased_or_forgotten_changes_the_figures_of_its_day(
    services: Services, log: Log
) -> None:
    first, *_, old = await fill(log)
    await services.quality.over_time(7, NOW)
    await log.say(old, "up", NOW)
    await log.edit(old, 0.5)
    yesterday, today = (await services.quality.over_time(7, NOW)).buckets
    assert (yesterday.satisfied.count, yesterday.edit_cost.value, today.satisfied.n) == (1, 0.5, 2)
    async with services.database.session() as session:
        turn = await turns.find_turn(session, log.people[0].id, first)
        assert turn is not None
        await turns.delete_conversation(session, log.people[0].id, turn.conversation_id)
    _, today = (await services.quality.over_time(7, NOW)).buckets
    assert (today.turns, today.satisfied.count, today.satisfied.n) == (4, 0, 1)
    async with services.database.session() as session:
        await session.execute(sa.delete(Person).where(sa.column("id") == log.people[0].id))
    (left,) = (await services.quality.over_time(7, NOW)).buckets
    assert (left.turns, left.people, left.abstained.count) == (1, 1, 1), "Ben's question is what is left"


async def test_kept_figures_are_those_of_counting_anew(services: Services, log: Log) -> None:
    """Random turns over three months, looked at between changes; at the end everything is counted again."""
    for number in range(60):
        at = NOW - timedelta(hours=37.3 * number)
        turn = await log.turn(at, person=number % 2, versions=VERSIONS, shown="**law tax", timings={"a": number})
        await log.say(turn, "up" if number % 3 else "down", NOW - timedelta(hours=number))
        if number % 7 == 0:
            await services.quality.slices("document", 90, 10, NOW)
            await services.quality.over_time(90, NOW)
        await log.say(turn, "wrong", NOW, 1 + number % 2)
    kept = [await services.quality.over_time(90, NOW), await services.quality.slices("document", 90, 10, NOW)]
    async with services.database.session() as session:
        await session.execute(sa.delete(QualityTile))
    fresh = Quality(services.database)
    assert kept == [await fresh.over_time(90, NOW), await fresh.slices("document", 90, 10, NOW)]
    assert isinstance(kept[0], QualityPublic) and kept[0].bucket_days == 7
    assert sum(bucket.turns for bucket in kept[0].buckets) == kept[0].total.turns == 58
    assert isinstance(kept[1], SlicesPublic) and sum(one.wrong for one in kept[1].sources) == 58


async def show(services: Services, turn: str, hidden: str) -> None:
    async with services.database.session() as session:
        for one, is_shown in ((turn, True), (hidden, False)):
            await session.execute(sa.update(Turn).where(sa.column("id") == one).values(shown=is_shown))


async def test_an_answer_that_was_replaced_counts_and_of_two_compared_ones_the_one_that_was_kept(
    services: Services, log: Log
) -> None:
    first = await log.turn(ago(hours=1), shown="*law")
    again = await log.turn(ago(minutes=50), regenerates=first, shown="*law")
    a = await log.turn(ago(hours=3), question="When?", versions=VERSIONS)
    b = await log.turn(ago(hours=2), question="When?", regenerates=a, abstained=True)
    await log.say(a, "up", NOW)
    async with services.database.session() as session:
        session.add(
            Comparison(
                person_id=log.people[0].id, turn_id=a, other_id=b, kind="generator", champion="one", challenger="two",
                challenger_first=False,
            )
        )  # fmt: skip
    await show(services, again, first)
    await show(services, a, b)
    found = (await services.quality.over_time(1, NOW)).total
    assert (found.questions, found.turns, found.answers) == (2, 3, 3), "Ask again is no question, and was read"
    assert (found.satisfied.n, found.abstained.count) == (1, 0), "nobody was left with the declined second answer"
    await show(services, b, a)
    found = (await services.quality.over_time(1, NOW)).total
    assert (found.questions, found.turns, found.satisfied.n, found.abstained.count) == (2, 3, 0, 1)


async def test_a_turn_of_a_clock_that_is_ahead_is_not_lost(services: Services, log: Log) -> None:
    await log.turn(NOW + timedelta(hours=1))
    await services.quality.over_time(1, NOW)
    await services.quality.slices("document", 30, 10, NOW)
    later = await services.quality.over_time(2, NOW + timedelta(days=1))
    assert [bucket.turns for bucket in later.buckets] == [1, 0]


async def test_operators_read_figures_and_others_do_not(
    app: FastAPI, services: Services, client: httpx.AsyncClient, stranger: httpx.AsyncClient
) -> None:
    paths = ("metrics?days=3", "metrics/slices?by=source", "themes", "decisions")
    async with client_of(app, "olga@example.org") as operator:
        await services.auth.create_person("o@example.org", None, role="operator")
        me = (await operator.get("/api/v1/me")).json()
        async with services.database.session() as session:
            await session.execute(sa.update(Person).where(sa.column("id") == me["id"]).values(role="operator"))
        for path in paths:
            assert (await operator.get(f"/api/v1/admin/{path}")).status_code == 200, path
            assert (await client.get(f"/api/v1/admin/{path}")).status_code == 403, path
            assert (await stranger.get(f"/api/v1/admin/{path}")).status_code == 401, path


async def test_a_document_is_named_only_where_its_owner_agreed(services: Services) -> None:
    log = Log(
        services.database,
        await person(services, "a@example.org", trains_others=True),
        await person(services, "b@example.org"),
    )
    for number, owner in enumerate(log.people):
        async with services.database.session() as session:
            document = Document(
                id=f"d{number}", owner_id=owner.id, sha256="0", name=f"{number}.pdf", title="T", size=1,
                media_type="application/pdf",
            )  # fmt: skip
            session.add(document)
        await log.turn(NOW, person=number, shown=f"*d{number}")
    found = await services.quality.slices("document", 1, 10, NOW)
    assert {one.key: one.label for one in found.sources} == {"d0": "0.pdf", "d1": None}
    (kind,) = (await services.quality.slices("source", 1, 10, NOW)).sources
    assert (kind.key, kind.shown) == ("application/pdf", 2)


async def test_the_newest_schema_has_every_trigger_that_deletes_outdated_figures(services: Services) -> None:
    async with services.database.session() as session:
        found = await session.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"))
    names = [
        f"quality_{table}_{event}"
        for table in ("edit", "exposure", "feedback", "turn")
        for event in ("delete", "insert", "update")
    ]
    assert list(found.scalars()) == names
