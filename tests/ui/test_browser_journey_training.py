"""The whole loop as one person lives it, in headless Chromium on the real server: from a file to an answer, from an
edit to a lesson, from votes to a trained version that the gate lets answer, and back."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ui.browsing import ask, shoot
from tests.ui.journeying import HANDBOOK, QUESTION, fill, served

pytestmark = pytest.mark.browser

PATIENCE = 180_000  # milliseconds; what trains yields to everybody
RUNS = "/api/v1/admin/training-runs"


@pytest.fixture
def login_link(tmp_path: Path) -> Iterator[str]:
    home = tmp_path / "home"
    asyncio.run(fill(home))
    with served(home) as link:
        yield link


async def test_from_an_upload_to_a_promoted_version_and_back(browser: Browser, login_link: str) -> None:
    page = await (await browser.new_context(viewport={"width": 1440, "height": 900})).new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto(login_link)
    await read_and_teach(page)
    await look_at_the_quality(page, login_link)
    await cancel_a_run(page, login_link)
    trained = await train(page, login_link)
    assert await version_that_answers(page, login_link) == trained
    await page.goto(urljoin(login_link, "/operator/quality"))
    await expect(page.locator("tr", has_text=trained)).to_be_visible()

    await page.goto(urljoin(login_link, "/operator/models"))
    await page.click("#back-retriever")
    await expect(page.locator("#said")).to_have_text("Done.")
    assert await version_that_answers(page, login_link) != trained
    await page.goto(urljoin(login_link, "/operator/models"))
    await page.click(f"#promote-{trained}")
    await expect(page.locator(f"#v-{trained} .chips")).to_contain_text("champion")
    log = page.locator("#log h3")
    await expect(log).to_contain_text(["promoted", "rolled back to what ships", "promoted"])
    assert await version_that_answers(page, login_link) == trained


async def read_and_teach(page: Page) -> None:
    """Upload, ask, open the source at its page, edit, ask again in the new style, vote."""
    await expect(page.locator("#scope")).to_contain_text("Asking your 1 document", timeout=PATIENCE)
    await page.set_input_files("#upload-input", HANDBOOK)
    await expect(page.locator("#scope")).to_contain_text("Asking your 2 documents", timeout=PATIENCE)
    await ask(page, QUESTION)
    await expect(page.locator("#history .prose")).to_be_visible(timeout=PATIENCE)
    await page.click("#history .cite >> nth=0", timeout=PATIENCE)
    async with page.context.expect_page() as opened:
        await page.locator("#source-1 footer a[href*='/page/']").click()
    seen = await opened.value
    await expect(seen.locator("#mark")).to_be_in_viewport()
    await seen.close()

    await page.click("#history [data-edit-answer]")
    area = page.locator(".editor textarea")
    await area.fill(f"{await area.input_value()}\n\nKind regards")
    await area.press("Control+Enter")
    await expect(page.locator("[role=status] .learning.good")).to_contain_text("Kind regards", timeout=PATIENCE)
    await ask(page, QUESTION)
    again = page.locator("#history article").nth(1)
    await expect(again.locator(".prose")).to_contain_text("Kind regards", timeout=PATIENCE)
    thumb = again.locator("[data-vote=up]")
    await thumb.click()
    await expect(thumb).to_have_attribute("aria-pressed", "true")
    await page.wait_for_function("JSON.parse(localStorage['attune-outbox']).length === 0")  # the server has it


async def look_at_the_quality(page: Page, link: str) -> None:
    await page.goto(urljoin(link, "/operator/quality"))
    totals = page.locator(".totals > div")
    await expect(totals.filter(has_text="Satisfied votes")).to_contain_text("100%")
    await expect(totals.filter(has_text="Satisfied votes")).to_contain_text("answers with a vote: 1")
    await expect(page.locator("tr", has_text=HANDBOOK.name)).to_be_visible()


async def cancel_a_run(page: Page, link: str) -> None:
    """One that would take long: its curve grows before one's eyes, and it is gone when it is stopped."""
    await page.goto(urljoin(link, "/operator/runs"))
    order = {"kind": "retriever", "steps": 100_000}
    begun = await page.evaluate(
        "order => attune_pieces.ask('POST', order.path, order.body).then((r) => r.json())",
        {"path": RUNS, "body": order},
    )
    await page.reload()
    run = page.locator(f"#r-{begun['id']}")
    await expect(run.locator("polyline")).to_be_visible(timeout=PATIENCE)
    caption = await run.locator("figcaption").inner_text()
    await expect(run.locator("figcaption")).not_to_have_text(caption, timeout=PATIENCE)
    await page.fill("#minutes", "1")  # what is typed meanwhile stays
    await shoot(page, "journey-1-training")
    await run.get_by_role("button", name="Cancel").click()
    await expect(run.locator(".chips")).to_contain_text("cancelled")
    await expect(page.locator("#minutes")).to_have_value("1")


async def train(page: Page, link: str) -> str:
    """The version that a run made that was started from the page, once the gate has let it answer."""
    await page.check("#start [value=retriever]")
    await page.click("#start [type=submit]")
    await expect(page.locator("#said")).to_have_text("Started.")
    run = page.locator("#runs > ul > li").first
    await expect(run.locator(".run-promoted")).to_be_visible(timeout=PATIENCE)
    await expect(run.locator("thead").first).to_contain_text("Champion")
    await shoot(page, "journey-2-promoted")
    return await run.locator("a", has_text="retriever-").inner_text()


async def version_that_answers(page: Page, link: str) -> str:
    """Of the retriever, for a question that is asked now."""
    await page.goto(urljoin(link, "/"))
    await expect(page.locator(".welcome")).to_be_visible(timeout=PATIENCE)
    await ask(page, QUESTION)
    await expect(page.locator("#history .prose")).to_be_visible(timeout=PATIENCE)
    turn = await page.locator("#history article").get_attribute("data-turn")
    answered = await page.request.get(urljoin(link, f"/api/v1/turns/{turn}"))
    return str((await answered.json())["versions"]["retriever"])
