"""Voting in headless Chromium: with the mouse, the keyboard and a finger; and that no event is lost or doubled."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ui.browsing import SIZES, ask, enter, shoot
from tests.ui.stand_in import Refusal, StandIn

pytestmark = pytest.mark.browser

TOKEN = "token-of-ada@example.org"


async def answered(page: Page, question: str = "How much leave do I have?") -> None:
    await ask(page, question)
    await expect(page.locator("#history .question").last).to_have_text(question, timeout=20_000)


def kinds(scripted: StandIn) -> list[str]:
    return [event.kind for event in scripted.accounts[TOKEN].feedback.values()]


async def logged(page: Page, scripted: StandIn, expected: list[str]) -> None:
    for _ in range(100):
        if kinds(scripted) == expected:
            return
        await page.wait_for_timeout(100)
    assert kinds(scripted) == expected


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_a_thumb_down_needs_no_text_and_takes_reasons_in_one_click_each(
    browser: Browser, pages_url: str, scripted: StandIn, size: str, scheme: str
) -> None:
    page = await enter(browser, pages_url, size, scheme)
    await answered(page)
    up, down = page.get_by_role("button", name="Good answer"), page.get_by_role("button", name="Bad answer")
    reasons = page.get_by_role("group", name="What was wrong?")
    await expect(reasons).to_be_hidden()
    await up.click()
    await expect(up).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".vote-said")).to_contain_text("no single vote moves a ranking")
    await down.click()
    await expect(up).to_have_attribute("aria-pressed", "false")
    await expect(reasons).to_be_visible()
    await reasons.get_by_role("button", name="Not correct").click()
    await reasons.get_by_role("button", name="Something is missing").click()
    await shoot(page, f"{size}-{scheme}-vote-1-reasons")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await logged(page, scripted, ["up", "down", "down", "down"])
    last = list(scripted.accounts[TOKEN].feedback.values())[-1]
    assert (last.reasons, last.text) == (["incomplete", "incorrect"], "")
    await page.fill(".vote-text input", "28 is last year's")
    await page.press(".vote-text input", "Enter")
    await logged(page, scripted, ["up", "down", "down", "down", "down"])
    await page.reload()
    await expect(down).to_have_attribute("aria-pressed", "true", timeout=20_000)
    await expect(page.locator(".vote-text input")).to_have_value("28 is last year's")
    await down.click()
    await expect(reasons).to_be_hidden()
    await logged(page, scripted, ["up", "down", "down", "down", "down", "withdrawn"])


@pytest.mark.parametrize("size", SIZES)
async def test_each_source_takes_a_verdict(browser: Browser, pages_url: str, scripted: StandIn, size: str) -> None:
    page = await enter(browser, pages_url, size)
    await answered(page)
    await page.click("#history .cite >> nth=1")
    group = page.locator("#source-2").get_by_role("group")
    await group.get_by_role("button", name="Not relevant").click()
    await expect(group.get_by_role("button", name="Not relevant")).to_have_attribute("aria-pressed", "true")
    await group.get_by_role("button", name="Wrong").click()
    await expect(group.get_by_role("button", name="Not relevant")).to_have_attribute("aria-pressed", "false")
    await shoot(page, f"{size}-light-vote-2-verdict")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await logged(page, scripted, ["citation_opened", "not_relevant", "wrong"])
    second = scripted.accounts[TOKEN].conversations.popitem()[1].turns[0].exposures[1].id
    assert {event.exposure_id for event in scripted.accounts[TOKEN].feedback.values()} == {second}


async def test_all_of_it_works_from_the_keyboard(browser: Browser, pages_url: str, scripted: StandIn) -> None:
    page = await enter(browser, pages_url)
    await answered(page)
    await page.get_by_role("button", name="Good answer").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    for _ in range(10):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.dataset.reason === 'incomplete'"):
            break
    await page.keyboard.press("Space")
    await expect(page.locator("[data-reason=incomplete]")).to_have_attribute("aria-pressed", "true")
    await logged(page, scripted, ["down", "down"])


async def test_what_is_done_with_an_answer_is_noted_where_it_is_done(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await enter(browser, pages_url)
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await answered(page)
    await page.click("#history [data-copy]")
    await page.click("#history .cite >> nth=0")
    async with page.context.expect_page():
        await page.click("#source-1 footer a")
    await logged(page, scripted, ["copied", "citation_opened", "source_opened"])
    await page.fill("#question textarea", "half a question")
    await page.click("#history [data-act=again]")
    await expect(page.locator("#history .siblings")).to_have_text("‹2/2›", timeout=20_000)
    await expect(page.locator("#history .question")).to_have_count(1)
    (_, first), (_, second) = scripted.asked
    (conversation,) = scripted.accounts[TOKEN].conversations.values()
    assert (second.question, second.regenerates) == (first.question, conversation.turns[0].id)
    await expect(page.locator("#question textarea")).to_have_value("half a question")
    await expect(page.locator("#history [data-act=again]")).to_have_count(1)


async def test_no_event_is_lost_while_the_server_is_away_nor_doubled_after(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await enter(browser, pages_url)
    await answered(page)
    scripted.refusal = Refusal(503, "No", "the disk is full: free some space")
    await page.get_by_role("button", name="Good answer").click()
    await page.get_by_role("button", name="Bad answer").click()
    await page.wait_for_timeout(500)
    assert kinds(scripted) == []
    scripted.refusal = None
    await page.reload()
    await logged(page, scripted, ["up", "down"])
    await expect(page.locator("[data-vote=down]")).to_have_attribute("aria-pressed", "true", timeout=20_000)
    assert await page.evaluate("localStorage.getItem('attune-outbox')") == "[]"


async def test_leaving_while_the_answer_is_written_is_noted(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    scripted.pace = 0.3
    page = await enter(browser, pages_url)
    await ask(page, "How much leave do I have?")
    await expect(page.locator("#live .cite").first).to_be_visible(timeout=20_000)
    await page.evaluate("document.querySelector('#live .cite').click()")  # its source is not in the log yet
    await page.goto("about:blank")
    await logged(page, scripted, ["abandoned"])
    again = await page.context.new_page()
    await again.goto(pages_url)
    await logged(again, scripted, ["abandoned", "citation_opened"])
