"""Makes the pictures of docs/guides: `python -m tests.ui.guide_pictures`, with the real product on the demo corpus."""

import asyncio
import io
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.ui.browsing import CHROMIUM, FLAGS, ask

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "docs" / "guides" / "images"
QUESTION = "Where is the assembly point when the fire alarm sounds?"
PATIENCE = 180_000  # milliseconds; the embedded model answers in ten seconds where it is alone


async def picture(page: Page, name: str, height: int | None = None) -> None:
    """A picture of the window, in colours few enough to weigh little."""
    await page.wait_for_timeout(500)
    clip = None if height is None else {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": height}  # type: ignore[index]  # it has one
    raw = await page.screenshot(clip=clip)  # type: ignore[arg-type]  # a FloatRect, as a dict
    drawn = Image.open(io.BytesIO(raw)).convert("RGB").quantize(96, dither=Image.Dither.NONE)
    await asyncio.to_thread(drawn.save, PICTURES / f"{name}.png", optimize=True)


async def chat(page: Page) -> Page:
    """Ask, look at the source, open its page; the page that was opened."""
    await ask(page, QUESTION)
    await expect(page.locator("#history .prose")).to_be_visible(timeout=PATIENCE)
    if await page.locator("#history .cite").count():
        await page.locator("#history .cite").first.click()
    await picture(page, "answer")
    async with page.context.expect_page() as opened:
        await page.locator(".source footer a[href*='/page/']").first.click()
    seen = await opened.value
    await seen.locator(".page img").evaluate("image => image.decode()")
    await picture(seen, "page")
    return seen


async def teach(page: Page) -> None:
    """Edit the answer, and see what was learned."""
    await page.click("#history [data-edit-answer]")
    area = page.locator(".editor textarea")
    await area.fill(f"{await area.input_value()}\n\nKind regards")
    await picture(page, "edit")
    await area.press("Control+Enter")
    await expect(page.locator("[role=status] .learning.good")).to_be_visible(timeout=60_000)
    await picture(page, "learned")
    await page.click("#account a")
    await expect(page.locator(".card").first).to_be_visible()
    await picture(page, "about-me")


async def search_inside(page: Page) -> None:
    await page.fill("[type=search]", "fire extinguishers")
    await page.press("[type=search]", "Enter")
    await expect(page.locator(".found mark").first).to_be_visible()
    await picture(page, "inside")


async def take(browser: Browser, link: str) -> None:
    context = await browser.new_context(viewport={"width": 1200, "height": 760})
    page = await context.new_page()
    await page.goto(link)
    await expect(page.locator("#scope")).to_contain_text("Asking your", timeout=PATIENCE)
    await picture(page, "tour")
    await page.click("#tour .skip")
    await picture(page, "start")
    await search_inside(await chat(page))
    await teach(page)
    state = await context.storage_state()
    phone = await browser.new_context(viewport={"width": 390, "height": 760}, color_scheme="dark", storage_state=state)
    small = await phone.new_page()
    await small.goto(link.split("/login", maxsplit=1)[0])
    await expect(small.locator("#conversations .item").first).to_be_attached(timeout=PATIENCE)
    await small.click(".tabs [data-tab=library]")
    await small.locator("#conversations .item").first.click()
    await expect(small.locator("#history .prose").first).to_be_visible(timeout=PATIENCE)
    await picture(small, "phone")


async def take_all(link: str) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        await take(browser, link)
        await browser.close()


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-c", "from app.cli import main; main()", "up", "--demo", "--port", "0"]
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"ATTUNE_HOME": home}
        with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            try:
                asyncio.run(take_all(next(line.strip() for line in server.stdout if "/login?code=" in line)))
            finally:
                server.send_signal(signal.SIGINT)
                server.wait(timeout=60)


if __name__ == "__main__":
    main()
