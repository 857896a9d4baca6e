"""The operators' pages in headless Chromium, on the real server with a home that has a past."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ui.browsing import SIZES, shoot
from tests.ui.journeying import served as up
from tests.ui.operated import REFUSED, furnish
from tests.ui.test_browser_accessibility import serious

pytestmark = pytest.mark.browser

PAGES = ("quality", "themes", "queue", "runs", "models")


class Served:
    """A running server, its login link and the versions in its home."""

    def __init__(self, link: str, versions: dict[str, str]) -> None:
        self.link, self.versions = link, versions


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("operator") / "home"
    versions = furnish(home)
    with up(home) as link:
        yield Served(link, versions)


@pytest.fixture(scope="module")
def session_cookie() -> dict[str, str]:
    """The link works once; what it gave is kept here for the pages after it."""
    return {}


async def operator(browser: Browser, served: Served, cookie: dict[str, str], size: str, scheme: str) -> Page:
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if scheme == "dark" else "light"
    )
    page = await context.new_page()
    if not cookie:
        await page.goto(served.link)
        await expect(page.locator("#account a", has_text="Operator")).to_be_attached(timeout=20_000)
        (found,) = [one for one in await context.cookies() if one["name"] == "attune_session"]
        cookie["value"] = found["value"]
    await context.add_cookies([{"name": "attune_session", "value": cookie["value"], "url": served.link}])
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_every_page_can_be_read_by_everybody_at_every_size(
    browser: Browser, served: Served, session_cookie: dict[str, str], size: str, scheme: str
) -> None:
    page, found = await operator(browser, served, session_cookie, size, scheme), dict[str, list[str]]()
    for name in PAGES:
        await page.goto(urljoin(served.link, f"/operator/{name}"))
        await expect(page.locator("h1")).to_have_text(name.capitalize())
        for details in await page.locator("details > summary").all():
            await details.click()
        found[name] = await serious(page)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is too wide"
        assert (await page.title()).endswith("· Attune")
    assert "\n".join(f"{place}: {what}" for place, what in found.items() if what) == ""


async def test_an_operator_reads_what_people_think_and_labels(
    browser: Browser, served: Served, session_cookie: dict[str, str]
) -> None:
    page = await operator(browser, served, session_cookie, "desktop", "light")
    await page.goto(urljoin(served.link, "/operator"))
    await expect(page.locator(".totals")).to_contain_text("from 2 people")
    await expect(page.locator(".figures svg")).to_have_count(6)  # of next messages there is nothing to draw
    compared = page.locator("tr", has_text="generator-curt")
    await expect(compared).to_contain_text("7 of 8")
    await expect(compared).to_contain_text("9 of 10 asked")
    await expect(page.locator("#reckoned-said")).to_contain_text("answers with a vote")
    await expect(page.locator(".figures .empty")).to_contain_text("No next message was read")
    row = page.locator("tr", has_text="minutes.pdf")
    await expect(row).to_contain_text("verdicts")

    await page.click("nav.pages a:text('Themes')")
    theme = page.locator(".themes > li", has_text="parental")
    await expect(theme).to_contain_text("6 complaints of 2 people")
    await expect(theme).to_contain_text("(Ann)")
    await expect(page.locator("main")).not_to_contain_text("(Ben)")
    assert await page.title() == "Themes · Attune"

    await page.click("nav.pages a:text('Queue')")
    card = page.locator(".queue > li").first
    await expect(card).to_contain_text("How many days of leave may be kept?")
    before = await page.locator(".queue > li").count()
    await card.focus()
    await page.keyboard.down("1")
    await expect(page.locator(".queue > li")).to_have_count(before - 1)
    await page.keyboard.down("1")  # held: it speaks of the passage that was looked at, not of the next one
    await page.keyboard.up("1")
    await page.wait_for_timeout(300)
    await expect(page.locator("#said")).to_have_text("Labelled.")
    await expect(page.locator(".queue > li")).to_have_count(before - 1)


async def test_what_ended_is_news_until_it_was_seen_and_an_admin_takes_the_log_along(
    browser: Browser, served: Served, session_cookie: dict[str, str]
) -> None:
    page = await operator(browser, served, session_cookie, "desktop", "light")
    await page.goto(urljoin(served.link, "/operator/quality"))
    await expect(page.locator(".pages .unseen")).to_have_text("1")
    await page.select_option("#export-format", "labels")
    async with page.expect_download() as taken:
        await page.click("button:text('Download')")
    download = await taken.value
    assert download.suggested_filename == "attune-labels.jsonl"
    path = Path(await download.path())
    rows = [json.loads(line) for line in (await asyncio.to_thread(path.read_text)).splitlines()]
    assert rows and all("consent" in row for row in rows)

    await page.click("nav.pages a:text('Runs')")
    await page.select_option("#policy-method", "kto")
    await expect(page.locator("#news li")).to_contain_text("Retriever: refused")
    await page.click("#news button")
    await expect(page.locator("#said")).to_have_text("Done.")
    await expect(page.locator("#news, .unseen")).to_have_count(0)
    await expect(page.locator("#policy-method")).to_have_value("kto")  # half chosen, and kept
    await page.click("#policy-form button")
    await expect(page.locator("#said")).to_have_text("Saved.")
    await page.reload()
    await expect(page.locator("#policy-method")).to_have_value("kto")


async def test_an_operator_sets_the_policy_rolls_back_and_promotes(
    browser: Browser, served: Served, session_cookie: dict[str, str]
) -> None:
    page = await operator(browser, served, session_cookie, "desktop", "light")
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto(urljoin(served.link, "/operator/runs"))
    await expect(page.locator("#runs svg")).to_have_count(1)
    await expect(page.locator("#runs")).to_contain_text(REFUSED)
    await page.fill("#labels", "250")
    await page.uncheck("#policy-generator")
    await page.press("#labels", "Enter")
    await expect(page.locator("#said")).to_have_text("Saved.")
    for kind in ("retriever", "selector"):
        await page.uncheck(f"#policy-{kind}")
    await page.press("#labels", "Enter")
    await expect(page.locator("#policy-form .problem")).to_contain_text("Tick what it may train")
    await page.check("#policy-selector")
    await page.route("**/operator/runs", lambda route: route.abort())
    await page.press("#labels", "Enter")  # what was saved is saved, though the page cannot be drawn anew
    await expect(page.locator("#said")).to_contain_text("Saved. What this page shows is from before")
    await expect(page.locator("#policy-form .problem")).to_be_hidden()
    await page.unroute("**/operator/runs")
    await page.reload()
    ticked = page.locator("[name=kinds]:checked")
    assert await ticked.evaluate_all("boxes => boxes.map((box) => box.value)") == ["selector"]
    await page.click("#policy-on")
    await expect(page.locator("#policy-on")).to_have_attribute("aria-checked", "true")
    await expect(page.locator("#labels")).to_have_value("250")
    await page.click("#policy-on")
    await expect(page.locator("#policy-on")).to_have_attribute("aria-checked", "false")

    await page.click(f"#runs a:text('{served.versions['refused']}')")
    await expect(page.locator(f"#v-{served.versions['refused']}")).to_be_in_viewport()
    promoted = page.locator(f"#v-{served.versions['promoted']}")
    await expect(promoted.locator(".chips")).to_contain_text("champion")
    await expect(promoted.locator("table")).to_contain_text("0.655")
    await expect(page.locator(f"#v-{served.versions['refused']}")).to_contain_text(REFUSED)
    await page.click("#back-retriever")
    await expect(promoted.locator(".chips")).to_contain_text("rolled back")
    await page.click(f"#promote-{served.versions['promoted']}")
    await expect(promoted.locator(".chips")).to_contain_text("champion")
    await expect(page.locator("#log > ol > li")).to_have_count(4)
    await shoot(page, "operator-promoted")
