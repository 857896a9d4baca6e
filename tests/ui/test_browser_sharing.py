"""Collections, groups and reading again in headless Chromium, by two people on the real server."""

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ui.browsing import ask, shoot
from tests.ui.journeying import HANDBOOK, QUESTION, served
from tests.ui.test_browser_accessibility import serious

pytestmark = pytest.mark.browser

PATIENCE = 60_000
# A short document is read in a moment: whoever looks now and then may miss it.
PROGRESSING = """() => {
  const own = document.querySelector("#own"), { dataset } = document.body;
  delete dataset.progressed;
  const look = () => { if (own.querySelector("progress")) dataset.progressed = "yes"; };
  new MutationObserver(look).observe(own, { childList: true, subtree: true });
}"""
BEN = {"email": "ben@example.org", "password": "correct horse battery"}


@pytest.fixture
async def two(browser: Browser, tmp_path: Path) -> AsyncIterator[tuple[Page, Page]]:
    """The owner, who has the handbook, on the page Documents; and Ben in a browser of his own, who has nothing."""
    with served(tmp_path / "home") as link:
        wide = await browser.new_context(viewport={"width": 1440, "height": 900})
        narrow = await browser.new_context(viewport={"width": 390, "height": 844})
        owner, ben = await wide.new_page(), await narrow.new_page()
        for page in (owner, ben):
            page.on("dialog", lambda dialog: dialog.accept())
        try:
            await owner.goto(link)
            await expect(owner.locator("#scope")).to_contain_text("Add a document", timeout=PATIENCE)
            await owner.set_input_files("#upload-input", HANDBOOK)
            await expect(owner.locator("#scope")).to_contain_text("Asking your 1 document", timeout=PATIENCE)
            await owner.evaluate("ben => attune_pieces.ask('POST', '/api/v1/admin/users', ben)", BEN)
            await ben.goto(urljoin(link, "/login"))
            for name, value in BEN.items():
                await ben.fill(f"[name={name}]", value)
            await ben.press("[name=password]", "Enter")
            await expect(ben.locator(".turns")).to_be_attached(timeout=PATIENCE)
            await ben.evaluate("attune_pieces.ask('PATCH', '/api/v1/me', { toured: true })")
            for page in (owner, ben):
                await page.goto(urljoin(link, "/documents"))
            yield owner, ben
        finally:
            await wide.close()  # first: the server waits for whoever is still there
            await narrow.close()


async def made(page: Page, label: str, name: str) -> None:
    await page.get_by_label(label).fill(name)
    await page.keyboard.press("Enter")
    await expect(page.locator(".card h3", has_text=name)).to_be_visible()


async def test_documents_are_read_again_and_shared_by_name_and_through_a_group(two: tuple[Page, Page]) -> None:
    owner, ben = two
    await read_again(owner)
    await made(owner, "A new collection", "Hut rules")
    await share_with_ben(owner)
    assert await serious(owner) == []
    await shoot(owner, "desktop-light-sharing")
    await ben.reload()
    await read_and_leave(ben)
    await share_with_a_group(owner)
    await ben.reload()
    await expect(ben.locator(".card", has_text="Hut rules")).to_contain_text("through a group")
    await ben.locator("#groups summary").click()
    await ben.get_by_role("button", name="Leave the group").click()
    await expect(ben.locator("#groups")).to_contain_text("No group yet")
    await expect(ben.locator("#collections")).to_contain_text("No collection yet")


async def read_again(owner: Page) -> None:
    """One document, then all: how far it is stands beside the document, which goes on answering."""
    row, reading = owner.locator("#own li"), owner.locator("#reading")
    passages = await row.locator("[data-state]").inner_text()
    assert passages.endswith("passages")
    for button in (f"Read {HANDBOOK.name} again", "Read all again"):
        await owner.evaluate(PROGRESSING)
        await owner.get_by_role("button", name=button).click()
        await expect(owner.locator("body[data-progressed]")).to_be_attached(timeout=PATIENCE)
        await expect(reading).to_have_text("", timeout=PATIENCE)
        await expect(row.locator("[data-state]")).to_have_text(passages)


async def share_with_ben(owner: Page) -> None:
    card = owner.locator(".card", has_text="Hut rules")
    await card.locator("summary").click()
    await card.get_by_label(HANDBOOK.name).check()
    await card.get_by_role("button", name="Put them in").click()
    await expect(card.locator(".files li", has_text=HANDBOOK.name)).to_be_visible()
    await card.get_by_label("E-mail address").fill(BEN["email"])
    await card.get_by_role("button", name="Share it").click()
    await expect(card.locator(".files li", has_text=BEN["email"])).to_contain_text("may read and ask")
    await expect(card.locator("summary")).to_be_focused()


async def read_and_leave(ben: Page) -> None:
    shared = ben.locator(".card", has_text="Hut rules")
    await expect(shared).to_contain_text("You may read it and ask within it.")
    await shared.locator("summary").click()
    await expect(shared.locator(".files li")).to_contain_text("of somebody else")
    assert await serious(ben) == []
    assert await ben.evaluate("document.documentElement.scrollWidth <= innerWidth")
    await shoot(ben, "phone-light-sharing")
    await asks_within(ben, "Hut rules")
    await ben.goto(urljoin(ben.url, "/documents"))
    await shared.get_by_role("button", name="Leave").click()
    await expect(ben.locator("#collections")).to_contain_text("No collection yet")


async def share_with_a_group(owner: Page) -> None:
    await made(owner, "A new group", "Night shift")
    group, card = owner.locator("#groups .card"), owner.locator("#collections .card")
    await group.locator("summary").click()
    await group.get_by_label("E-mail address").fill(BEN["email"])
    await group.get_by_role("button", name="Let them in").click()
    await expect(group.locator(".files li", has_text=BEN["email"])).to_be_visible()
    await owner.reload()
    await card.locator("summary").click()
    await card.get_by_role("button", name="Share it").click()
    await expect(card.locator(".problem").last).to_have_text("Name either a person or a group.")
    await card.get_by_label("or a group of yours").select_option("Night shift")
    await card.get_by_role("button", name="Share it").click()
    await expect(card.locator(".files li", has_text="Night shift")).to_contain_text("a group, may read and ask")


async def asks_within(page: Page, name: str) -> None:
    """In the chat, which asks what is shared along with the rest, and within a collection where that is ticked."""
    await page.click("a.back")
    await expect(page.locator("#scope")).to_have_text("Asking what is shared with you", timeout=PATIENCE)
    await page.click(".tabs [data-tab=library]")
    await page.get_by_role("checkbox", name=f"Ask within {name}").click()
    await expect(page.locator("#scope")).to_contain_text(f"Asking within 1 collection: {name}")
    await shoot(page, "phone-light-scope")
    await page.click(".tabs [data-tab=chat]")
    await ask(page, QUESTION)
    await expect(page.locator("#history .cite").first).to_be_visible(timeout=PATIENCE)
