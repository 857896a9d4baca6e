"""A picture of every page, at both sizes, light and dark, in artifacts/pages: on the real server, with a home that
has a past. `python -m tests.ui.pictured` makes those of docs/pages.md and of the operators' guide from them."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.ui.browsing import SIZES, ask
from tests.ui.journeying import HANDBOOK, QUESTION, served
from tests.ui.operated import furnish
from tests.ui.pictured import PLACES, TAKEN, VARIANTS

pytestmark = pytest.mark.browser

PATIENCE = 60_000
SHARED = """async () => {
  const made = async (path, body) => (await attune_pieces.ask("POST", `/api/v1/${path}`, body)).json();
  const { items } = await (await attune_pieces.ask("GET", "/api/v1/documents")).json();
  const rules = await made("collections", { name: "Hut rules" }), group = await made("groups", { name: "Night shift" });
  const here = `collections/${rules.id}`;
  await attune_pieces.ask("POST", `/api/v1/${here}/documents`, { documents: items.map((one) => one.id) });
  await made(`${here}/shares`, { group_id: group.id });
}"""


@pytest.fixture
async def asked(browser: Browser, tmp_path: Path) -> AsyncIterator[tuple[BrowserContext, Mapping[str, str]]]:
    """Somebody's session after one question, and the address of each page that is not a state of the chat."""
    await asyncio.to_thread(furnish, tmp_path / "home")
    with served(tmp_path / "home") as link:
        context = await browser.new_context(viewport={"width": 1440, "height": 900})
        page = await context.new_page()
        await page.goto(link)
        await expect(page.locator("#scope")).to_contain_text("Add a document", timeout=PATIENCE)
        await page.set_input_files("#upload-input", HANDBOOK)
        await expect(page.locator("#scope")).to_contain_text("Asking your 1 document", timeout=PATIENCE)
        await taught(page)
        await ask(page, QUESTION)
        await page.click("#history .cite", timeout=PATIENCE)
        await page.evaluate(SHARED)
        await page.click("[data-mark-pieces]")
        await page.locator(".piece").first.get_by_role("button", name="Good").click()
        links = page.locator("#source-1 footer a")
        found = [str(await one.get_attribute("href")) for one in await links.all()]
        paged = next(one for one in found if "/page/" in one)
        addresses = {
            "page": paged,
            "text": paged.split("/page/")[0],
            "answer": urljoin(page.url, "/" + page.url.split("/")[-1]),
        }
        addresses |= {"login": "/login", "welcome": "/", "about-me": "/about-me", "settings": "/settings"}
        addresses |= {"documents": "/documents"}
        addresses |= {
            name: f"/operator/{name.removeprefix('operator-')}" for name in PLACES if name.startswith("operator")
        }
        yield context, {name: urljoin(link, address) for name, address in addresses.items()}


async def taught(page: Page) -> None:
    """What there is to see on About me: a lesson of an edit, and what was said there. Ends in a new conversation."""
    await ask(page, QUESTION)
    await page.click("#history [data-edit-answer]", timeout=PATIENCE)
    area = page.locator(".editor textarea")
    await area.fill(f"{await area.input_value()}\n\nKind regards")
    await area.press("Control+Enter")
    await expect(page.locator("[role=status] .learning.good")).to_contain_text("Kind regards", timeout=PATIENCE)
    said = {
        "preferences": {"description": "Short bullet points, please"},
        "me/facts": {"text": "I am a warden"},
        "me/rules": {"text": "only use the handbook"},
    }
    origin = page.url.split("/?")[0]
    for path, body in said.items():
        answer = await page.request.post(f"{origin}/api/v1/{path}", data=body, headers={"Origin": origin})
        assert answer.status == 201, await answer.text()
    await page.click("[data-act=new]")
    await expect(page.locator(".welcome")).to_be_visible()


async def test_every_page_has_its_picture_at_every_size(
    browser: Browser, asked: tuple[BrowserContext, Mapping[str, str]]
) -> None:
    session, addresses = asked
    await asyncio.to_thread(TAKEN.mkdir, parents=True, exist_ok=True)
    state = await session.storage_state()
    for variant in VARIANTS:
        size, scheme = variant.split("-")
        width, height = SIZES[size]
        context = await browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            storage_state={"cookies": state["cookies"], "origins": []},
        )
        page = await context.new_page()
        for name in addresses:
            if name not in ("welcome", "answer"):
                await page.goto(addresses[name])
                if name == "documents":
                    await page.click("#collections summary")
                    await expect(page.locator("#collections .files").last).to_contain_text("Night shift")
                assert name != "about-me" or await page.locator("#learned .card").count() == 2, "nothing was learned"
                await picture(page, f"{variant}-{name}", whole=True)
        await in_the_chat(page, addresses, variant)
        await context.close()
    assert {file.stem for file in TAKEN.glob("*.png")} >= {f"{v}-{name}" for v in VARIANTS for name in PLACES}


async def in_the_chat(page: Page, addresses: Mapping[str, str], variant: str) -> None:
    """The states of the one page that has several; on a phone each has a tab."""

    async def tab(name: str) -> None:
        if variant.startswith("phone"):
            await page.click(f".tabs [data-tab={name}]")

    await page.goto(addresses["welcome"])
    await expect(page.locator("#scope")).to_contain_text("Asking your 1 document", timeout=PATIENCE)
    await picture(page, f"{variant}-welcome")
    await page.goto(addresses["answer"])
    await expect(page.locator("#history .prose")).to_be_visible(timeout=PATIENCE)
    await picture(page, f"{variant}-answer")
    await tab("library")
    await picture(page, f"{variant}-library")
    await tab("chat")
    await page.click("#history .cite")
    await expect(page.locator("#source-1 mark").first).to_be_visible()
    await picture(page, f"{variant}-sources")
    await tab("chat")
    await page.click("[data-mark-pieces]")
    await picture(page, f"{variant}-marks")
    await page.click("#history [data-edit-answer]")
    area = page.locator(".editor textarea")
    await area.fill(f"{await area.input_value()}\n\nKind regards")
    await picture(page, f"{variant}-editing")


async def picture(page: Page, name: str, *, whole: bool = False) -> None:
    await page.wait_for_load_state("networkidle" if "operator" in name else "load")
    await page.wait_for_timeout(500)  # animations come to rest
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
    await page.screenshot(path=TAKEN / f"{name}.png", full_page=whole)
