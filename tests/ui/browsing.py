"""How a test drives a browser: where it is, how a person enters and asks, where pictures go."""

import os
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, Page, expect

ARTIFACTS = Path(__file__).parents[2] / "artifacts"
CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}


async def enter(browser: Browser, url: str, size: str = "desktop", scheme: str = "light", who: str = "ada") -> Page:
    """Log in by link in a browser profile of its own and wait until the page can be used."""
    width, height = SIZES[size]
    context: BrowserContext = await browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = await context.new_page()
    await page.goto(f"{url}/login?code=code-of-{who}@example.org")
    await expect(page.locator(".turns")).to_be_visible(timeout=60_000)
    return page


async def ask(page: Page, question: str) -> None:
    for skip in await page.locator("#tour .skip").all():  # whoever is new is shown around first
        await skip.click()
    await page.fill("#question textarea", question)
    await page.press("#question textarea", "Enter")


async def shoot(page: Page, name: str) -> None:
    await page.wait_for_timeout(400)  # animations come to rest
    await page.screenshot(path=ARTIFACTS / f"{name}.png")
