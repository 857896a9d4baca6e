"""The whole loop with the models that ship: the embedded generator writes, MiniLM finds. Minutes on a slow machine."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ui.browsing import shoot
from tests.ui.journeying import EMBEDDED, fill, served
from tests.ui.test_browser_journey_training import (
    PATIENCE,
    look_at_the_quality,
    read_and_teach,
    version_that_answers,
)

STEPS = 40  # a run over so few labels takes four by itself, which teach a real encoder nothing that the gate can see
pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def train(page: Page, link: str) -> str:
    """The version that a run of so many steps made, once the gate has let it answer."""
    await page.goto(urljoin(link, "/operator/runs"))
    begin = "order => attune_pieces.ask('POST', '/api/v1/admin/training-runs', order).then((r) => r.json())"
    begun = await page.evaluate(begin, {"kind": "retriever", "steps": STEPS})
    await page.reload()
    run = page.locator(f"#r-{begun['id']}")
    await expect(run.locator(".run-promoted")).to_be_visible(timeout=3 * PATIENCE)
    return await run.locator("a", has_text="retriever-").inner_text()


@pytest.fixture
def login_link(tmp_path: Path) -> Iterator[str]:
    asyncio.run(fill(tmp_path / "home", EMBEDDED["ATTUNE_ENCODER"]))
    with served(tmp_path / "home", EMBEDDED) as link:
        yield link


async def test_from_an_upload_to_a_promoted_version_with_the_models_that_ship(
    browser: Browser, login_link: str
) -> None:
    context = await browser.new_context(viewport={"width": 1440, "height": 900})
    page = await context.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto(login_link)
    await read_and_teach(page)
    await shoot(page, "journey-embedded-1-answers")
    turn = await page.locator("#history article").last.get_attribute("data-turn")
    answered = await page.request.get(urljoin(login_link, f"/api/v1/turns/{turn}"))
    assert "smollm2" in (await answered.json())["versions"]["generator"].lower()
    await look_at_the_quality(page, login_link)
    trained = await train(page, login_link)
    assert await version_that_answers(page, login_link) == trained
    await page.goto(urljoin(login_link, "/operator/models"))
    await expect(page.locator(f"#v-{trained} .chips")).to_contain_text("champion", timeout=PATIENCE)
    await shoot(page, "journey-embedded-2-models")
    await context.close()
