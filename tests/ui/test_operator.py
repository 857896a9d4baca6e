"""The operators' pages without a browser: who may see them, what others wrote, what is drawn where nothing is known."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import httpx
import sqlalchemy as sa
from fastapi import FastAPI

from app.feedback_export import Format
from app.models import ModelVersion, Person, Promotion
from app.models_training import TrainingRun
from app.quality_figures import figures_of
from app.schemas import Role
from app.schemas_comparisons import ComparedPair
from app.schemas_models import InUsePublic, ModelsPublic, PromotionPublic, VersionDetail
from app.schemas_quality import Excerpt, QualityBucket, QualityPublic, Rate, SlicesPublic, Theme, ThemesPublic
from app.schemas_satisfaction import Bin, SatisfactionPublic
from app.schemas_training import HoldoutPublic, KindStanding, TrainingPolicyPublic, TrainingRunDetail
from app.services import Services
from tests.ui.operated import MEASURED, REPORT
from ui.client import ApiClient
from ui.operator import operator_routes
from ui.operator_models import render_models
from ui.operator_opinions import render_compared, render_content
from ui.operator_plot import Line, Plot, Point, render_plot
from ui.operator_quality import render_quality
from ui.operator_runs import render_runs
from ui.operator_themes import render_themes

HOSTILE = "<script>alert(1)</script>"
DAY = date(2026, 5, 4)


@asynccontextmanager
async def visiting(app: FastAPI, services: Services, role: Role = "person") -> AsyncIterator[httpx.AsyncClient]:
    """A browser without scripts, of Ann, before the operators' pages."""
    ann = await services.auth.create_person("ann@example.org", None, role)
    token = await services.auth.issue_token(ann, "test")
    pages = FastAPI()
    pages.include_router(operator_routes(ApiClient("http://test", transport=httpx.ASGITransport(app))))
    cookies, transport = {"attune_session": token}, httpx.ASGITransport(pages)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", cookies=cookies) as browser:
        yield browser


async def test_operators_see_the_pages_and_others_are_told_why_not(app: FastAPI, services: Services) -> None:
    async with visiting(app, services) as browser:
        for name in ("quality", "themes", "queue", "runs", "models"):
            refused = await browser.get(f"/operator/{name}")
            assert (refused.status_code, "needs the role operator" in refused.text) == (403, True)
        async with services.database.session() as session:
            await session.execute(sa.update(Person).values(role="operator"))
        for name, empty in (
            ("quality", "Nothing was asked in these days"),
            ("quality", "Nothing was compared yet"),
            ("quality", "Nobody has voted yet"),
            ("themes", "No complaints in these days"),
            ("queue", "Nothing waits"),
            ("runs", "No training yet"),
            ("models", "No decision yet"),
        ):
            seen = await browser.get(f"/operator/{name}")
            assert seen.status_code == 200 and empty in seen.text, name
        browser.cookies.clear()
        assert (await browser.get("/operator/quality")).headers["location"] == "/login"


def test_what_people_wrote_stays_text() -> None:
    one = Excerpt(kind="vote", text=HOSTILE, reasons=["style"], turn_id="t", created_at=datetime.now(UTC))
    theme = Theme(terms=[HOSTILE], complaints=2, people=1, kinds={"vote": 2}, reasons={HOSTILE: 1}, examples=[one])
    shown = render_themes(
        ThemesPublic(since=DAY, until=DAY, complaints=2, hidden=0, more=False, themes=[theme], alone=0)
    )
    assert "<script>" not in shown
    assert shown.count("&lt;script&gt;") == 3


def test_a_line_has_gaps_where_there_was_nothing_to_count() -> None:
    points = [Point(0.5, 0.2, 0.8, 4), Point(0.25, 0.1, 0.4, 9), Point(None), Point(1.0)]
    plot = Plot("k", "Title", "Said.", list("abcd"), [Line("One", points)], lambda value: f"{value:.0%}", "Nothing.")
    drawn = render_plot(plot)
    assert (drawn.count("<polyline"), drawn.count("<circle"), drawn.count("<polygon")) == (2, 3, 1)
    assert "<td>50% (20% to 80%) of 4</td>" in drawn and "<td>–</td>" in drawn
    empty = render_plot(Plot("k", "Title", "Said.", ["a"], [Line("One", [Point(None)])], str, "Nothing."))
    assert "Nothing." in empty and "<svg" not in empty


def test_figures_stand_with_their_intervals() -> None:
    counts = {"turns": 3, "complete": 3, "abstained": 1, "up": 1, "down": 1, "ms 350": 3}
    bucket = QualityBucket(since=DAY, until=DAY, people=1, **dict(figures_of(counts)))
    nothing = SlicesPublic(by="document", since=DAY, until=DAY, total=0)
    shown = render_quality(QualityPublic(total=bucket, bucket_days=1, buckets=[bucket]), [nothing])
    assert "<b>50%</b><span class='muted'>9.4% to 91% · answers with a vote: 2</span>" in shown
    assert bucket.abstained == Rate(value=0.3333, low=0.0615, high=0.7923, count=1, n=3)
    assert "1.0 s" in shown and "from one person" in shown


def decision(version: str, previous: str | None, accepted: bool = True) -> PromotionPublic:
    return PromotionPublic(
        id="d", kind="retriever", version_id=version, previous_id=previous, action="promote", accepted=accepted,
        number=1, holdout="a" * 64, reasons=[] if accepted else [HOSTILE], report=REPORT, created_at=datetime.now(UTC),
    )  # fmt: skip


def test_promote_is_offered_for_exactly_the_exchange_that_the_gate_measured() -> None:
    def shown(champion: str | None, *decisions: PromotionPublic) -> str:
        used = InUsePublic(kind="retriever", version=champion or "v-0", source="promoted", champion=champion)
        version = VersionDetail(
            id="v-2", kind="retriever", parent_id=None, champion=False, decision="refused", manifest={}, files={},
            created_at=datetime.now(UTC), problem=None, decisions=list(decisions),
        )  # fmt: skip
        return render_models(ModelsPublic(in_use=[used], versions=[version]), {"v-2": version}, [], None)

    assert 'data-post="/api/v1/admin/models/v-2/promote"' in shown("v-1", decision("v-2", "v-1"))
    for other in (shown("v-3", decision("v-2", "v-1")), shown("v-1", decision("v-2", "v-1", accepted=False))):
        assert "/v-2/promote" not in other
        assert "attune models promote v-2 --data DIR" in other
    refused = shown("v-1", decision("v-2", "v-1", accepted=False))
    assert "&lt;script&gt;" in refused and "<script>" not in refused


async def test_every_link_to_a_version_leads_to_where_it_is_shown(app: FastAPI, services: Services) -> None:
    async with services.database.session() as session:
        for number in range(14):
            session.add(ModelVersion(id=f"retriever-{number:012x}", kind="retriever", path="", manifest={}, files={}))
            await session.flush()
        oldest = "retriever-000000000000"
        session.add(Promotion(kind="retriever", version_id=oldest, accepted=False, reasons=["worse"], report={}))
    async with visiting(app, services, "operator") as browser:
        seen = (await browser.get("/operator/models")).text
        assert f'id="v-{oldest}"' not in seen
        assert {f"/operator/models?version={oldest}#v-{oldest}"} == set(
            re.findall(r'href="(/operator/models[^"]+)"', seen)
        )
        assert f'id="v-{oldest}"' in (await browser.get(f"/operator/models?version={oldest}")).text
        assert (await browser.get("/operator/models?version=unknown")).status_code == 200


def test_a_run_tells_the_champion_from_what_its_recipe_began_with() -> None:
    now = datetime.now(UTC)
    run = TrainingRunDetail(
        id="r", kind="retriever", trigger="manual", started_by=None, minutes=20, steps=None, seed=0, state="done",
        stage="decided", labels=60, people=1, version_id="v-2", promotion_id="d", outcome="promoted", error=None,
        forgotten=2, created_at=now, started_at=now, ended_at=now, curve=[], holdout=None,
        before=MEASURED["before"] | {"nDCG@10": 0.612}, after=MEASURED["after"] | {"nDCG@10": 0.655},
    )  # fmt: skip
    made = VersionDetail(
        id="v-2", kind="retriever", parent_id=None, champion=True, decision="promoted", manifest=MEASURED, files={},
        created_at=now, problem=None, decisions=[decision("v-2", "v-1")],
    )  # fmt: skip
    holdout = HoldoutPublic(sets=["huts"], decisions={"retriever": 3}, most=20)
    policy = TrainingPolicyPublic(
        enabled=False, kinds=["selector"], labels=1_000_000, minutes=7.5, quiet_from=0, quiet_until=None,
        changed_by=None, updated_at=None, holdout=holdout, standing=[],
    )  # fmt: skip
    gate, own = render_runs([run], {"v-2": made}, policy, None).split("set aside for itself")
    assert "Against v-1 on 120 questions" in gate and ">Champion</th>" in gate and "0.612" in gate
    assert "mrr@10" not in gate and "Champion" not in own
    assert ">Before training</th>" in own and "<td>0.417</td><td>0.523</td>" in own and "0.612" not in own
    assert "2 of its log erased since" in gate
    other = run.model_copy(update={"promotion_id": "another"})
    assert "0.612" not in render_runs([other], {"v-2": made}, policy, None)
    assert 'value="1000000"' in own and 'value="7.5"' in own and "huts. Decided so far: retriever 3" in own
    assert own.count(" checked") == 1 and own.count('value="0"') == 1


async def test_what_ended_is_news_on_every_page_and_listed_on_the_one_of_runs(app: FastAPI, services: Services) -> None:
    async with visiting(app, services, "operator") as browser:
        assert "unseen" not in (await browser.get("/operator/models")).text
        at = datetime(2026, 5, 3, 10, 20, tzinfo=UTC)
        ended: dict[str, Any] = {"kind": "generator", "method": "kto", "minutes": 1.0, "state": "failed"}
        async with services.database.session() as session:
            for number in range(22):
                session.add(TrainingRun(job_id="gone", ended_at=at - timedelta(hours=number), **ended))
        assert (
            'Runs <span class="unseen" aria-label="22 runs ended">22</span></a>'
            in (await browser.get("/operator/models")).text
        )
        shown = (await browser.get("/operator/runs")).text
        news = shown.split('id="news"')[1].split("</section>")[0]
        assert (news.count("<li>"), "and 2 before" in news) == (20, True)
        assert "<b>Generator from answers wanted and not</b>: failed, 3 May 2026 10:20 UTC" in news
        assert "&quot;2026-05-03T10:20:00+00:00&quot;" in news
        assert '<option value="kto">answers wanted and not. 0 labels so far, 0 new, and 50 are the least.' in shown


async def test_admins_alone_are_offered_the_whole_log(app: FastAPI, services: Services) -> None:
    async with visiting(app, services, "operator") as browser:
        assert "/api/v1/admin/feedback" not in (await browser.get("/operator/quality")).text
        async with services.database.session() as session:
            await session.execute(sa.update(Person).values(role="admin"))
        shown = (await browser.get("/operator/quality")).text
        assert "also those who did not agree" in shown
        offered = re.findall('<option value="([^"]+)"', shown.split('id="export-format"')[1])
        assert (set(offered[:4]), offered[4:]) == (set(get_args(Format)), ["jsonl", "parquet"])


def test_labels_are_told_as_far_as_they_are_counted() -> None:
    def shown(labels: int) -> str:
        one = KindStanding(kind="retriever", new_labels=labels, labels=labels, least=50, waits_for=None)
        policy = TrainingPolicyPublic(
            enabled=False, kinds=["retriever"], labels=100, minutes=1, quiet_from=None, quiet_until=None,
            changed_by=None, updated_at=None, holdout=HoldoutPublic(sets=[], decisions={}, most=20), standing=[one],
        )  # fmt: skip
        return render_runs([], {}, policy, None)

    assert "40 labels so far, 40 new, and 50 are the least." in shown(40)
    assert "60 labels so far, 60 new." in shown(60)
    assert "100 labels or more so far." in shown(100)


def test_choices_and_chances_stand_with_how_far_to_believe_them() -> None:
    pair = ComparedPair(
        kind="generator", champion=HOSTILE, challenger="v-2", offered=12, n=10, people=1, wins=8, losses=1, ties=1,
        first_chosen=5, share=0.85, interval=(0.565, 0.98), p_value=0.0391,
    )  # fmt: skip
    shown = render_compared([pair])
    assert "8 of 9" in shown and "one person" in shown and "10 of 12 asked" in shown and "hardly" in shown
    assert "may be <small>p 0.5</small>" in render_compared([pair.model_copy(update={"p_value": 0.5})])
    assert "<script>" not in shown
    content = SatisfactionPublic(
        version="declared-1+120", weights={"edit_cost": -3.0}, slope=0.8, offset=0.1, n=120, brier=0.11,
        brier_declared=0.14, brier_base=0.2, bins=[Bin(above=0.6, n=120, mean_chance=0.7, share_up=0.75)],
    )  # fmt: skip
    drawn = render_content(content)
    assert (
        "60% to 80%" in drawn and "0.110 (mean square): better than" in drawn and "multiply their sum by 0.80" in drawn
    )
    assert "no better than" in render_content(content.model_copy(update={"brier": 0.3}))
