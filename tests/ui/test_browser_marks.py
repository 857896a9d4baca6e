"""Marks on pieces of an answer in headless Chromium: by selecting and with keys alone; seen again and taken back."""

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ui.browsing import SIZES, ask, enter, shoot
from tests.ui.stand_in import StandIn
from tests.ui.test_browser_accessibility import serious

pytestmark = pytest.mark.browser

TOKEN = "token-of-ada@example.org"
ANSWER = (
    "Annual leave is **28 days** 🌴 [1], and five of them may be kept [2]. See [days](https://x.org/of/kept) off:\n\n"
    "- Ask your lead.\n- Ask *early* [1]."
)
SELECT = """([from, to]) => {
  const prose = document.querySelector("#history .prose"), range = document.createRange(), nodes = [];
  const walk = document.createTreeWalker(prose, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) nodes.push(walk.currentNode);
  const at = (text) => nodes.map((node) => [node, node.data.indexOf(text)]).find(([, place]) => place >= 0);
  const [first, start] = at(from), [last, end] = at(to);
  range.setStart(first, start);
  range.setEnd(last, end + to.length);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""
LIT = """(kind) => [...(CSS.highlights.get(`attune-${kind}`) || [])].map((range) => range.toString())"""


async def logged(page: Page, scripted: StandIn) -> list[tuple[str, str]]:
    """What the server was told: each mark with the text of its place."""
    await page.wait_for_function("!JSON.parse(localStorage['attune-outbox'] || '[]').length")
    events = scripted.accounts[TOKEN].feedback.values()
    return [(event.kind, event.span.text) for event in events if event.span]


@pytest.mark.parametrize("size", SIZES)
async def test_selected_text_is_marked_seen_again_and_taken_back(
    browser: Browser, pages_url: str, scripted: StandIn, size: str
) -> None:
    scripted.answer = ANSWER
    page = await enter(browser, pages_url, size)
    await ask(page, "How much leave?")
    await expect(page.locator("#history .prose")).to_be_visible(timeout=20_000)
    bar = page.get_by_role("toolbar", name="This piece of the answer")
    await page.evaluate(SELECT, ["28 days", "five"])
    await expect(bar).to_be_in_viewport()
    await expect(bar.get_by_role("button", name="Take back")).to_be_hidden()
    await shoot(page, f"{size}-light-marking")
    await bar.get_by_role("button", name="Good").click()
    await expect(bar).to_be_hidden()
    await page.evaluate(SELECT, ["days", "off"])
    await bar.get_by_role("button", name="Wrong").click()
    wrong = "days** 🌴 [1], and five of them may be kept [2]. See [days](https://x.org/of/kept) off"
    assert await logged(page, scripted) == [
        ("span_good", "28 days** 🌴 [1], and five"), ("span_cleared", "28 days** 🌴 [1], and five"),
        ("span_wrong", wrong),
    ]  # fmt: skip
    await page.reload()
    piece = page.locator("#history .piece")
    shown = "days 🌴, and five of them may be kept. See days off"
    await expect(piece.locator(".what")).to_have_text(shown, timeout=20_000)
    assert await page.evaluate(LIT, "wrong") == ["days 🌴 [1], and five of them may be kept [2]. See days off"]
    await expect(piece.get_by_role("button", name="Wrong")).to_have_attribute("aria-pressed", "true")
    assert await serious(page) == []
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await shoot(page, f"{size}-light-marked")
    await piece.get_by_role("button", name="Wrong").click()
    await expect(piece).to_have_count(0)
    assert await page.evaluate(LIT, "wrong") == []
    assert (await logged(page, scripted))[-1] == ("span_cleared", wrong)


async def test_pieces_are_marked_with_the_keyboard_alone_and_not_in_ones_own_text(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    scripted.answer = ANSWER
    page = await enter(browser, pages_url)
    await ask(page, "How much leave?")
    opener = page.get_by_role("button", name="Mark pieces")
    await opener.focus(timeout=20_000)
    await page.keyboard.press("Enter")
    await expect(opener).to_have_attribute("aria-expanded", "true")
    await expect(page.locator(".piece .what").last).to_have_text("Ask early")
    last = page.get_by_role("group", name="Ask early")
    await last.get_by_role("button", name="Good").focus()
    await page.keyboard.press("Enter")
    await expect(last.get_by_role("button", name="Good")).to_be_focused()
    await expect(last.get_by_role("button", name="Good")).to_have_attribute("aria-pressed", "true")
    assert await page.evaluate(LIT, "good") == ["Ask early"]
    await shoot(page, "desktop-light-mark-pieces")
    assert await logged(page, scripted) == [("span_good", "Ask *early")]
    await page.click("#history [data-edit-answer]")
    area = page.locator(".editor textarea")
    await area.fill("Mine.")
    await area.press("Control+Enter")
    await expect(page.locator("#history .prose")).to_have_text("Mine.")
    await expect(page.get_by_role("button", name="Mark pieces")).to_have_count(0)
