"""The list of conversations in headless Chromium: search, rename, delete, export, and more than its first page."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ui.browsing import SIZES, ask, enter, shoot
from tests.ui.stand_in import Refusal, StandIn
from tests.ui.wire_conversations import start

pytestmark = pytest.mark.browser

TOKEN = "token-of-ada@example.org"
HOSTILE = '<img src=x onerror="document.title=\'pwned\'"> "quoted" {{each}} ${x}'
REASON = "the disk is full: free some space"
BUSY = Refusal(503, "No", REASON)


def keep(scripted: StandIn, *titles: str) -> list[str]:
    """Conversations with these titles, the last one newest; returns their ids."""
    return [start(scripted.accounts[TOKEN], title).id for title in titles]


async def unfold(page: Page, title: str) -> None:
    await page.get_by_label(f"Rename, export or delete {title}").click()


async def library(page: Page, size: str) -> None:
    if size == "phone":
        await page.click(".tabs [data-tab=library]")


@pytest.mark.parametrize("size", SIZES)
async def test_a_conversation_is_renamed_where_it_stands(
    browser: Browser, pages_url: str, scripted: StandIn, size: str
) -> None:
    keep(scripted, "Boats", HOSTILE)
    page = await enter(browser, pages_url, size)
    await library(page, size)
    await unfold(page, HOSTILE)
    await shoot(page, f"{size}-light-conversations-1-unfolded")
    await page.click("[data-rename]")
    field = page.get_by_label("Title of the conversation")
    await expect(field).to_be_focused()
    await expect(field).to_have_value(HOSTILE)
    scripted.refusal = BUSY
    await field.fill("Huts")
    await field.press("Enter")
    await expect(page.locator(".rename .problem")).to_contain_text(REASON)
    await shoot(page, f"{size}-light-conversations-2-refused")
    scripted.refusal = None
    await field.press("Enter")
    await expect(page.locator("#conversations .name")).to_have_text(["Huts", "Boats"])
    await expect(page.locator("#conversations .item").first).to_be_focused()
    assert await page.title() == "Attune"
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_what_is_being_renamed_survives_the_end_of_an_answer(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    keep(scripted, "Boats")
    scripted.pace = 0.05
    page = await enter(browser, pages_url)
    await ask(page, "Where are the keys?")
    await expect(page.locator("#live .prose")).to_be_visible()
    await unfold(page, "Boats")
    await expect(page.locator("#history .prose")).to_be_visible(timeout=20_000)  # the list is drawn again under it
    await ask(page, "How much leave do I have?")
    await page.click("[data-row]:has-text('Boats') [data-rename]")
    field = page.get_by_label("Title of the conversation")
    await field.fill("Ships")
    await expect(page.locator("#history .prose")).to_have_count(2, timeout=20_000)
    await expect(field).to_have_value("Ships")
    await field.press("Escape")
    await expect(page.locator("#conversations .name")).to_have_text(["Where are the keys?", "Boats"])


@pytest.mark.parametrize("size", SIZES)
async def test_a_conversation_is_deleted_once_its_name_was_confirmed(
    browser: Browser, pages_url: str, scripted: StandIn, size: str
) -> None:
    keep(scripted, "Boats", "Huts")
    page = await enter(browser, pages_url, size)
    await ask(page, "How much leave do I have?")
    await expect(page.locator("#history .prose")).to_be_visible(timeout=20_000)
    await library(page, size)
    await unfold(page, "Boats")
    async with page.expect_event("dialog") as asking:  # playwright dismisses what nobody listens to
        page.once("dialog", lambda dialog: dialog.dismiss())
        await page.click("[data-row]:has-text('Boats') [data-remove]")
    assert "“Boats”" in (await asking.value).message
    await expect(page.locator("#conversations .item")).to_have_count(3)
    page.on("dialog", lambda dialog: dialog.accept())
    scripted.refusal = BUSY
    await page.click("[data-row]:has-text('Boats') [data-remove]")
    await expect(page.locator("#conversations-said")).to_contain_text(REASON)
    scripted.refusal = None
    await page.click("[data-row]:has-text('Boats') [data-remove]")
    await expect(page.locator("#conversations .item")).to_have_count(2)
    await expect(page.locator("#history .prose")).to_have_count(1)  # what is open stays open

    await unfold(page, "How much leave do I have?")
    await page.click("[data-row]:has-text('How much') [data-remove]")
    await expect(page.locator(".welcome")).to_have_count(1)
    await expect(page.locator("#conversations .name")).to_have_text(["Huts"])
    await page.wait_for_url(f"{pages_url}/")
    await page.click(".tabs [data-tab=chat]") if size == "phone" else None
    await ask(page, "And now?")
    await expect(page.locator("#history .question")).to_have_text(["And now?"], timeout=20_000)


@pytest.mark.parametrize("size", SIZES)
async def test_a_search_narrows_the_list_and_stays_while_one_is_opened(
    browser: Browser, pages_url: str, scripted: StandIn, size: str
) -> None:
    boats, _ = keep(scripted, "Boats", "Huts")
    page = await enter(browser, pages_url, size)
    await ask(page, "How much leave do I have?")
    await expect(page.locator("#history .prose")).to_be_visible(timeout=20_000)
    await library(page, size)
    field = page.get_by_label("Search your conversations")
    await field.fill("carried over")  # answered, and in no title
    await expect(page.locator("#conversations .name")).to_have_text(["How much leave do I have?"])
    await expect(page.locator("#conversations-said")).to_have_text("1 found")
    await shoot(page, f"{size}-light-conversations-3-found")
    await field.fill("boats")
    await expect(page.locator("#conversations .name")).to_have_text(["Boats"])
    await page.click("#conversations .item")
    await page.wait_for_url(f"{pages_url}/?c={boats}")
    await library(page, size)
    await expect(page.locator("#conversations .item[aria-current]")).to_have_text("Boats")
    await expect(page.locator("#conversations .item")).to_have_count(1)
    await field.fill("submarine")
    await expect(page.locator("#conversations")).to_contain_text("No conversation holds all of these words")
    scripted.refusal = BUSY
    await field.fill("submarines")
    await expect(page.locator("#conversations-said")).to_contain_text(REASON)
    scripted.refusal = None
    await field.press("Escape")
    await expect(page.locator("#conversations .item")).to_have_count(3)


async def test_the_list_goes_on_past_its_first_page_and_stays_unfolded(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    keep(scripted, *(f"Conversation {number}" for number in range(120)))
    page = await enter(browser, pages_url)
    items = page.locator("#conversations .item")
    await expect(items).to_have_count(50)
    await page.click("[data-more]")
    await expect(items).to_have_count(100)
    await expect(items.nth(50)).to_be_focused()
    await items.nth(90).click()
    await expect(page.locator("#conversations .item[aria-current]")).to_have_text("Conversation 29")
    await expect(items).to_have_count(100)
    await page.click("[data-more]")
    await expect(items).to_have_count(120)
    await expect(page.locator("[data-more]")).to_have_count(0)


async def test_all_of_it_is_reached_from_the_keyboard(browser: Browser, pages_url: str, scripted: StandIn) -> None:
    keep(scripted, "Boats")
    page = await enter(browser, pages_url)
    await page.get_by_label("Search your conversations").focus()
    for key in ("Tab", "Tab", "Enter", "Tab", "Enter"):  # the conversation, its menu, unfolded, Rename, pressed
        await page.keyboard.press(key)
    await expect(page.get_by_label("Title of the conversation")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_label("Rename, export or delete Boats")).to_be_focused()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Tab")
    await expect(page.locator("#conversations a", has_text="Export")).to_be_focused()
