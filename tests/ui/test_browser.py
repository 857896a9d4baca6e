"""The interface in headless Chromium, as a person uses it. Screenshots go to artifacts/."""

import asyncio
import os
import re
import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from app.schemas import ErrorEvent
from tests.ui.conftest import eventually
from tests.ui.stand_in import StandIn

pytestmark = pytest.mark.browser

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
HOSTILE = (
    "<img src=x onerror=\"document.title='pwned'\"><script>document.title='pwned'</script> {{#each x}} ${alert(1)} `"
)
FAILURE = ErrorEvent(type="about:blank", title="No", status=503, detail="the model is away: try again")
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"no Chromium at {CHROMIUM}: apt-get install chromium, or set CHROMIUM to its path")
    await asyncio.to_thread(ARTIFACTS.mkdir, exist_ok=True)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        await launched.close()


@pytest.fixture
def script(pages_script: StandIn) -> StandIn:
    """The scripted server as new, under the same pages."""
    pages_script.__init__()  # type: ignore[misc]  # the pages hold this very object
    pages_script.add_person("ada@example.org")
    return pages_script


async def enter(browser: Browser, url: str, size: str = "desktop", scheme: str = "light", who: str = "ada") -> Page:
    """Log in by link in a browser profile of its own and wait until the page can be used."""
    width, height = SIZES[size]
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = await context.new_page()
    await page.goto(f"{url}/login?code=code-of-{who}@example.org")
    await expect(page.locator(".turns")).to_be_visible(timeout=20_000)
    return page


async def ask(page: Page, question: str) -> None:
    await page.fill("#question textarea", question)
    await page.press("#question textarea", "Enter")


async def shoot(page: Page, name: str) -> None:
    await page.wait_for_timeout(400)  # animations come to rest
    await page.screenshot(path=ARTIFACTS / f"{name}.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_a_person_logs_in_asks_watches_and_opens_a_source(
    browser: Browser, pages_url: str, script: StandIn, size: str, scheme: str
) -> None:
    script.pace = 0.12
    token = next(iter(script.accounts))
    for name in ("Employee handbook 2026.pdf", "Travel policy.docx"):
        script.add_document(token, name)
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
    await expect(page.locator("#source-2 footer a")).to_have_attribute("href", re.compile("/content#page=2$"))
    await shoot(page, f"{size}-{scheme}-3-source")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_stop_ends_the_turn_on_the_server_and_keeps_what_was_written(
    browser: Browser, pages_url: str, script: StandIn
) -> None:
    script.pace, script.answer = 0.1, "word " * 200
    page = await enter(browser, pages_url)
    await ask(page, "Tell me everything")
    await expect(page.locator("#live .prose")).to_contain_text("word word")
    await page.click("#stop")
    assert await eventually(script.stopped, 2), "the server was not told within 2 s"
    await expect(page.locator("#history .state")).to_contain_text("Stopped")
    await expect(page.locator("#history .prose")).to_contain_text("word word")
    await expect(page.locator("#send")).to_be_visible()
    await expect(page.locator("#stop")).to_be_hidden()
    script.pace, script.answer = 0.0, "Short."
    await ask(page, "And now?")
    await expect(page.locator("#history .prose").nth(1)).to_have_text("Short.")
    await shoot(page, "desktop-light-stopped")


async def test_closing_the_tab_stops_the_turn(browser: Browser, pages_url: str, script: StandIn) -> None:
    script.pace, script.answer = 0.1, "word " * 300
    page = await enter(browser, pages_url)
    await ask(page, "Tell me everything")
    await expect(page.locator("#live .prose")).to_contain_text("word word")
    await page.context.close()
    assert await eventually(script.stopped, 10), "the server computes for nobody"


async def test_files_upload_with_progress_and_say_why_they_cannot(
    browser: Browser, pages_url: str, script: StandIn, tmp_path: Path
) -> None:
    files = {"leave.pdf": b"%PDF", "locked.pdf": b"%PDF", "big.pdf": b"HUGE"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    page = await enter(browser, pages_url)
    await expect(page.locator("#documents")).to_contain_text("No documents yet")
    await page.set_input_files("#upload-input", [tmp_path / name for name in files])
    await expect(page.locator(".upload.bad", has_text="big.pdf")).to_contain_text("larger than 200 MB: split it")
    await expect(page.locator(".upload.bad", has_text="locked.pdf")).to_contain_text("remove its password")
    await expect(page.locator(".document", has_text="leave.pdf")).to_contain_text("3 pages")
    await expect(page.locator(".document", has_text="locked.pdf")).to_contain_text("Needs a password")
    await shoot(page, "desktop-light-uploads")

    await page.locator(".document", has_text="leave.pdf").locator(".tick").click()
    await expect(page.locator("#scope")).to_contain_text("Asking within 1 document: leave.pdf")
    await ask(page, "How much leave?")
    await expect(page.locator("#history .prose")).to_be_visible()
    chosen = next(d.id for d in script.accounts["token-of-ada@example.org"].documents.values() if d.name == "leave.pdf")
    assert script.asked[-1][1].documents == [chosen]

    page.on("dialog", lambda dialog: dialog.accept())
    row = page.locator(".document", has_text="leave.pdf")
    await row.hover()
    await row.locator(".remove").click()
    await expect(row).to_have_count(0)
    await expect(page.locator("#scope")).not_to_contain_text("Asking within")


async def test_quick_ticks_all_count(browser: Browser, pages_url: str, script: StandIn) -> None:
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        script.add_document("token-of-ada@example.org", name)
    page = await enter(browser, pages_url)
    await page.evaluate("for (const tick of document.querySelectorAll('.tick')) tick.click()")
    await expect(page.locator("#scope")).to_contain_text("Asking within 3 documents")
    await page.click("[data-act=all]")
    await expect(page.locator("#scope")).to_contain_text("Asking your 3 documents")
    await expect(page.locator(".tick[aria-checked=true]")).to_have_count(0)


async def test_nothing_hostile_acts_and_nothing_is_loaded_from_elsewhere(
    browser: Browser, pages_url: str, script: StandIn
) -> None:
    script.answer = script.passages[0] = f"{HOSTILE} ![x](https://evil.example/x.png) [1]"
    script.add_document("token-of-ada@example.org", HOSTILE)
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


async def test_abstention_and_failure_are_told_apart_and_a_conversation_survives_a_reload(
    browser: Browser, pages_url: str, script: StandIn
) -> None:
    script.abstained, script.answer = True, "Your documents do not say."
    page = await enter(browser, pages_url)
    await ask(page, "Who won the cup?")
    await expect(page.locator(".abstained")).to_contain_text("Not in your documents")
    script.abstained = False
    script.failure = FAILURE
    await ask(page, "And the league?")
    await expect(page.locator(".failed")).to_contain_text(FAILURE.detail)
    await page.reload()
    await expect(page.locator("#history .question")).to_have_text(["Who won the cup?", "And the league?"])
    await shoot(page, "desktop-light-abstained")
    await page.click("[data-act=new]")
    await expect(page.locator(".welcome")).to_be_visible()
    await page.click("#conversations .item")
    await expect(page.locator("#history .question")).to_have_count(2)


async def test_two_people_at_once_see_only_their_own(browser: Browser, pages_url: str, script: StandIn) -> None:
    script.pace, script.answer = 0.05, "word " * 30
    bob_token = script.add_person("bob@example.org")
    script.add_document(bob_token, "bob.pdf")
    ada = await enter(browser, pages_url, who="ada")
    bob = await enter(browser, pages_url, who="bob")
    await ask(ada, "Ada asks")
    await ask(bob, "Bob asks")
    await expect(ada.locator("#live .prose")).to_contain_text("word")
    await expect(bob.locator("#live .prose")).to_contain_text("word")  # neither waits for the other
    for page, name in ((ada, "Ada"), (bob, "Bob")):
        await expect(page.locator("#history .question")).to_have_text([f"{name} asks"])
        await expect(page.locator("#conversations .item")).to_have_text([f"{name} asks"])
        await expect(page.locator("#account")).to_contain_text(f"{name.lower()}@example.org")
    await expect(ada.locator("#documents")).not_to_contain_text("bob.pdf")


async def test_logging_out_ends_the_page_and_a_password_opens_it_again(
    browser: Browser, pages_url: str, script: StandIn
) -> None:
    page = await enter(browser, pages_url)
    await page.click("[data-logout]")
    await expect(page.locator("#password-form")).to_be_visible()
    await shoot(page, "desktop-light-login")
    await page.fill("[name=email]", "ada@example.org")
    await page.fill("[name=password]", "wrong")
    await page.press("[name=password]", "Enter")
    await expect(page.locator("#problem")).to_contain_text("not valid")
    await page.fill("[name=password]", "correct horse battery")
    await page.press("[name=password]", "Enter")
    await expect(page.locator(".welcome")).to_be_visible(timeout=20_000)


async def test_a_used_login_link_says_so(browser: Browser, pages_url: str, script: StandIn) -> None:
    page = await enter(browser, pages_url)
    await page.context.clear_cookies()
    await page.goto(f"{pages_url}/login?code=code-of-ada@example.org")
    await expect(page.locator("#problem")).to_contain_text("not valid")
    assert "code=" not in page.url


async def test_the_page_is_usable_within_seconds(browser: Browser, pages_url: str, script: StandIn) -> None:
    page = await enter(browser, pages_url)
    started = time.perf_counter()
    await page.reload()
    await expect(page.locator(".welcome")).to_be_visible()
    seconds = time.perf_counter() - started
    print(f"\nusable again after {seconds:.2f} s")  # noqa: T201 - a figure of the run
    assert seconds < 10, "the goal is 2 s on an idle machine; ten allow for a busy one"
