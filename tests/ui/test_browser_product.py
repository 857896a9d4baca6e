"""The whole product as a person starts it: `attune up`, its login link, real files. Only the models are small."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ui.browsing import ask, shoot

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "demo" / "corpus"


@pytest.fixture
def login_link(tmp_path: Path) -> Iterator[str]:
    """What `attune up` prints, on a free port and in a home of its own."""
    chosen = {"ATTUNE_HOME": str(tmp_path), "ATTUNE_ENCODER": "hash", "ATTUNE_LLM": "scripted", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", "from app.cli import main; main()", "up", "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | chosen, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield next(line.strip() for line in server.stdout if "/login?code=" in line)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=30)


@pytest.fixture
async def asking(browser: Browser, login_link: str) -> Page:
    """Somebody who has just added the handbook, and says yes to whatever is asked back."""
    page = await (await browser.new_context(viewport={"width": 1440, "height": 900})).new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto(login_link)
    await expect(page.locator("#scope")).to_contain_text("Add a document to the library first", timeout=20_000)
    await page.set_input_files("#upload-input", CORPUS / "warden-handbook-2025.pdf")
    await expect(page.locator("#scope")).to_contain_text("Asking your 1 document", timeout=60_000)
    return page


async def test_from_the_login_link_to_the_cited_page(browser: Browser, login_link: str) -> None:
    page = await (await browser.new_context(viewport={"width": 1440, "height": 900})).new_page()
    await page.goto(login_link)
    await expect(page.locator("#scope")).to_contain_text("Add a document to the library first", timeout=20_000)

    files = ["warden-handbook-2025.pdf", "committee-minutes-2025-09-18.docx"]
    await page.set_input_files("#upload-input", [CORPUS / name for name in files])
    await expect(page.locator("#scope")).to_contain_text("Asking your 2 documents", timeout=60_000)

    await ask(page, "Where is the assembly point when the fire alarm sounds?")
    await expect(page.locator("#history .prose")).to_be_visible(timeout=30_000)
    await page.click("#history .cite")
    source = page.locator("#source-1")
    await expect(source).to_contain_text("Cited")
    await shoot(page, "product-1-answer")
    await expect(source.locator("mark").first).to_contain_text("fire extinguishers")
    async with page.context.expect_page() as opened:
        await source.locator("footer a").click()
    seen = await opened.value
    await expect(seen.locator("#mark")).to_be_in_viewport()
    assert await seen.locator(".page img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1240
    await shoot(seen, "product-2-page")

    await seen.fill("[type=search]", "fire alarm")
    await seen.press("[type=search]", "Enter")
    await expect(seen.locator(".found mark", has_text="alarm").first).to_be_visible()
    await seen.click("text=As text")
    await expect(seen.locator("section").first).to_be_visible()
    address = await seen.get_by_text("Original file").get_attribute("href")
    original = await page.request.get(urljoin(login_link, address or "there is none"))
    assert (original.status, original.headers["content-type"]) == (200, "application/pdf")


async def test_an_edit_changes_the_next_answer_until_its_lesson_is_deleted(asking: Page) -> None:
    page = asking
    question = "Where is the assembly point when the fire alarm sounds?"
    await ask(page, question)
    await page.click("#history [data-edit-answer]", timeout=30_000)
    area = page.locator(".editor textarea")
    await area.fill(f"{await area.input_value()}\n\nKind regards")
    await area.press("Control+Enter")
    await expect(page.locator("[role=status] .learning.good")).to_contain_text("Kind regards", timeout=30_000)
    await shoot(page, "product-3-learned")

    await ask(page, question)
    again = page.locator("#history article").nth(1)
    await expect(again.locator(".prose")).to_contain_text("Kind regards", timeout=30_000)
    await again.locator(".your-way summary").click()
    await expect(again.locator(".your-way li")).to_contain_text("Kind regards")
    await shoot(page, "product-4-your-way")

    await page.click("#account a")
    card = page.locator(".card")
    await expect(card).to_contain_text("learned from 1 edit, 0 speak against it; used 1 time")
    await card.locator("summary", has_text="Where from").click()
    await expect(card.locator(".provenance ins")).to_contain_text("Kind regards")
    await expect(card.locator(".provenance a")).to_have_text(question)
    await shoot(page, "product-5-about-me")
    await card.locator("[data-delete]").click()
    await expect(page.locator("#learned")).to_contain_text("Nothing yet")

    await page.click("a.back")
    await expect(page.locator(".welcome")).to_be_visible(timeout=20_000)
    await ask(page, question)
    await expect(page.locator("#history .prose")).to_be_visible(timeout=30_000)
    await expect(page.locator("#history .prose")).not_to_contain_text("Kind regards")
    await expect(page.locator("#history .your-way")).to_have_count(0)


async def test_a_conversation_is_asked_again_renamed_found_taken_along_and_deleted(asking: Page) -> None:
    page = asking
    await ask(page, "Where is the assembly point when the fire alarm sounds?")
    await page.click("#history [data-act=again]", timeout=30_000)
    await expect(page.get_by_role("group", name="Answer 2 of 2")).to_be_visible(timeout=30_000)
    await page.get_by_role("button", name="Previous answer").click()
    await expect(page.get_by_role("group", name="Answer 1 of 2")).to_be_visible()
    await page.click("[data-edit-question]")
    await page.get_by_label("The question in other words").fill("Where do we meet in case of fire?")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("group", name="Answer 3 of 3")).to_be_visible(timeout=30_000)
    await expect(page.locator("#history .question")).to_have_text(["Where do we meet in case of fire?"])

    await page.get_by_label("Rename, export or delete").click()
    await page.click("[data-rename]")
    await page.get_by_label("Title of the conversation").fill("Fire drill")
    await page.keyboard.press("Enter")
    await expect(page.locator("#conversations .name")).to_have_text(["Fire drill"])
    for sought, found in (("alarm SOUNDS", 1), ("submarine", 0)):
        await page.get_by_label("Search your conversations").fill(sought)
        await expect(page.locator("#conversations-said")).to_have_text(f"{found} found")
        await expect(page.locator("#conversations .item")).to_have_count(found)
    await page.get_by_label("Search your conversations").fill("")
    await page.get_by_label("Rename, export or delete").click()
    async with page.expect_download() as downloading:
        await page.get_by_role("link", name="Export").click()
    file = await downloading.value
    assert file.suggested_filename == "Fire drill.md"
    text = await asyncio.to_thread(Path(await file.path()).read_text)
    assert text.startswith("# Fire drill\n") and "**[1]** warden-handbook-2025.pdf, page " in text
    assert "### Answer 3 of 3" in text
    await shoot(page, "product-6-conversations")
    await page.click("[data-remove]")
    await expect(page.locator(".welcome")).to_be_visible()
    await expect(page.locator("#conversations")).to_contain_text("Your conversations are kept here")
