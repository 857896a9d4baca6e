"""What goes wrong on the way, in headless Chromium: nothing that was typed or answered is lost."""

import pytest
from playwright.async_api import Browser, expect

from tests.ui.browsing import ask, enter, shoot
from tests.ui.conftest import eventually
from tests.ui.cutting import wired
from tests.ui.stand_in import StandIn

pytestmark = pytest.mark.browser

BOX = "#question textarea"


async def test_a_network_that_is_cut_in_the_middle_of_an_answer_loses_nothing(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    scripted.pace, scripted.answer = 0.1, "word " * 200
    async with wired(pages_url) as (url, wire):
        page = await enter(browser, url)
        await ask(page, "Tell me everything")
        await expect(page.locator("#live .prose")).to_contain_text("word word")
        await page.fill(BOX, "And what")
        await page.type(BOX, " then?")
        wire.cut()
        assert await eventually(scripted.stopped, 15), "the server goes on for nobody"
        await shoot(page, "desktop-light-cut")
        assert "word word" in await page.locator("#thread").inner_text()
        wire.mend()
        await page.reload()
        await expect(page.locator("#history .question")).to_have_text("Tell me everything", timeout=20_000)
        await expect(page.locator("#history .prose")).to_contain_text("word word")
        await expect(page.locator("#history .state")).to_contain_text("Stopped")
        await expect(page.locator(BOX)).to_have_value("And what then?")
        scripted.pace, scripted.answer = 0.0, "Short."
        await page.press(BOX, "Enter")  # what was typed before can be asked as it is
        await expect(page.locator("#history .question")).to_have_text(["Tell me everything", "And what then?"])
        await page.reload()
        await expect(page.locator("#history .question").nth(1)).to_be_visible(timeout=20_000)
        await expect(page.locator(BOX)).to_have_value("")


async def test_the_back_button_leads_back_through_conversations_and_from_other_pages(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await enter(browser, pages_url)
    shown = page.locator("#history .question")
    for question in ("First?", "Second?"):
        await page.click("[data-act=new]")
        await expect(page.locator(".welcome")).to_be_visible()
        await ask(page, question)
        await expect(shown).to_have_text([question])
        await expect(page.locator("#send")).to_be_visible()
    await page.locator("#conversations .item", has_text="First?").click()
    await expect(shown).to_have_text(["First?"])
    await page.go_back()
    await expect(shown).to_have_text(["Second?"])
    await page.type(BOX, "half a quest")
    await page.click("#account a")
    await expect(page.locator("h1")).to_have_text("About me")
    await page.go_back()
    await expect(shown).to_have_text(["Second?"], timeout=20_000)
    await expect(page.locator(BOX)).to_have_value("half a quest")
    await page.go_forward()
    await expect(page.locator("h1")).to_have_text("About me")
