"""Two answers side by side in headless Chromium: agreed to on About me, chosen between, or left open."""

import pytest
from playwright.async_api import Browser, expect

from tests.ui.browsing import SIZES, ask, enter, shoot
from tests.ui.stand_in import StandIn
from tests.ui.test_browser_accessibility import serious

pytestmark = pytest.mark.browser

TOKEN = "token-of-ada@example.org"


@pytest.mark.parametrize("size", SIZES)
async def test_who_switched_it_on_says_which_of_two_answers_is_better(
    browser: Browser, pages_url: str, scripted: StandIn, size: str
) -> None:
    page = await enter(browser, pages_url, size, "dark" if size == "phone" else "light")
    await page.goto(f"{pages_url}/about-me")
    for name in ("Let others gain from what I do", "Show me two answers now and then"):
        await page.get_by_role("switch", name=name).click()
        await expect(page.get_by_role("switch", name=name)).to_be_checked()
    assert not await serious(page)
    person = scripted.accounts[TOKEN].person
    assert (person.trains_others, person.compares) == (True, True)
    await page.goto(pages_url)
    scripted.pace = 0.1  # a slow machine has to see both answers come
    await ask(page, "How much leave do I have?")
    await expect(page.locator("#live .comparison")).to_contain_text("A second answer is being written", timeout=20_000)
    choices = page.get_by_role("group", name="Which answer is better?")
    await expect(choices.get_by_role("button")).to_have_text(["A is better", "About the same", "B is better"])
    await expect(page.locator("#history .side")).to_have_count(2)
    await expect(page.locator("#stop")).to_be_hidden()
    assert not await serious(page)
    await shoot(page, f"{size}-comparison")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await choices.get_by_role("button", name="B is better").click()
    await expect(page.locator("#history .siblings")).to_have_text("‹2/2›", timeout=20_000)
    await expect(page.locator("#history .prose")).to_have_text("You may take 28 days [1].")
    await expect(page.get_by_role("button", name="Previous answer")).to_be_focused()
    assert [one.choice for one in scripted.accounts[TOKEN].choices] == ["b"]
    scripted.pace, scripted.answer = 0.0, "In summer [1]."
    await ask(page, "And when?")
    await expect(choices).to_be_visible(timeout=20_000)  # and is no reason not to ask on
    await ask(page, "Left open?")
    await expect(page.locator("#history .question")).to_have_text(
        ["How much leave do I have?", "And when?", "Left open?"], timeout=20_000
    )
