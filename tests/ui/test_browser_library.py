"""Files, people and sessions in headless Chromium."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.ui.browsing import ask, enter, shoot
from tests.ui.stand_in import StandIn

pytestmark = pytest.mark.browser


async def test_files_upload_with_progress_and_say_why_they_cannot(
    browser: Browser, pages_url: str, scripted: StandIn, tmp_path: Path
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
    chosen = next(
        d.id for d in scripted.accounts["token-of-ada@example.org"].documents.values() if d.name == "leave.pdf"
    )
    assert scripted.asked[-1][1].documents == [chosen]

    page.on("dialog", lambda dialog: dialog.accept())
    row = page.locator(".document", has_text="leave.pdf")
    await row.hover()
    await row.locator(".remove").click()
    await expect(row).to_have_count(0)
    await expect(page.locator("#scope")).not_to_contain_text("Asking within")


async def test_a_file_that_is_being_read_shows_its_stage_also_after_a_reload_and_can_be_cancelled(
    browser: Browser, pages_url: str, scripted: StandIn, tmp_path: Path
) -> None:
    (tmp_path / "endless.pdf").write_bytes(b"%PDF")
    page = await enter(browser, pages_url)
    await page.set_input_files("#upload-input", tmp_path / "endless.pdf")
    await expect(page.locator(".upload")).to_contain_text("Indexing: 256 of 1,024 passages")
    await page.reload()
    row = page.locator(".upload", has_text="endless.pdf")
    await expect(row).to_contain_text("Indexing: 256 of 1,024 passages", timeout=20_000)
    assert await row.locator("progress").get_attribute("value") == "0.25"
    await shoot(page, "desktop-light-progress")
    await page.get_by_role("button", name="Cancel endless.pdf").click()
    await expect(row).to_contain_text("Cancelled: nothing of it is kept")
    await expect(page.locator("#documents")).to_contain_text("No documents yet")
    assert scripted.accounts["token-of-ada@example.org"].documents == {}


async def test_many_files_that_are_read_slowly_leave_the_chat_its_connections(
    browser: Browser, pages_url: str, scripted: StandIn, tmp_path: Path
) -> None:
    files = [tmp_path / f"endless-{number}.pdf" for number in range(8)]  # two more than a browser opens connections
    for file in files:
        file.write_bytes(b"%PDF")
    page = await enter(browser, pages_url)
    await page.set_input_files("#upload-input", files)
    await expect(page.locator(".upload", has_text="Indexing: 256 of 1,024")).to_have_count(8)
    await ask(page, "How much leave?")
    await expect(page.locator("#history .prose")).to_be_visible()
    for document in scripted.accounts["token-of-ada@example.org"].documents.values():
        document.status = "indexed"
    await expect(page.locator(".upload")).to_have_count(0)
    await expect(page.locator("#documents .document", has_text="3 pages")).to_have_count(8)


async def test_files_may_be_dropped_on_the_chat_and_pages_fetched_where_that_is_allowed(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await enter(browser, pages_url)
    await expect(page.locator("[data-from-url]")).to_be_hidden()
    dropped = """(kind) => {
      const files = new DataTransfer();
      files.items.add(new File(["%PDF"], "dropped.pdf"));
      const at = document.querySelector("#thread");
      at.dispatchEvent(new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
    }"""
    await page.evaluate(dropped, "dragover")
    await expect(page.locator("body")).to_have_class(re.compile("dropping"))
    await page.evaluate(dropped, "drop")
    await expect(page.locator(".document", has_text="dropped.pdf")).to_contain_text("3 pages")
    await expect(page.locator("body")).not_to_have_class(re.compile("dropping"))

    scripted.fetches = True
    await page.reload()
    address = page.get_by_label("Web address of a page or file")
    await address.fill("https://intranet/rules.html", timeout=20_000)
    await address.press("Enter")
    await expect(page.locator(".upload.bad")).to_contain_text("intranet is no public host: download the file yourself")
    await address.fill("https://example.org/rules.html")
    await address.press("Enter")
    await expect(page.locator(".document", has_text="rules.html")).to_be_visible()
    await shoot(page, "desktop-light-from-url")


async def test_quick_ticks_all_count(browser: Browser, pages_url: str, scripted: StandIn) -> None:
    for name in ("a.pdf", "b.pdf", "c.pdf"):
        scripted.add_document("token-of-ada@example.org", name)
    page = await enter(browser, pages_url)
    await page.evaluate("for (const tick of document.querySelectorAll('.tick')) tick.click()")
    await expect(page.locator("#scope")).to_contain_text("Asking within 3 documents")
    await page.click("[data-act=all]")
    await expect(page.locator("#scope")).to_contain_text("Asking your 3 documents")
    await expect(page.locator(".tick[aria-checked=true]")).to_have_count(0)


async def test_of_many_documents_old_ones_are_unfolded_or_found_by_name_and_chosen_ones_stay_chosen(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    for number in range(120):
        scripted.add_document("token-of-ada@example.org", f"report-{number}.pdf")
    page = await enter(browser, pages_url)
    rows, find = page.locator("#documents .document"), page.get_by_label("Search your documents by name")
    await expect(rows).to_have_count(100)
    await page.get_by_role("button", name="Show more").click()
    await expect(rows).to_have_count(120)
    await expect(rows.nth(100).locator("a")).to_be_focused()
    await page.get_by_label("Ask within report-0.pdf").click()
    await expect(page.locator("#scope")).to_contain_text("Asking within 1 document: report-0.pdf")
    await find.fill("REPORT 77")
    await expect(rows).to_have_text([re.compile("report-77.pdf")])
    await expect(page.locator("#documents-said")).to_have_text("1 found")
    await page.get_by_label("Ask within report-77.pdf").click()
    await expect(page.locator("#scope")).to_contain_text("Asking within 2 documents")
    await expect(rows).to_have_count(1)  # the list is drawn again as it was wanted
    await expect(rows.locator(".tick")).to_be_checked()
    await find.press("Escape")
    await expect(rows).to_have_count(100)
    await find.fill("nothing like it")
    await expect(page.locator("#documents")).to_contain_text("No document has all of these words in its name")


async def test_two_people_at_once_see_only_their_own(browser: Browser, pages_url: str, scripted: StandIn) -> None:
    scripted.pace, scripted.answer = 0.05, "word " * 30
    bob_token = scripted.add_person("bob@example.org")
    scripted.add_document(bob_token, "bob.pdf")
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
    browser: Browser, pages_url: str, scripted: StandIn
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


async def test_a_used_login_link_says_so(browser: Browser, pages_url: str, scripted: StandIn) -> None:
    page = await enter(browser, pages_url)
    await page.context.clear_cookies()
    await page.goto(f"{pages_url}/login?code=code-of-ada@example.org")
    await expect(page.locator("#problem")).to_contain_text("not valid")
    assert "code=" not in page.url
