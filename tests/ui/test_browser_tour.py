"""The tour in headless Chromium: it shows whoever is new around, once, and gets in nobody's way."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ui.browsing import SIZES, enter, shoot
from tests.ui.stand_in import Account, StandIn

pytestmark = pytest.mark.browser

TOKEN = "token-of-ada@example.org"


@pytest.fixture
def newcomer(scripted: StandIn) -> Account:
    account = scripted.accounts[TOKEN]
    account.person.toured = False
    return account


async def at_step(page: Page, title: str) -> None:
    """The card speaks of it, and all of it is in view."""
    await expect(page.locator("#tour h2")).to_have_text(title)
    await expect(page.locator("#tour")).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", SIZES)
async def test_a_newcomer_with_the_demo_corpus_asks_and_is_led_on_to_the_end(
    browser: Browser, pages_url: str, scripted: StandIn, newcomer: Account, size: str
) -> None:
    scripted.add_document(TOKEN, "warden-handbook-2025.pdf")
    page = await enter(browser, pages_url, size)
    await at_step(page, "Ask a question")
    await expect(page.locator("#tour h2")).to_be_focused()
    await shoot(page, f"{size}-tour-1-ask")
    await page.click("#tour .try")
    await expect(page.locator("#question textarea")).to_be_focused()
    await page.keyboard.press("Enter")
    await at_step(page, "See what it rests on")
    await expect(page.locator("#history .question")).to_contain_text("assembly point", timeout=20_000)
    await expect(page.locator("#tour h2")).not_to_be_focused()
    await shoot(page, f"{size}-tour-2-source")
    await page.get_by_role("button", name="Next", exact=True).click()
    await at_step(page, "Make the answer yours")
    await shoot(page, f"{size}-tour-3-edit")
    await page.keyboard.press("Shift+Tab")  # from the heading back to the page, which stays usable
    for title in ("See what was learned", "Add your own documents"):
        await page.get_by_role("button", name="Next", exact=True).press("Enter")
        await at_step(page, title)
    await shoot(page, f"{size}-tour-5-documents")
    assert not newcomer.person.toured
    await page.get_by_role("button", name="Done").click()
    await expect(page.locator("#tour, #tour-ring")).to_have_count(0)
    await page.reload()
    await expect(page.locator("#account .account")).to_be_attached(timeout=20_000)
    await expect(page.locator("#tour")).to_have_count(0)
    assert newcomer.person.toured


async def test_in_an_empty_home_it_begins_with_documents_goes_on_after_a_reload_and_comes_again_only_when_asked_for(
    browser: Browser, pages_url: str, newcomer: Account
) -> None:
    page = await enter(browser, pages_url)
    await at_step(page, "Begin with your documents")
    await shoot(page, "desktop-tour-empty")
    await page.get_by_role("button", name="Next", exact=True).click()
    await at_step(page, "Ask a question")
    await expect(page.locator("#tour .try")).to_be_hidden()
    await page.reload()
    await at_step(page, "Ask a question")
    await page.keyboard.press("Escape")
    await expect(page.locator("#tour")).to_have_count(0)
    await page.goto(f"{pages_url}/settings")
    assert newcomer.person.toured
    await page.click("#show-around")
    await at_step(page, "Begin with your documents")
    assert not newcomer.person.toured
