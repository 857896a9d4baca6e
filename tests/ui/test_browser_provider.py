"""A person with a password lets a login at the provider open the account: headless Chromium, the whole product."""

from contextlib import AsyncExitStack

import pytest
from playwright.async_api import Browser, expect

from app.main import create_app
from app.server import serving
from app.settings import Settings
from tests.app.vouching import trusting, vouching

pytestmark = pytest.mark.browser

EMAIL, PASSWORD = "zoe@example.org", "correct horse battery"


async def test_a_login_at_the_provider_is_linked_used_and_taken_back(browser: Browser, settings: Settings) -> None:
    from ui.pages import mount

    async with AsyncExitStack() as stack:
        provider = await stack.enter_async_context(vouching())
        app = create_app(trusting(settings, provider, oidc_name="Quenholm"))
        mount(app)
        url = await stack.enter_async_context(serving(app, "127.0.0.1", 0))
        await app.state.services.auth.create_person(EMAIL, PASSWORD)
        page = await browser.new_page()
        await page.goto(f"{url}/login")
        await page.fill("[name=email]", EMAIL)
        await page.fill("[name=password]", PASSWORD)
        await page.click("#password-form [type=submit]")
        await expect(page.locator(".turns")).to_be_visible(timeout=60_000)
        await page.goto(f"{url}/settings")
        await expect(page.locator("#provider")).to_contain_text("A login with Quenholm can open this account, too.")
        await page.get_by_role("button", name="Log in with Quenholm").click()
        await page.wait_for_url(f"{url}/settings#provider")
        await expect(page.locator("#provider")).to_contain_text("A login with Quenholm opens this account.")

        other = await browser.new_page()
        await other.goto(f"{url}/login")
        await other.get_by_role("link", name="Log in with Quenholm").click()
        await expect(other.locator("#account")).to_contain_text(EMAIL, timeout=60_000)

        await page.get_by_role("button", name="Let it open this account no more").click()
        await expect(page.locator("#provider")).to_contain_text("can open this account, too.")
        await other.context.clear_cookies()
        await other.goto(f"{url}/api/v1/auth/oidc/start")
        await expect(other.locator("body")).to_contain_text(f"there is an account for {EMAIL} already")
