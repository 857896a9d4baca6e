"""Editing an answer in headless Chromium: the preview, what is kept, what is learned and undone."""

import pytest
from playwright.async_api import Browser, Page, expect

from app.schemas_preferences import SpanPublic
from tests.ui.browsing import SIZES, ask, enter, shoot
from tests.ui.stand_in import Refusal, StandIn

pytestmark = pytest.mark.browser

TOKEN = "token-of-ada@example.org"
HOSTILE = """<img src=x onerror="document.title='pwned'"><script>alert(1)</script> {{#each x}} ${alert(2)} ` '"""
SHORTER = "Annual leave is **28 days** [1]; five carry over [2]."


async def answered(page: Page, question: str = "How much leave do I have?") -> None:
    await ask(page, question)
    await expect(page.locator("#history .question").last).to_have_text(question)


async def write(page: Page, text: str) -> None:
    await page.locator("#history [data-edit-answer]").last.click()
    await page.fill(".editor textarea", text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_an_edit_is_previewed_saved_learned_from_and_undone(
    browser: Browser, pages_url: str, scripted: StandIn, size: str, scheme: str
) -> None:
    scripted.looks = 2
    page = await enter(browser, pages_url, size, scheme)
    page.on("dialog", lambda dialog: dialog.accept())
    await answered(page)
    await page.click("#history [data-edit-answer]")
    area = page.locator(".editor textarea")
    await expect(area).to_be_focused()
    await expect(area).to_have_value(scripted.answer)
    await expect(page.locator(".editor [type=submit]")).to_be_disabled()  # nothing is changed yet
    await area.fill(SHORTER)
    await expect(page.locator(".editor del").first).to_have_css("text-decoration-line", "line-through")
    await expect(page.locator(".editor ins").first).to_have_css("text-decoration-line", "underline")
    await shoot(page, f"{size}-{scheme}-edit-1-preview")

    await area.press("Control+Enter")
    await expect(page.locator("#history .prose")).to_have_text("Annual leave is 28 days [1]; five carry over [2].")
    await expect(page.locator("#history .cite")).to_have_count(2)
    await expect(page.locator(".edited-mark")).to_have_text("Edited by you")
    await expect(page.locator("[role=status] .learning")).to_have_text("Learning from your edit…")
    await expect(page.locator("[role=status] .learning")).to_contain_text(f"Learned: {scripted.lesson}")
    await page.click(".changes summary")
    await expect(page.locator(".changes ins").first).to_be_visible()
    await shoot(page, f"{size}-{scheme}-edit-2-learned")

    await answered(page, "And for how long?")  # the thread is drawn again: what was learned is still said
    await expect(page.locator("#history .cite")).to_have_count(4)
    await expect(page.locator("[role=status] .learning")).to_contain_text(f"Learned: {scripted.lesson}")
    await page.click("[data-undo]")
    await expect(page.locator("[role=status] .learning")).to_contain_text("Undone")
    await expect(page.locator("[data-part=learning]")).to_be_focused()
    assert scripted.accounts[TOKEN].preferences == {}
    await page.reload()
    await expect(page.locator("[role=status] .learning")).to_contain_text("Undone")
    await expect(page.locator("#history .prose").first).to_contain_text("five carry over")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_nothing_typed_is_lost_by_a_failed_save_a_new_answer_or_a_reload(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await enter(browser, pages_url)
    await answered(page)
    await write(page, SHORTER)
    scripted.refusal = Refusal(503, "No", "the disk is full: free some space")
    await page.click(".editor [type=submit]")
    await expect(page.locator(".editor [role=alert]")).to_contain_text("the disk is full")
    await expect(page.locator(".editor textarea")).to_have_value(SHORTER)

    scripted.pace = 0.05
    await ask(page, "And carried over?")
    await expect(page.locator("#live .prose")).to_be_visible()
    await page.locator(".editor textarea").press_sequentially(" More.", delay=120)
    await expect(page.locator("#history .question")).to_have_count(2)
    await expect(page.locator(".editor textarea")).to_have_value(f"{SHORTER} More.")

    await page.reload()
    await expect(page.locator(".editor textarea")).to_have_value(f"{SHORTER} More.", timeout=20_000)
    scripted.refusal = None
    await page.click(".editor [type=submit]")
    await expect(page.locator("#history .prose").first).to_contain_text("More.")
    await page.reload()
    await expect(page.locator(".edited-mark")).to_be_visible(timeout=20_000)
    await expect(page.locator(".editor")).to_have_count(0)


async def test_the_editor_has_the_size_of_the_answer_and_a_second_edit_is_followed_anew(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    scripted.answer = "\n\n".join(f"Paragraph {number} about leave [1]." for number in range(8))
    scripted.outcome, scripted.reason = "failed", "the model is away"
    page = await enter(browser, pages_url)
    await answered(page)
    height = await page.locator("#history .prose").evaluate("prose => prose.offsetHeight")
    await write(page, "First.")
    assert await page.locator(".editor textarea").evaluate("area => area.offsetHeight") >= height
    await page.click(".editor [type=submit]")
    await expect(page.locator("[role=status] .learning")).to_contain_text("Could not learn yet")
    scripted.outcome = "learned"
    await write(page, "Second.")
    await page.click(".editor [type=submit]")
    await expect(page.locator("[role=status] .learning")).to_contain_text("Learned:", timeout=4000)
    await expect(page.locator("#history .prose")).to_have_text("Second.")


async def test_escape_leaves_the_answer_as_it_was_and_asks_first(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page, questions = await enter(browser, pages_url), list[str]()
    await answered(page)
    await page.click("#history [data-edit-answer]")
    await page.keyboard.press("Escape")  # nothing was typed: nothing is asked
    await expect(page.locator("#history [data-edit-answer]")).to_be_focused()

    async def refuse_then_accept(dialog: object) -> None:
        questions.append(dialog.message)  # type: ignore[attr-defined]  # playwright hands it over untyped
        await (dialog.dismiss() if len(questions) == 1 else dialog.accept())  # type: ignore[attr-defined]

    page.on("dialog", refuse_then_accept)
    await write(page, "mine")
    await page.keyboard.press("Escape")
    await expect(page.locator(".editor textarea")).to_have_value("mine")
    await page.keyboard.press("Escape")
    await expect(page.locator(".editor")).to_have_count(0)
    await expect(page.locator("#history .prose")).to_contain_text("may be carried over")
    assert questions == ["Throw away your changes to this answer?"] * 2


@pytest.mark.parametrize(
    ("outcome", "reason", "said"),
    [
        ("nothing", "only a typing mistake was mended", "Nothing to learn from this: only a typing mistake"),
        ("failed", "the model is away", "Could not learn yet: the model is away. It is tried again"),
    ],
)
async def test_what_was_not_learned_says_why(
    browser: Browser, pages_url: str, scripted: StandIn, outcome: str, reason: str, said: str
) -> None:
    scripted.outcome, scripted.reason = outcome, reason  # type: ignore[assignment]
    page = await enter(browser, pages_url)
    await answered(page)
    await write(page, SHORTER)
    await page.click(".editor [type=submit]")
    await expect(page.locator("[role=status] .learning")).to_contain_text(said)


async def test_hostile_edits_and_preferences_stay_text(browser: Browser, pages_url: str, scripted: StandIn) -> None:
    scripted.lesson, said = HOSTILE, list[str]()
    applied = scripted.add_preference(TOKEN, HOSTILE)
    scripted.applied = [applied.id, "00000000-0000-0000-0000-000000000000"]
    page = await enter(browser, pages_url)
    page.on("dialog", lambda dialog: said.append(dialog.message))
    await answered(page)
    await write(page, HOSTILE)
    await expect(page.locator(".editor .diff")).to_contain_text("<img src=x")
    await page.click(".editor [type=submit]")
    await expect(page.locator("#history .prose")).to_contain_text("<img src=x")
    await expect(page.locator("[role=status] .learning")).to_contain_text("<script>alert(1)")
    await page.click(".changes summary")
    await expect(page.locator(".changes .diff")).to_contain_text("<script>alert(1)</script>")
    await page.click(".your-way summary")
    await expect(page.locator(".your-way li")).to_have_text([HOSTILE, "1 preference deleted since"])
    await shoot(page, "desktop-light-edit-hostile")
    assert (await page.title(), said) == ("Attune", [])


async def test_a_corrected_fact_is_told_apart_from_style(browser: Browser, pages_url: str, scripted: StandIn) -> None:
    page = await enter(browser, pages_url)
    await answered(page)
    await write(page, scripted.answer.replace("28", "30"))
    scripted.outcome, scripted.reason = "nothing", "only a fact was changed"
    await page.click(".editor [type=submit]")
    await expect(page.locator(".edited-mark")).to_be_visible()
    edit = next(iter(scripted.accounts[TOKEN].edits.values()))
    edit.difference, edit.sources_wrong = [SpanPublic(change="added", text="30", fact=True)], 1
    await page.reload()
    await expect(page.locator(".after-edit")).to_contain_text(
        "You corrected a fact: the source is marked as wrong", timeout=20_000
    )
