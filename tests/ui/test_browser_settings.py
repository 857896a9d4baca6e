"""Settings, the second language and the tour in headless Chromium: what is there acts, and holds."""

import pytest
from playwright.async_api import Browser, Dialog, Page, expect

from tests.ui.browsing import ARTIFACTS, SIZES, ask, enter, shoot
from tests.ui.stand_in import Refusal, StandIn
from tests.ui.wire_conversations import start

pytestmark = pytest.mark.browser

TOKEN = "token-of-ada@example.org"
BOB = "token-of-bob@example.org"


async def settings(browser: Browser, url: str, size: str = "desktop", scheme: str = "light") -> Page:
    page = await enter(browser, url, size, scheme)
    await page.goto(f"{url}/settings")
    await expect(page.locator("h1")).to_have_text("Settings")
    return page


async def fits(page: Page) -> bool:
    return bool(await page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("size", SIZES)
async def test_the_language_that_is_chosen_holds_on_every_page_and_in_the_next_browser(
    browser: Browser, pages_url: str, scripted: StandIn, size: str
) -> None:
    document = scripted.add_document(TOKEN, "Handbuch.pdf")
    scripted.add_document(TOKEN, "Scan.pdf", "no_text")
    start(scripted.accounts[TOKEN], "Urlaub")
    scripted.add_preference(TOKEN, "Keep answers under 30 words")
    page = await settings(browser, pages_url, size)
    await page.select_option("#language", "de")
    await expect(page.locator("h1")).to_have_text("Einstellungen")
    assert await page.locator("html").get_attribute("lang") == "de"
    await page.screenshot(path=ARTIFACTS / f"{size}-german-settings.png", full_page=True)
    assert await fits(page)
    await page.goto(f"{pages_url}/about-me")
    await expect(page.locator(".card").first).to_contain_text("Ziemlich sicher (72\N{NO-BREAK SPACE}%)")
    await page.screenshot(path=ARTIFACTS / f"{size}-german-about.png", full_page=True)
    assert await fits(page)
    scripted.refusal = Refusal(429, "Too Many Requests", "wait a minute")
    await page.fill("#state-description", "Kurz bitte")
    await page.press("#state-description", "Enter")
    await expect(page.locator("#state [role=alert]")).to_have_text("Zu viel auf einmal: wait a minute")
    scripted.refusal = None
    await page.goto(f"{pages_url}/read/{document.id}")
    await expect(page.locator("main .muted").first).to_have_text("2 Textstellen, so wie sie gelesen wurden")

    scripted.codes["code-of-ada@example.org"] = TOKEN
    elsewhere = await enter(browser, pages_url, size)  # a profile that asks for English
    await expect(elsewhere.locator("#scope")).to_contain_text("Gesucht wird in 1 Dokument")
    await expect(elsewhere.locator("#send")).to_have_text("Fragen")
    assert await elsewhere.locator("html").get_attribute("lang") == "de"
    await ask(elsewhere, "Wie viel Urlaub habe ich?")
    await expect(elsewhere.locator("#history .prose")).to_be_visible(timeout=20_000)
    await elsewhere.get_by_role("button", name="Schlechte Antwort").click()
    await expect(elsewhere.locator(".vote-said")).to_contain_text("Was war falsch?")
    await shoot(elsewhere, f"{size}-german-chat")
    if size == "phone":
        await expect(elsewhere.locator(".tabs [aria-current=true]")).to_have_text("Chat")
        assert await fits(elsewhere)
        await elsewhere.click(".tabs [data-tab=sources]")
        await shoot(elsewhere, "phone-german-sources")
        await elsewhere.click(".tabs [data-tab=library]")
    await elsewhere.locator("#conversations summary").last.click()
    await shoot(elsewhere, f"{size}-german-library")


async def test_two_people_at_once_are_each_spoken_to_in_their_own_language(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    scripted.add_person("bob@example.org")
    scripted.accounts[BOB].person.language = "de"
    ada, bob = await enter(browser, pages_url), await enter(browser, pages_url, who="bob")
    scripted.pace, scripted.answer = 0.05, "word " * 60
    await ask(ada, "How much leave do I have?")
    await ask(bob, "Wie viel Urlaub habe ich?")
    for page, stage in ((ada, "Writing"), (bob, "Schreiben")):
        await expect(page.locator("#live .stages")).to_contain_text(stage, timeout=20_000)
    await expect(ada.locator("#history [data-edit-answer]")).to_have_text("Edit", timeout=40_000)
    await expect(bob.locator("#history [data-edit-answer]")).to_have_text("Bearbeiten", timeout=40_000)


async def test_before_the_login_the_browser_says_the_language_or_the_person_does(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await (await browser.new_context(locale="de-CH", viewport={"width": 390, "height": 844})).new_page()
    await page.goto(f"{pages_url}/login")
    await expect(page.locator("#password-form button")).to_have_text("Anmelden")
    await shoot(page, "phone-german-login")
    await page.get_by_role("link", name="English").click()
    await expect(page.locator("#password-form button")).to_have_text("Log in")
    await page.fill("[name=email]", "ada@example.org")
    await page.fill("[name=password]", "correct horse battery")
    await page.press("[name=password]", "Enter")
    await expect(page.locator(".welcome h1")).to_have_text("What would you like to know?", timeout=20_000)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_settings_are_reached_from_the_chat_and_the_theme_holds_there(
    browser: Browser, pages_url: str, scripted: StandIn, size: str, scheme: str
) -> None:
    page = await enter(browser, pages_url, size, scheme)
    if size == "phone":
        await page.click(".tabs [data-tab=library]")
    await page.click("#account [href='/settings']")
    await expect(page.locator("[name=theme]:checked")).to_have_value("")
    await page.screenshot(path=ARTIFACTS / f"{size}-{scheme}-settings.png", full_page=True)
    assert await fits(page)
    other = "dark" if scheme == "light" else "light"
    await page.check(f"[name=theme][value={other}]")
    await page.click(".back")
    await expect(page.locator(".turns")).to_be_visible(timeout=20_000)
    assert ("dark" in str(await page.locator("body").get_attribute("class"))) == (other == "dark")
    await page.goto(f"{pages_url}/settings")
    await expect(page.locator("[name=theme]:checked")).to_have_value(other)


async def test_a_password_is_set_and_a_token_made_shown_once_and_ended(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page, account = await settings(browser, pages_url), scripted.accounts[TOKEN]
    await page.fill("#password-first", "correct horse")
    await page.fill("#password-again", "correct house")
    await page.press("#password-again", "Enter")
    await expect(page.locator("#new-password [role=alert]")).to_contain_text("not the same")
    assert account.password is None
    await page.fill("#password-again", "correct horse")
    await page.press("#password-again", "Enter")
    await expect(page.locator("#said")).to_contain_text("Your password is set")
    assert account.password == "correct horse"

    await page.fill("#token-label", "Notes & <b>more</b>")
    await page.uncheck("[name=scopes][value=read]")
    await page.click("#new-token [type=submit]")
    await expect(page.locator("#new-token [role=alert]")).to_contain_text("tick at least one")
    await page.check("[name=scopes][value=chat]")
    await page.select_option("#token-days", "30")
    scripted.refusal = Refusal(409, "Too many", "you have 100 tokens: revoke one")
    await page.click("#new-token [type=submit]")
    await expect(page.locator("#new-token [role=alert]")).to_contain_text("revoke one")
    scripted.refusal = None
    await page.click("#new-token [type=submit]")
    await expect(page.locator("#made-token")).to_have_value("secret-of-it")
    card = page.locator("#token-list .card")
    await expect(card.locator("h3")).to_have_text("Notes & <b>more</b>")
    await expect(card).to_contain_text("ask questions")
    await expect(card).to_contain_text("never")
    await page.reload()
    assert "secret-of-it" not in await page.content()

    asked = list[str]()

    async def accept(dialog: Dialog) -> None:
        asked.append(dialog.message)
        await dialog.accept()

    page.on("dialog", accept)
    await card.get_by_role("button", name="End it").click()
    await expect(card).to_have_count(0)
    assert (account.tokens, len(asked)) == ({}, 1)


async def test_an_account_is_erased_only_by_whoever_types_its_address(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await settings(browser, pages_url)
    await page.click("#erasing summary")
    await page.fill("#erase-email", "eve@example.org")
    await page.press("#erase-email", "Enter")
    await expect(page.locator("#erase [role=alert]")).to_contain_text("nothing was erased")
    assert TOKEN in scripted.accounts
    await page.fill("#erase-email", "ada@example.org")
    await page.press("#erase-email", "Enter")
    await expect(page.locator("#password-form")).to_be_visible(timeout=20_000)
    assert TOKEN not in scripted.accounts
