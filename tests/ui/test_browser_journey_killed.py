"""kill -9 of the server under an open page, and a start on the same home and port: nothing that was typed or answered
is lost, and the page says plainly what happened."""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, Page, expect

from tests.ui.browsing import ask, shoot
from tests.ui.journeying import HANDBOOK, QUESTION, UP, start

pytestmark = pytest.mark.browser

BOX = "#question textarea"
SLOWLY = ("-m", "tests.ui.serving_slowly")
PATIENCE = 60_000  # milliseconds; a server starts meanwhile


class Running:
    """The one server of a home, which may be another process after a while."""

    def __init__(self, home: Path, *, slow: bool) -> None:
        self._home = home
        self._process, self.link = start(home, program=SLOWLY if slow else UP)

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def start_again(self) -> None:
        """At once ready for answers that take no time."""
        self._process, _ = start(self._home, urlsplit(self.link).port or 0)

    def end(self) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def running(home: Path, *, slow: bool = False) -> Iterator[Running]:
    server = Running(home, slow=slow)
    try:
        yield server
    finally:
        server.end()


async def entered(browser: Browser, server: Running) -> Page:
    """Somebody with a document."""
    page = await (await browser.new_context(viewport={"width": 1440, "height": 900})).new_page()
    await page.goto(server.link)
    await page.set_input_files("#upload-input", HANDBOOK)
    await expect(page.locator("#scope")).to_contain_text("Asking your 1 document", timeout=PATIENCE)
    return page


async def test_a_server_killed_in_mid_answer_loses_nothing_that_was_typed_or_answered(
    browser: Browser, tmp_path: Path
) -> None:
    with running(tmp_path / "home", slow=True) as server:
        page = await entered(browser, server)
        await cut_short(page, server)
        cut = page.locator("#history article").nth(1)
        await cut.locator("[data-act=again]").click()
        await expect(page.locator("#history .failed")).to_have_count(0, timeout=PATIENCE)
        await expect(page.locator("#history .until-then")).to_have_count(0)


async def cut_short(page: Page, server: Running) -> None:
    """Two questions, of which the second one is being answered when the server dies, and half of a third."""
    await ask(page, QUESTION)
    answer = page.locator("#history .prose")
    await expect(answer).to_be_visible(timeout=PATIENCE)
    said = await answer.inner_text()

    await ask(page, "When do wardens check the stoves?")
    writing = page.locator("#live .prose.writing")
    await expect(writing).to_be_visible(timeout=PATIENCE)
    await page.type(BOX, "And who pays")
    await page.wait_for_timeout(500)  # it is written down three times a second
    seen = (await writing.inner_text()).split()[:1]
    server.kill()
    await expect(page.locator("body")).to_contain_text("Connection to the server was lost", timeout=PATIENCE)
    await expect(page.locator(BOX)).to_have_value("And who pays")
    await page.type(BOX, " for")
    await shoot(page, "journey-3-killed")
    server.start_again()

    cut = page.locator("#history article").nth(1)  # the page comes back by itself
    await expect(cut.locator(".failed")).to_contain_text(
        "The server stopped while this was being answered", timeout=PATIENCE
    )
    await expect(cut.locator(".question")).to_contain_text("When do wardens check the stoves?")
    await expect(cut.locator(".until-then")).to_contain_text(" ".join(seen))
    assert await answer.first.inner_text() == said
    await expect(page.locator(BOX)).to_have_value("And who pays for")
    await shoot(page, "journey-4-back")


async def test_what_was_typed_before_a_server_was_replaced_can_be_asked(browser: Browser, tmp_path: Path) -> None:
    with running(tmp_path / "home") as server:
        page = await entered(browser, server)
        await page.type(BOX, "Where is the")
        server.kill()
        server.start_again()
        await page.type(BOX, " assembly point?")
        await page.press(BOX, "Enter")
        asked = page.locator("#history .question", has_text="Where is the assembly point?")
        try:
            await expect(asked).to_be_visible(timeout=20_000)
        except AssertionError:  # the page found that its server is another one, and came back with what was typed
            await expect(page.locator(BOX)).to_have_value("Where is the assembly point?")
            await page.press(BOX, "Enter")
        await expect(asked).to_be_visible(timeout=PATIENCE)
        await expect(page.locator("#history .prose")).to_be_visible(timeout=PATIENCE)
