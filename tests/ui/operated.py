"""A home with a past, for the tests of the operators' pages: people who asked, voted and complained, versions, runs."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app.auth import OWNER_EMAIL
from app.db import Database, sqlite_url
from app.home import Home
from app.models import Document, Exposure, ModelVersion, Person, Promotion, utc_now
from app.models_comparisons import Comparison
from app.models_training import TrainingRun
from app.versions import read
from tests.app.logging_turns import Log
from tests.app.trained import HOLDOUT, adopted

DAYS = 40
HOSTILE = "<img src=x onerror=\"document.title='pwned'\"> parental leave policy is missing"
COMPLAINTS = (HOSTILE, "parental leave policy for fathers", "parental leave policy, how long", "the wifi password?")
REPORT: dict[str, Any] = {
    "metric": "nDCG@10",
    "n": 120,
    "primary": {"champion": 0.612, "challenger": 0.655, "n": 120, "difference": 0.043, "interval": [0.012, 0.074]},
    "guards": {"latency": {"champion": 0.021, "challenger": 0.022, "ratio": 1.05, "limit": 1.25, "passed": True}},
}
WORSE: dict[str, Any] = {
    **REPORT,
    "primary": {"champion": 0.655, "challenger": 0.649, "n": 120, "difference": -0.006, "interval": [-0.021, 0.01]},
}
PASSAGE = "Five days of leave may be kept until the end of March. What is left by then is lost unless you were ill."
MEASURED: dict[str, Any] = {"before": {"mrr@10": 0.417, "n": 31}, "after": {"mrr@10": 0.523, "n": 31}}
REFUSED = "The nDCG@10 is 0.649 and the champion's 0.655: the 95 % interval of the difference does not lie above 0."


def furnish(home: Path) -> dict[str, str]:
    """Fill an empty home; the versions in it by what was decided on them."""
    return asyncio.run(_furnish(Home(home)))


async def _furnish(home: Home) -> dict[str, str]:
    home.create()
    database = Database(sqlite_url(home.database))
    await database.migrate()
    people = [
        Person(email=OWNER_EMAIL, display_name="Owner", role="admin", trains_others=True),
        Person(email="ann@example.org", display_name="Ann", trains_others=True),
        Person(email="ben@example.org", display_name="Ben"),
    ]
    async with database.session() as session:
        session.add_all(people)
        await session.flush()
        for name in ("handbook", "minutes"):
            session.add(
                Document(
                    id=name, owner_id=people[1].id, sha256=name, name=f"{name}.pdf", title=name, size=1,
                    media_type="application/pdf", status="indexed", passages=1,
                )
            )  # fmt: skip
    log = Log(database, *people)
    await _past(log)
    await _compared(log)
    async with database.session() as session:
        await session.execute(sa.update(Exposure).values(text=PASSAGE))
    made = await _versions(database, home)
    await database.close()
    return made


async def _past(log: Log) -> None:
    """Two turns a day, satisfied more and more; complaints of people who agreed and of one who did not."""
    now = utc_now()
    for day in range(DAYS):
        for person in (1, 2):
            at = now - timedelta(days=day, hours=person)
            turn = await log.turn(
                at,
                person=person,
                question="How many days of leave may be kept?",
                versions={"generator": "generator-small", "selector": "selector-first"},
                timings={"retrieve": 40 + day, "generate": 900 + 20 * day},
                shown="**handbook *minutes",
                abstained=day % 9 == 0,
            )
            await log.say(turn, "up" if day < 12 or day % 3 else "down", at, text="" if day % 6 else "too long")
            await log.say(turn, "helped" if (day + person) % 2 else "wrong", at, 2)
            if day % 4 == 0:
                await log.say(turn, "citation_opened", at, 1)
                await log.edit(turn, 0.1 + day / 100)
    for person in (1, 2):
        for number, said in enumerate(COMPLAINTS):
            at = now - timedelta(hours=30 + number)
            turn = await log.turn(at, person=person, question=said, versions={}, timings={"generate": 1000})
            await log.say(turn, "down", at, text=f"{said} ({'Ann' if person == 1 else 'Ben'})", reasons=["incomplete"])


async def _compared(log: Log) -> None:
    """Ten questions of Ann's that two versions answered: she preferred the newer one seven times, once either would do,
    and once she did not say."""
    for number, choice in enumerate(["b"] * 7 + ["a", "tie", None]):
        at = utc_now() - timedelta(days=number)
        first, second = [await log.turn(at, person=1, question="Who has the keys?", versions={}) for _ in range(2)]
        compared = Comparison(
            person_id=log.people[1].id, turn_id=first, other_id=second, kind="generator", champion="generator-small",
            challenger="generator-curt", challenger_first=False,
        )  # fmt: skip
        async with log.database.session() as session:
            session.add(compared)
        if choice:
            await log.say(first, "compared", at, comparison=compared.id, choice=choice)


async def _versions(database: Database, home: Home) -> dict[str, str]:
    """A retriever that was promoted, and one that was refused after a training run."""
    first, second = (adopted(home.root, home.root.parent / f"trained-{seed}", seed) for seed in (1, 2))
    async with database.session() as session:
        for name in (first, second):
            found = read(home.models / name)
            session.add(
                ModelVersion(
                    id=name, kind=found.kind, path=f"models/{name}", manifest=dict(found.manifest) | MEASURED,
                    files=dict(found.files),
                )
            )  # fmt: skip
        await session.flush()
        refused = Promotion(
            kind="retriever", version_id=second, previous_id=first, accepted=False, holdout=HOLDOUT, report=WORSE,
            reasons=[REFUSED],
        )  # fmt: skip
        session.add_all([
            Promotion(
                kind="retriever", version_id=first, accepted=True, number=1, holdout=HOLDOUT, report=REPORT,
                created_at=utc_now() - timedelta(days=9),
            ),
            refused,
        ])  # fmt: skip
        await session.flush()
        curve = [{"step": 10 * step, "loss": 0.9 / step} for step in range(1, 30)]
        session.add(
            TrainingRun(
                job_id="gone", kind="retriever", minutes=20, state="done", stage="decided", labels=140, people=2,
                curve=curve, version_id=second, promotion_id=refused.id, before={"ndcg@10": 0.655},
                after={"ndcg@10": 0.649}, ended_at=utc_now(),
            )
        )  # fmt: skip
    return {"promoted": first, "refused": second}
