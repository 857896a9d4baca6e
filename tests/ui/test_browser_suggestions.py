"""What could be asked next, in headless Chromium: one click asks it, what was typed stays; it can be switched off."""

import pytest
from playwright.async_api import Browser, expect

from tests.ui.browsing import SIZES, ask, enter, shoot
from tests.ui.stand_in import StandIn
from tests.ui.test_browser_accessibility import serious

pytestmark = pytest.mark.browser

NEXT = ["What does Handbook say about “Frost”?", "<b>May I bring my dog?</b>"]


@pytest.mark.parametrize("size", SIZES)
async def test_a_suggestion_is_asked_with_one_click_and_there_are_none_where_they_are_not_wanted(
    browser: Browser, pages_url: str, scripted: StandIn, size: str
) -> None:
    page = await enter(browser, pages_url, size)
    await ask(page, "How much leave?")
    await expect(page.locator("#history .prose")).to_be_visible(timeout=20_000)
    await expect(page.locator(".suggestions")).to_be_empty()
    scripted.suggestions = NEXT
    await page.reload()
    group = page.get_by_role("group", name="You could ask next")
    await expect(group.get_by_role("button")).to_have_text(NEXT, timeout=20_000)
    assert await serious(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await shoot(page, f"{size}-light-suggestions")
    await page.type("#question textarea", "half a quest")
    await group.get_by_role("button", name=NEXT[0]).click()
    await expect(page.locator("#history .question")).to_have_text(["How much leave?", NEXT[0]], timeout=20_000)
    await expect(page.locator("#question textarea")).to_have_value("half a quest")
    await expect(group).to_have_count(1)  # under the last answer alone
    await page.goto(f"{pages_url}/settings")
    await page.get_by_label("Suggest what I could ask next").click()
    await expect(page.locator("#said")).to_have_text("Saved.")
    await expect(page.get_by_label("Suggest what I could ask next")).not_to_be_checked()
    await page.go_back()
    await expect(page.locator("#history .question")).to_have_count(2, timeout=20_000)
    await expect(page.locator(".suggestions")).to_be_empty()
