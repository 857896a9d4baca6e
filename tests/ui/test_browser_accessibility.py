"""axe-core over every page, at both sizes, in light and dark: nothing serious or critical."""

from importlib.resources import files
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ui.browsing import SIZES, ask, enter
from tests.ui.stand_in import StandIn
from tests.ui.wire_conversations import start
from tests.ui.wire_memory import a_fact, a_rule

pytestmark = pytest.mark.browser

TOKEN = "token-of-ada@example.org"
AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TABS = ("library", "chat", "sources")


async def serious(page: Page) -> list[str]:
    """What axe finds that keeps people out, each with the first elements it is about."""
    await page.wait_for_timeout(300)  # colours come to rest
    await page.evaluate(AXE)
    run = "(tags) => axe.run(document, { runOnly: { type: 'tag', values: tags }, resultTypes: ['violations'] })"
    found: dict[str, Any] = await page.evaluate(run, RULES)
    return [
        f"{one['id']} ({one['impact']}): {one['help']}: "
        + "; ".join(f"{node['target']} {node['any'][0]['message'] if node['any'] else ''}" for node in one["nodes"][:5])
        for one in found["violations"]
        if one["impact"] in {"serious", "critical"}
    ]


def furnish(scripted: StandIn) -> str:
    """Something of every kind; the id of a document to read."""
    account = scripted.accounts[TOKEN]
    for status in ("reading", "unreadable", "needs_password"):
        scripted.add_document(
            TOKEN, f"{status}.pdf", status, "what is wrong, and what to do" if "ea" in status else None
        )
    document = scripted.add_document(TOKEN, "Employee handbook 2026.pdf")
    start(account, "Boats")
    scripted.passages.append("Nothing of it was used.")
    preference = scripted.add_preference(TOKEN, "Keep answers under 30 words")
    scripted.add_preference(TOKEN, "End with a greeting", active=False, honoured=False, pinned=True)
    scripted.applied = [preference.id]
    for thing, kept in ((a_fact("I am a nurse"), account.facts), (a_rule("only the 2024 manuals"), account.rules)):
        kept[thing.id] = thing  # type: ignore[assignment]  # each in its own place
    return document.id


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_the_chat_keeps_nobody_out(
    browser: Browser, pages_url: str, scripted: StandIn, size: str, scheme: str
) -> None:
    furnish(scripted)
    scripted.accounts[TOKEN].person.toured = False
    page, found = await enter(browser, pages_url, size, scheme), dict[str, list[str]]()
    await expect(page.locator("#tour")).to_be_visible()
    found["welcome, with the tour"] = await serious(page)
    await ask(page, "How much leave do I have?")
    await expect(page.locator("#history .prose")).to_be_visible(timeout=20_000)
    await page.click("#history [data-act=again]")
    await expect(page.locator("#history .siblings")).to_be_visible(timeout=20_000)
    await page.get_by_role("button", name="Bad answer").click()
    await page.click(".your-way summary")
    for tab in TABS:
        if size == "phone":
            await page.click(f".tabs [data-tab={tab}]")
        if tab == "library":
            await page.get_by_label("Rename, export or delete Boats").click()
        found[tab] = await serious(page)
    if size == "phone":
        await page.click(".tabs [data-tab=chat]")
    await page.click("[data-edit-question]")
    await page.click("[data-edit-answer]")
    await page.locator(".editor textarea").fill("Mine.")
    found["editing"] = await serious(page)
    scripted.abstained, scripted.answer = True, "Your documents do not say."
    await page.locator(".question-editor textarea").press("Enter")
    await expect(page.locator("#history .abstained")).to_be_visible(timeout=20_000)
    found["declined"] = await serious(page)
    assert "\n".join(f"{place}: {what}" for place, what in found.items() if what) == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_the_pages_beside_the_chat_keep_nobody_out(
    browser: Browser, pages_url: str, scripted: StandIn, size: str, scheme: str
) -> None:
    document = furnish(scripted)
    page, found = await enter(browser, pages_url, size, scheme), dict[str, list[str]]()
    read = f"/read/{document}"
    reading = (f"{read}#p-p1", f"{read}?q=leave", f"{read}/page/2?passage=p0")
    for path in ("/about-me", "/settings", "/documents", *reading, "/login", "/login?code=code"):
        await page.goto(pages_url + path)
        for details in await page.locator("details > summary").all():
            await details.click()
        found[path] = await serious(page)
    assert "\n".join(f"{place}: {what}" for place, what in found.items() if what) == ""


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
async def test_two_answers_what_is_refused_and_another_language_keep_nobody_out(
    browser: Browser, pages_url: str, scripted: StandIn, size: str, scheme: str
) -> None:
    furnish(scripted)
    person = scripted.accounts[TOKEN].person
    person.language, person.trains_others, person.compares = "de", True, True
    page, found = await enter(browser, pages_url, size, scheme), dict[str, list[str]]()
    await ask(page, "Wie viel Urlaub habe ich?")
    await expect(page.get_by_role("group", name="Welche Antwort ist besser?")).to_be_visible(timeout=20_000)
    found["two answers"] = await serious(page)
    for path in ("/about-me", "/settings", "/read/nothing", "/read/nothing/page/1", "/login"):
        await page.goto(pages_url + path)
        assert await page.locator("html").get_attribute("lang") == "de"
        for details in await page.locator("details > summary").all():
            await details.click()
        found[path] = await serious(page)
    assert "\n".join(f"{place}: {what}" for place, what in found.items() if what) == ""


async def test_axe_finds_what_is_wrong(browser: Browser) -> None:
    page = await browser.new_page()
    await page.set_content('<html lang="en"><title>t</title><main><h1>t</h1><button></button></main>')
    (found,) = await serious(page)
    assert found.startswith("button-name (critical)")
