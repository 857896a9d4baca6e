"""The page About me in headless Chromium: everything that was learned can be seen, changed and taken back."""

from datetime import timedelta

import pytest
from playwright.async_api import Browser, Page, expect

from app.schemas_preferences import EditCostPoint, ProvenanceItem
from tests.ui.browsing import ARTIFACTS, SIZES, enter, shoot
from tests.ui.stand_in import NOW, Account, Refusal, StandIn, new_id
from tests.ui.wire_memory import a_rule
from tests.ui.wire_preferences import difference

pytestmark = pytest.mark.browser

TOKEN = "token-of-ada@example.org"
HOSTILE = """<img src=x onerror="document.title='pwned'"></h3><script>alert(1)</script> ${alert(2)} " '"""


@pytest.fixture
def account(scripted: StandIn) -> Account:
    """Somebody of whom a few things are known."""
    account = scripted.accounts[TOKEN]
    short = scripted.add_preference(TOKEN, "Keep answers under 30 words")
    scripted.add_preference(TOKEN, "Begin with a greeting", confidence=0.42, active=False, scope="e-mails")
    account.origins[short.id] = [
        ProvenanceItem(
            edit_id=new_id(), turn_id=new_id(), conversation_id=new_id(), question=question, supports=supports,
            difference=difference("Annual leave is, as a rule, 28 days.", after), created_at=NOW,
        )
        for question, supports, after in (
            ("How much leave do I have?", True, "Annual leave: 28 days."),
            (HOSTILE, False, f"Annual leave is, as a rule, 28 days. {HOSTILE}"),
        )
    ]  # fmt: skip
    account.costs = [
        EditCostPoint(until=NOW + timedelta(days=week * 7), answers=20, mean_cost=cost)
        for week, cost in enumerate((0.41, 0.33, 0.36, 0.22, 0.14, 0.09))
    ]
    return account


async def about(browser: Browser, url: str, size: str = "desktop", scheme: str = "light") -> Page:
    page = await enter(browser, url, size, scheme)
    await page.goto(f"{url}/about-me")
    await expect(page.locator("h1")).to_have_text("About me")
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
async def test_what_was_learned_is_said_in_plain_words_with_where_it_came_from(
    browser: Browser, pages_url: str, account: Account, size: str, scheme: str
) -> None:
    page = await enter(browser, pages_url, size, scheme)
    if size == "phone":
        await page.click(".tabs [data-tab=library]")
    await page.click("#account a")
    card = page.locator(".card").first
    await expect(card).to_contain_text("Quite sure (72%)")
    await expect(card).to_contain_text(
        "learned from 3 edits, 1 speaks against it; used 8 times, left as it was 6 times"
    )
    await expect(page.locator(".card").nth(1)).to_contain_text("Only for: e-mails")
    await expect(page.locator(".plot figcaption")).to_contain_text("over 120 answers. It fell from 41% to 9%")
    await shoot(page, f"{size}-{scheme}-about-1")
    await card.locator("summary", has_text="Where from").click()
    await expect(card.locator(".provenance li")).to_have_count(2)
    await expect(card.locator("del").first).to_be_visible()
    await card.locator("summary", has_text="Change the words").click()
    await page.screenshot(path=ARTIFACTS / f"{size}-{scheme}-about-2.png", full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.title() == "About me · Attune"


async def test_a_preference_is_switched_pinned_reworded_narrowed_and_deleted(
    browser: Browser, pages_url: str, account: Account
) -> None:
    page, known = await about(browser, pages_url), account.preferences
    first, second = known
    card = page.locator(f"#p-{first}")
    await page.fill("#state-description", "half a sentence")  # typed elsewhere: must outlive what follows
    await card.locator("[data-patch=active]").press("Space")
    await expect(card.locator(".chips")).to_contain_text("Switched off")
    await expect(card.locator("[data-patch=active]")).to_be_focused()
    await card.locator("[data-patch=pinned]").click()
    await expect(card.locator("[data-patch=pinned]")).to_have_attribute("aria-checked", "true")
    assert (known[first].active, known[first].pinned) == (False, True)

    await card.locator("summary", has_text="Change").click()
    await card.locator("[name=description]").fill("At most two sentences")
    await card.locator("[name=scope]").fill("travel")
    await card.locator("[name=scope]").press("Enter")
    await expect(card.locator("h3")).to_have_text("At most two sentences")
    await expect(card).to_contain_text("Only for: travel")
    await expect(card.locator("summary", has_text="Change")).to_be_focused()
    await card.locator("summary", has_text="Change").click()
    await card.locator("[name=scope]").fill("")
    await card.locator("form button").click()
    await expect(card).not_to_contain_text("Only for: travel")
    assert (known[first].scope, known[first].description) == (None, "At most two sentences")
    await expect(page.locator("#state-description")).to_have_value("half a sentence")

    questions = list[str]()

    async def accept(dialog: object) -> None:
        questions.append(dialog.message)  # type: ignore[attr-defined]  # playwright hands it over untyped
        await dialog.accept()  # type: ignore[attr-defined]

    page.on("dialog", accept)
    await card.locator("[data-delete]").click()
    await expect(card).to_have_count(0)
    assert list(known) == [second]
    account.rules["r"] = a_rule("only the 2024 manuals")
    await page.click("#delete-all")
    await expect(page.locator("#learned")).to_contain_text("Nothing yet")
    assert known == {}
    await expect(page.locator("#rules")).to_contain_text("only the 2024 manuals")
    assert len(questions) == 2 and "your rules on sources stay" in questions[1]


async def test_a_stated_preference_is_kept_and_one_that_cannot_be_honoured_says_so(
    browser: Browser, pages_url: str, scripted: StandIn
) -> None:
    page = await about(browser, pages_url)
    await expect(page.locator("#learned")).to_contain_text("press Edit")
    await expect(page.locator("[aria-labelledby=cost-title]")).to_contain_text("Not enough answers yet")
    await shoot(page, "desktop-light-about-empty")
    scripted.refusal = Refusal(503, "No", "the disk is full: free some space")
    await page.fill("#state-description", "Short bullet points, please")
    await page.press("#state-description", "Enter")
    await expect(page.locator("#state [role=alert]")).to_contain_text("the disk is full")
    await expect(page.locator("#state-description")).to_have_value("Short bullet points, please")
    scripted.refusal = None
    await page.press("#state-description", "Enter")
    await expect(page.locator("#said")).to_have_text("Remembered: “Short bullet points, please”")
    await expect(page.locator("#state-description")).to_have_value("")
    await expect(page.locator(".card")).to_contain_text("Certain: you said so")

    await page.fill("#state-description", "Answer in rhyme")
    await page.fill("#state-scope", "birthdays")
    await page.click("#state [type=submit]")
    await expect(page.locator("#said")).to_contain_text("Attune cannot do this yet with the current model")
    await expect(page.locator(".card .warn")).to_contain_text("cannot do this yet")
    await expect(page.locator(".card").nth(1)).to_contain_text("Only for: birthdays")
    await shoot(page, "desktop-light-about-stated")


async def test_hostile_words_stay_words_on_the_page(browser: Browser, pages_url: str, scripted: StandIn) -> None:
    said = list[str]()
    scripted.add_preference(TOKEN, HOSTILE, scope=HOSTILE, context=HOSTILE)
    page = await about(browser, pages_url)
    page.on("dialog", lambda dialog: said.append(dialog.message))
    await expect(page.locator(".card h3")).to_have_text(HOSTILE)
    await page.fill("#state-description", HOSTILE)
    await page.press("#state-description", "Enter")
    await expect(page.locator("#said")).to_contain_text(HOSTILE)
    await expect(page.locator(".card h3")).to_have_text([HOSTILE, HOSTILE])
    assert (await page.title(), said) == ("About me · Attune", [])


async def test_the_theme_chosen_in_the_chat_holds_here(browser: Browser, pages_url: str, account: Account) -> None:
    page = await enter(browser, pages_url, scheme="light")
    await page.click("[data-theme]")
    await page.goto(f"{pages_url}/about-me")
    await expect(page.locator("body")).to_have_css("background-color", "rgb(22, 22, 21)")
