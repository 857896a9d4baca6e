"""Several answers to one question in headless Chromium, the question in other words, and the keys."""

import pytest
from playwright.async_api import Browser, Page, Route, expect

from tests.ui.browsing import SIZES, ask, enter, shoot
from tests.ui.stand_in import Refusal, StandIn

pytestmark = pytest.mark.browser

TOKEN = "token-of-ada@example.org"
QUESTION = "How much leave do I have?"


async def twice(page: Page, scripted: StandIn) -> None:
    """Two answers to the second question of a conversation."""
    await ask(page, "Where is the handbook?")
    await expect(page.locator("#history .question")).to_have_count(1, timeout=20_000)
    scripted.answer = "The **first** answer [1]."
    await ask(page, QUESTION)
    await expect(page.locator("#history .question")).to_have_count(2, timeout=20_000)
    scripted.answer = "The **second** answer [2]."
    await page.click("#history [data-act=again]")
    await expect(page.locator("#history .siblings")).to_have_text("‹2/2›", timeout=20_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_another_answer_is_a_sibling_that_one_goes_back_and_forth_between(
    browser: Browser, pages_url: str, scripted: StandIn, size: str, scheme: str
) -> None:
    page = await enter(browser, pages_url, size, scheme)
    await twice(page, scripted)
    shown, prose = page.locator("#history .question"), page.locator("#history article:last-of-type .prose")
    await expect(shown).to_have_text(["Where is the handbook?", QUESTION])
    await expect(prose).to_contain_text("second")
    await shoot(page, f"{size}-{scheme}-siblings-1")
    await page.get_by_role("button", name="Previous answer").focus()
    await page.keyboard.press("Enter")
    await expect(prose).to_contain_text("first")
    await expect(page.get_by_role("group", name="Answer 1 of 2")).to_be_visible()
    await expect(page.get_by_role("button", name="Previous answer")).to_be_disabled()
    await expect(page.get_by_role("button", name="Next answer")).to_be_focused()
    (_, first, _) = next(iter(scripted.accounts[TOKEN].conversations.values())).turns
    await expect(page.locator("[data-shown-turn]")).to_have_attribute("data-shown-turn", first.id)
    await page.reload()
    await expect(prose).to_contain_text("first", timeout=20_000)  # it is the server that remembers
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_votes_sources_and_edits_are_about_the_answer_that_is_shown(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await enter(browser, pages_url)
    await twice(page, scripted)
    await page.get_by_role("button", name="Previous answer").click()
    prose = page.locator("#history article:last-of-type .prose")
    await expect(prose).to_contain_text("first")
    article = page.locator("#history article:last-of-type")
    await article.get_by_role("button", name="Bad answer").click()
    await article.locator("[data-edit-answer]").click()
    await article.locator(".editor textarea").fill("Mine [1].")
    await article.locator(".editor textarea").press("Control+Enter")
    await expect(prose).to_have_text("Mine [1].")
    await expect(page.get_by_role("group", name="Answer 1 of 2")).to_be_visible()
    (_, first, second) = next(iter(scripted.accounts[TOKEN].conversations.values())).turns
    assert (first.answer, second.answer) == ("Mine [1].", scripted.answer)
    assert {event.turn_id for event in scripted.accounts[TOKEN].feedback.values()} == {first.id}
    await page.click("#history [data-act=again]")
    await expect(page.locator("#history .siblings")).to_have_text("‹3/3›", timeout=20_000)
    assert scripted.asked[-1][1].regenerates == first.id


async def test_while_another_answer_is_written_it_stands_where_the_last_one_stood(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await enter(browser, pages_url)
    await twice(page, scripted)
    scripted.pace, scripted.answer = 0.1, "word " * 200
    await page.click("#history [data-act=again]")
    await expect(page.locator("#live .prose")).to_contain_text("word word", timeout=20_000)
    await expect(page.locator("article .question")).to_have_text(["Where is the handbook?", QUESTION])
    await page.keyboard.press("Escape")
    await expect(page.locator("#history .siblings")).to_have_text("‹3/3›", timeout=20_000)
    await expect(page.locator("#history .state")).to_contain_text("Stopped")


@pytest.mark.parametrize("size", SIZES)
async def test_the_last_question_is_asked_in_other_words_and_stays_beside_what_it_was(
    browser: Browser, pages_url: str, scripted: StandIn, size: str
) -> None:
    page = await enter(browser, pages_url, size)
    await ask(page, QUESTION)
    await expect(page.locator("#history .prose")).to_be_visible(timeout=20_000)
    await page.fill("#question textarea", "half a question")
    await page.click("[data-edit-question]")
    area = page.get_by_label("The question in other words")
    await expect(area).to_be_focused()
    await expect(area).to_have_value(QUESTION)
    await shoot(page, f"{size}-light-question-1-editing")
    await area.press("Escape")
    await expect(page.locator("[data-edit-question]")).to_be_focused()
    await page.keyboard.press("Enter")
    await area.fill("How much leave in 2027?")
    await area.press("Enter")
    await expect(page.locator("#history .siblings")).to_have_text("‹2/2›", timeout=20_000)
    await expect(page.locator("#history .question")).to_have_text(["How much leave in 2027?"])
    await expect(page.locator("#question textarea")).to_have_value("half a question")
    await page.get_by_role("button", name="Previous answer").click()
    await expect(page.locator("#history .question")).to_have_text([QUESTION])


async def test_a_refused_question_in_other_words_is_given_back_and_the_answer_stays(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await enter(browser, pages_url)
    await ask(page, QUESTION)
    await page.click("[data-edit-question]", timeout=20_000)
    await page.fill("#question textarea", "half a question")
    scripted.refusal = Refusal(429, "Slow down", "you have asked too much: wait a minute")
    area = page.get_by_label("The question in other words")
    await area.fill("How much leave in 2027?")
    await area.press("Enter")
    await expect(page.locator("#live .failed")).to_contain_text("wait a minute")
    await expect(page.locator("#history .prose")).to_have_count(1)
    await expect(page.locator("#question textarea")).to_have_value("half a question")
    await page.reload()
    await expect(area).to_have_value("How much leave in 2027?", timeout=20_000)
    await expect(page.locator("#question textarea")).to_have_value("half a question")
    scripted.refusal = None
    await area.press("Enter")
    await expect(page.locator("#history .siblings")).to_have_text("‹2/2›", timeout=20_000)
    await page.get_by_role("button", name="Previous answer").click()
    await expect(page.locator("#history .question")).to_have_text([QUESTION])
    await expect(area).to_have_count(0)  # it was asked


async def test_what_is_typed_before_the_server_has_the_question_is_the_next_one(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await enter(browser, pages_url)
    box = page.locator("#question textarea")

    async def go_on(route: Route) -> None:  # the question is on its way
        await box.press_sequentially("And in 2027?")
        await route.continue_()

    await page.route("**/queue/join*", go_on, times=1)
    await ask(page, QUESTION)
    await expect(page.locator("#history .question")).to_have_text([QUESTION], timeout=20_000)
    await expect(box).to_have_value("And in 2027?")
    await page.get_by_role("button", name="Bad answer").click()
    await page.fill(".vote-text input", "28 is last year's")
    await box.press("Enter")
    await expect(page.locator("#history .question")).to_have_text([QUESTION, "And in 2027?"], timeout=20_000)
    await expect(box).to_have_value("")
    await expect(page.locator(".vote-text input").first).to_have_value("28 is last year's")  # drawn again, and not sent
    await box.fill("What is between Ada and Attune")
    await page.reload()
    await expect(box).to_have_value("What is between Ada and Attune", timeout=20_000)
    scripted.add_person("bob@example.org")
    await page.goto(f"{pages_url}/login?code=code-of-bob@example.org")
    await expect(page.locator("#account")).to_contain_text("bob@example.org", timeout=20_000)
    await expect(box).to_have_value("")


async def test_a_button_that_leaves_with_what_it_did_hands_the_focus_on(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    for name in ("first.pdf", "second.pdf"):
        scripted.add_document(TOKEN, name)
    page = await enter(browser, pages_url)
    page.on("dialog", lambda dialog: dialog.accept())
    box, again = page.locator("#question textarea"), page.locator("#history [data-act=again]")
    await box.fill(QUESTION)
    await page.locator("#send").press("Enter")
    await expect(again).to_be_visible(timeout=20_000)
    await expect(box).to_be_focused()
    await again.press("Enter")
    await expect(page.locator("#history .siblings")).to_have_text("‹2/2›", timeout=20_000)
    await expect(again).to_be_focused()
    await page.get_by_label("Delete second.pdf").press("Enter")
    await expect(page.get_by_label("Delete first.pdf")).to_be_focused()
    await page.get_by_label("Ask within first.pdf").press("Space")
    await page.get_by_role("button", name="Ask all").press("Enter")
    await expect(box).to_be_focused()


async def test_keys_begin_a_conversation_find_one_and_come_back_to_the_question(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await enter(browser, pages_url)
    await ask(page, QUESTION)
    await expect(page.locator("#history .prose")).to_be_visible(timeout=20_000)
    await page.keyboard.press("Alt+k")
    await expect(page.get_by_label("Search your conversations")).to_be_focused()
    await page.keyboard.press("Alt+q")
    await expect(page.locator("#question textarea")).to_be_focused()
    await page.keyboard.press("Alt+n")
    await expect(page.locator(".welcome")).to_be_visible()
    await expect(page.locator("#question textarea")).to_be_focused()
    await expect(page.locator(".keys")).to_contain_text("Alt+N new")
