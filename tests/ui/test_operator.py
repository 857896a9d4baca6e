"""The operators' pages without a browser: who may see them, what others wrote, what is drawn where nothing is known."""

from datetime import UTC, date, datetime

import httpx
import sqlalchemy as sa
from fastapi import FastAPI

from app.models import Person
from app.quality_figures import figures_of
from app.schemas_models import InUsePublic, ModelsPublic, PromotionPublic, VersionDetail
from app.schemas_quality import Excerpt, QualityBucket, QualityPublic, Rate, SlicesPublic, Theme, ThemesPublic
from app.services import Services
from tests.ui.operated import REPORT
from ui.client import ApiClient
from ui.operator import operator_routes
from ui.operator_models import render_models
from ui.operator_plot import Line, Plot, Point, render_plot
from ui.operator_quality import render_quality
from ui.operator_themes import render_themes

HOSTILE = "<script>alert(1)</script>"
DAY = date(2026, 5, 4)


async def test_operators_see_the_pages_and_others_are_told_why_not(app: FastAPI, services: Services) -> None:
    ann = await services.auth.create_person("ann@example.org", None)
    token = await services.auth.issue_token(ann, "test")
    pages = FastAPI()
    pages.include_router(operator_routes(ApiClient("http://test", transport=httpx.ASGITransport(app))))
    cookies, transport = {"attune_session": token}, httpx.ASGITransport(pages)
    async with httpx.AsyncClient(transport=transport, base_url="http://test", cookies=cookies) as browser:
        for name in ("quality", "themes", "queue", "runs", "models"):
            refused = await browser.get(f"/operator/{name}")
            assert (refused.status_code, "needs the role operator" in refused.text) == (403, True)
        async with services.database.session() as session:
            await session.execute(sa.update(Person).where(sa.column("id") == ann.id).values(role="operator"))
        for name, empty in (
            ("quality", "Nothing was asked in these days"),
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
