"""Asking in headless Chromium, as a person does. Screenshots go to artifacts/."""

import re
import time

import pytest
from playwright.async_api import Browser, expect

from app.schemas import ErrorEvent
from tests.ui.browsing import SIZES, ask, enter, shoot
from tests.ui.conftest import eventually
from tests.ui.stand_in import StandIn

pytestmark = pytest.mark.browser

HOSTILE = """<img src=x onerror="document.title='pwned'"><script>alert(1)</script> {{#each x}} ${alert(2)} ` '"""
FAILURE = ErrorEvent(type="about:blank", title="No", status=503, detail="the model is away: try again")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_a_person_logs_in_asks_watches_and_opens_a_source(
    browser: Browser, pages_url: str, scripted: StandIn, size: str, scheme: str
) -> None:
    scripted.pace = 0.12
    token = next(iter(scripted.accounts))
    for name in ("Employee handbook 2026.pdf", "Travel policy.docx"):
        scripted.add_document(token, name)
    page = await enter(browser, pages_url, size, scheme)
    await shoot(page, f"{size}-{scheme}-1-welcome")

    await ask(page, "How much leave do I have?")
    await expect(page.locator(".stages .now")).to_have_text("Searching")
    await expect(page.locator(".stages .now")).to_have_text("Writing")
    await expect(page.locator("#live .prose")).to_contain_text("Annual leave is")
    assert "carried over" not in await page.locator("#live .prose").inner_text()  # it streams
    await shoot(page, f"{size}-{scheme}-2-writing")

    await expect(page.locator("#history .prose")).to_contain_text("carried over")
    await page.click("#history .cite >> nth=1")
    await expect(page.locator("#source-2")).to_be_in_viewport()
    await expect(page.locator("#source-2")).to_have_class("source cited focus open")
    await expect(page.locator("#source-2 mark")).to_have_text("Five may")
    await expect(page.locator("#source-2 footer a")).to_have_attribute("href", re.compile("/page/2[?]passage=.+#mark$"))
    await shoot(page, f"{size}-{scheme}-3-source")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_the_keyboard_goes_to_a_source_unfolds_it_and_comes_back(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    scripted.passages[1] = "Five may be kept. " * 30
    page = await enter(browser, pages_url)
    await ask(page, "How much leave do I have?")
    await expect(page.locator("#history .cite")).to_have_count(2)
    await ask(page, "And next year?")
    await expect(page.locator("#history .cite")).to_have_count(4)
    for cite in (
        page.locator("#history .cite").nth(3),
        page.locator("#history .cite").nth(1),
    ):  # here, and not yet here
        await cite.focus()
        await page.keyboard.press("Enter")
        await expect(page.locator("#source-2")).to_be_focused()
        unfold = page.locator("#source-2").get_by_role("button", name="Whole passage")
        await expect(unfold).to_have_attribute("aria-expanded", "true")  # what is cited is shown whole
        await page.keyboard.press("Tab")
        await expect(unfold).to_be_focused()
        await page.keyboard.press("Enter")
        await expect(unfold).to_have_attribute("aria-expanded", "false")
        await page.keyboard.press("Escape")
        await expect(cite).to_be_focused()
    await page.get_by_role("button", name="2 sources cited").first.press("Enter")
    await expect(page.get_by_role("heading", name="Sources")).to_be_focused()
    await page.get_by_role("button", name="Back to the answer").click()
    await expect(page.get_by_role("button", name="2 sources cited").first).to_be_focused()


async def test_what_cannot_be_done_is_said_and_an_answer_is_copied_without_a_clipboard_too(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await enter(browser, pages_url)
    await page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")  # a page without TLS
    await ask(page, "How much leave do I have?")
    await page.click("#history [data-copy]")
    await expect(page.locator("#history [data-copy]")).to_have_text("Copied")
    await page.locator("#question textarea").press("Control+v")
    await expect(page.locator("#question textarea")).to_have_value(
        "Annual leave is 28 days [1], and five of them may be carried over [2].\n\n"
        "[1] handbook.pdf, page 1\n[2] handbook.pdf, page 2"
    )
    await page.evaluate("document.execCommand = () => false")
    await page.click("#history [data-copy]")
    await expect(page.locator("#history [data-copy]")).to_contain_text("Not copied")
    await page.route("**/api/v1/**", lambda route: route.abort())
    await page.click("[data-logout]")
    await expect(page.locator("#account")).to_contain_text("You are still logged in. The server could not be reached")
    await page.goto(f"{pages_url}/settings")
    for button in ("Show me around", "Log out"):
        await page.get_by_role("button", name=button).click()
        await expect(page.locator("#said")).to_contain_text("Not done. The server could not be reached")
        await page.evaluate("document.getElementById('said').textContent = ''")


async def test_stop_ends_the_turn_on_the_server_and_keeps_what_was_written(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    scripted.pace, scripted.answer = 0.1, "word " * 200
    page = await enter(browser, pages_url)
    await ask(page, "Tell me everything")
    await expect(page.locator("#live .prose")).to_contain_text("word word")
    await page.click("#stop")
    assert await eventually(scripted.stopped, 2), "the server was not told within 2 s"
    await expect(page.locator("#history .state")).to_contain_text("Stopped")
    await expect(page.locator("#history .prose")).to_contain_text("word word")
    await expect(page.locator("#send")).to_be_visible()
    await expect(page.locator("#stop")).to_be_hidden()
    scripted.pace, scripted.answer = 0.0, "Short."
    await ask(page, "And now?")
    await expect(page.locator("#history .prose").nth(1)).to_have_text("Short.")
    await shoot(page, "desktop-light-stopped")


async def test_closing_the_tab_stops_the_turn(browser: Browser, pages_url: str, scripted: StandIn) -> None:
    scripted.pace, scripted.answer = 0.1, "word " * 300
    page = await enter(browser, pages_url)
    await ask(page, "Tell me everything")
    await expect(page.locator("#live .prose")).to_contain_text("word word")
    await page.context.close()
    assert await eventually(scripted.stopped, 10), "the server computes for nobody"


async def test_a_reload_in_the_middle_of_a_first_answer_comes_back_to_it(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    scripted.pace, scripted.answer = 0.1, "word " * 200
    page = await enter(browser, pages_url)
    await ask(page, "Tell me everything")
    await expect(page.locator("#live .prose")).to_contain_text("word word")
    await page.reload()
    await expect(page.locator("#history .question")).to_have_text("Tell me everything")


async def test_nothing_hostile_acts_and_nothing_is_loaded_from_elsewhere(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    scripted.answer = scripted.passages[0] = f"{HOSTILE} ![x](https://evil.example/x.png) [1]"
    scripted.add_document("token-of-ada@example.org", HOSTILE)
    page, seen = await enter(browser, pages_url), list[str]()
    page.on("request", lambda request: seen.append(request.url))
    page.on("dialog", lambda dialog: seen.append(f"dialog: {dialog.message}"))
    await page.reload()
    await ask(page, HOSTILE)
    await expect(page.locator("#history .actions")).to_be_visible()
    for shown in (
        "#history .question",
        "#history .prose",
        "#source-1 .passage",
        "#documents .name",
        "#conversations .name",
    ):
        await expect(page.locator(shown).first).to_contain_text("<img src=x")
    assert await page.title() == "Attune"
    assert [url for url in seen if not url.startswith((pages_url, "data:", "blob:"))] == []


async def test_tables_code_and_formulas_are_drawn_and_fit_a_phone(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    table = "| when | days |\n|---|---|\n| 2025 | 28 |"
    scripted.answer = f"It is $\\frac{{a}}{{b}}$ [1]:\n\n{table}\n\n$$\\sqrt{{x^2 + y^2}} \\le 28$$\n\n```\nlet x\n```"
    page = await enter(browser, pages_url, "phone", "dark")
    await ask(page, "How is it reckoned?")
    await expect(page.locator("#history math")).to_have_count(2)
    fraction, root = [await part.bounding_box() for part in await page.locator("#history math").all()]
    assert fraction and root and fraction["height"] > 15 and root["height"] > 20  # drawn, not written in a row
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await shoot(page, "phone-dark-formulas")


async def test_abstention_and_failure_are_told_apart_and_a_conversation_survives_a_reload(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    scripted.abstained, scripted.answer = True, "Your documents do not say."
    page = await enter(browser, pages_url)
    await ask(page, "Who won the cup?")
    await expect(page.locator(".abstained")).to_contain_text("Not in your documents")
    scripted.abstained = False
    scripted.failure = FAILURE
    await ask(page, "And the league?")
    await expect(page.locator(".failed")).to_contain_text(FAILURE.detail)
    await page.reload()
    await expect(page.locator("#history .question")).to_have_text(["Who won the cup?", "And the league?"])
    await shoot(page, "desktop-light-abstained")
    await page.click("[data-act=new]")
    await expect(page.locator(".welcome")).to_be_visible()
    await page.click("#conversations .item")
    await expect(page.locator("#history .question")).to_have_count(2)


async def test_the_page_is_usable_within_seconds(browser: Browser, pages_url: str, scripted: StandIn) -> None:
    page = await enter(browser, pages_url)
    started = time.perf_counter()
    await page.reload()
    await expect(page.locator(".welcome")).to_be_visible()
    seconds = time.perf_counter() - started
    print(f"\nusable again after {seconds:.2f} s")  # noqa: T201 - a figure of the run
    assert seconds < 10, "the goal is 2 s on an idle machine; ten allow for a busy one"
