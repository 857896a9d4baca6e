import httpx
import pytest

from app.schemas import AnswerEvent, ChatRequest
from tests.ui.stand_in import StandIn
from ui.client import ApiClient


@pytest.fixture(scope="module")
def token(pages_script: StandIn) -> str:
    return pages_script.add_person("ada@example.org")


async def fetch(url: str, token: str | None = None, method: str = "GET") -> httpx.Response:
    cookies = {"attune_session": token} if token else None
    async with httpx.AsyncClient(cookies=cookies) as browser:
        return await browser.request(method, url)


async def test_a_stranger_is_sent_to_the_login_page(pages_url: str) -> None:
    response = await fetch(pages_url)
    assert (response.status_code, response.headers["location"]) == (303, "/login")


@pytest.mark.parametrize(
    "path", ["/config", "/gradio_api/info", "/gradio_api/queue/data?session_hash=x", "/monitoring"]
)
async def test_a_program_without_a_session_gets_401(pages_url: str, path: str) -> None:
    assert (await fetch(pages_url + path)).status_code == 401
    assert (await fetch(pages_url + path, "forged")).status_code == 401


async def test_a_person_gets_the_page_under_a_policy_that_names_no_other_host(pages_url: str, token: str) -> None:
    response = await fetch(pages_url, token)
    assert response.status_code == 200
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy


async def test_looking_at_a_login_link_does_not_spend_it(pages_url: str, pages_script: StandIn) -> None:
    pages_script.add_person("eve@example.org")
    response = await fetch(f"{pages_url}/login?code=code-of-eve@example.org")
    assert response.status_code == 200
    assert response.headers["referrer-policy"] == "no-referrer"
    assert "code-of-eve@example.org" in pages_script.codes


@pytest.mark.parametrize("origin", ["http://127.0.0.1:1", "https://evil.example", "null"])
async def test_a_page_of_another_site_or_port_cannot_act_with_the_cookie(
    pages_url: str, token: str, origin: str
) -> None:
    event = {"data": [None], "fn_index": 0, "session_hash": "x"}
    async with httpx.AsyncClient(cookies={"attune_session": token}) as browser:
        url = f"{pages_url}/gradio_api/queue/join"
        foreign = await browser.post(url, json=event, headers={"Origin": origin})
        own = await browser.post(url, json=event, headers={"Origin": pages_url})
    assert (foreign.status_code, own.status_code) == (403, 200)


async def test_an_unknown_api_route_is_problem_details_and_not_a_page(pages_url: str, token: str) -> None:
    response = await fetch(f"{pages_url}/api/v1/nothing", token)
    assert (response.status_code, response.headers["content-type"]) == (404, "application/problem+json")


async def test_files_cannot_be_left_with_gradio(pages_url: str, token: str) -> None:
    async with httpx.AsyncClient(cookies={"attune_session": token}) as browser:
        response = await browser.post(f"{pages_url}/gradio_api/upload", files={"files": ("a.txt", b"some bytes")})
    assert response.status_code == 413


async def test_handlers_are_no_second_api(pages_url: str, token: str) -> None:
    described = (await fetch(f"{pages_url}/gradio_api/info", token)).json()
    assert described["named_endpoints"] == {}


async def test_no_tab_holds_a_connection_open_as_the_sixth_one_would_find_none_left(pages_url: str, token: str) -> None:
    response = await fetch(f"{pages_url}/gradio_api/heartbeat/x", token)  # of gradio's own it would never end
    assert (response.status_code, response.content) == (204, b"")


async def test_the_reader_shows_a_document_to_its_owner_only(pages_url: str, pages_script: StandIn, token: str) -> None:
    pages_script.passages = ["Leave is <b>28</b> days.", "Five may be kept."]
    document = pages_script.add_document(token, "<i>handbook</i>.docx")
    other = pages_script.add_person("bob@example.org")
    page = await fetch(f"{pages_url}/read/{document.id}", token)
    assert page.status_code == 200
    assert 'id="p-p1"' in page.text
    assert "&lt;b&gt;28&lt;/b&gt;" in page.text
    assert "<i>" not in page.text
    marked = await fetch(f"{pages_url}/read/{document.id}?passage=p0&mark=9-18", token)
    assert "Leave is <mark>&lt;b&gt;28&lt;/b&gt;</mark> days." in marked.text
    found = await fetch(f"{pages_url}/read/{document.id}?q=LEAV %22><i>", token)
    assert "2 passages, nearest first; 1 with words of yours" in found.text
    assert "<mark>Leave</mark> is" in found.text
    assert 'value="LEAV &quot;&gt;&lt;i&gt;"' in found.text
    assert (await fetch(f"{pages_url}/read/{document.id}", other)).status_code == 404
    assert (await fetch(f"{pages_url}/read/{document.id}")).headers["location"] == "/login"


async def test_a_page_of_a_pdf_is_shown_with_its_marks_and_the_ways_to_its_neighbours(
    pages_url: str, pages_script: StandIn, token: str
) -> None:
    pages_script.passages = ["Leave is <b>28</b> days."]
    document = pages_script.add_document(token, "handbook.pdf")
    other = pages_script.add_person("bob@example.org")
    address = f"{pages_url}/read/{document.id}/page"
    page = await fetch(f"{address}/1?passage=p0&mark=0-5", token)
    assert page.status_code == 200
    assert '<rect id=mark x="0.10000" y="0.70000"' in page.text
    assert "Marked on this page" in page.text and "&lt;b&gt;28" in page.text
    assert f"/read/{document.id}/page/2" in page.text and "‹ Previous</span>" in page.text
    last = await fetch(f"{address}/3", token)
    assert "<rect" not in last.text and "Next ›</span>" in last.text and "Marked" not in last.text
    assert (await fetch(f"{address}/1", other)).status_code == 404
    assert (await fetch(f"{address}/1")).headers["location"] == "/login"


async def test_about_me_is_for_whoever_looks_only(pages_url: str, pages_script: StandIn, token: str) -> None:
    preference = pages_script.add_preference(token, "Keep answers <b>short</b>")
    other = pages_script.add_person("bob@example.org")
    mine = await fetch(f"{pages_url}/about-me", token)
    assert "Keep answers &lt;b&gt;short&lt;/b&gt;" in mine.text
    assert mine.headers["cache-control"] == "no-store"
    assert "'unsafe-inline'" not in mine.headers["content-security-policy"]
    assert "Keep answers" not in (await fetch(f"{pages_url}/about-me", other)).text
    assert (await fetch(f"{pages_url}/about-me")).headers["location"] == "/login"
    for path in (f"provenance/{preference.id}", f"turn/{preference.id}/x", "edit/x"):
        assert (await fetch(f"{pages_url}/shown/{path}", other)).status_code == 404
        assert (await fetch(f"{pages_url}/shown/{path}")).status_code == 401
    applied = await fetch(f"{pages_url}/shown/preferences?id={preference.id}", other)
    assert "Keep answers" not in applied.text
    assert "1 preference deleted since" in applied.text


async def test_a_long_list_goes_on_at_its_next_page(pages_url: str, pages_script: StandIn) -> None:
    many = pages_script.add_person("many@example.org")
    for number in range(101):
        pages_script.add_preference(many, f"wish {number}")
    first = (await fetch(f"{pages_url}/about-me", many)).text
    assert 'href="/about-me?after=100"' in first
    assert ">wish 100<" not in first
    last = (await fetch(f"{pages_url}/about-me?after=100", many)).text
    assert ">wish 100<" in last
    assert "Show more" not in last


async def test_what_is_shown_of_an_answer_is_its_latest_edit(pages_url: str, pages_script: StandIn) -> None:
    zoe = pages_script.add_person("zoe@example.org")
    async with ApiClient(pages_url, zoe) as client:
        events = [event async for event in client.chat(ChatRequest(question="How much leave?"))]
        assert isinstance(events[-1], AnswerEvent)
        turn = events[-1].turn
        for number in range(201):
            await client.edit_answer(turn.id, f"version {number}")
    page = (await fetch(f"{pages_url}/shown/edit/{turn.id}", zoe)).text
    assert "version <del>199</del><ins>200</ins>" in page
    article = (await fetch(f"{pages_url}/shown/turn/{turn.conversation_id}/{turn.id}", zoe)).text
    assert "<p>version 200</p>" in article
    assert article.count("<article") == 1


async def test_settings_are_for_whoever_looks_only(pages_url: str, token: str) -> None:
    assert (await fetch(f"{pages_url}/settings")).headers["location"] == "/login"
    assert "ada@example.org" in (await fetch(f"{pages_url}/settings", token)).text


async def test_a_browser_is_told_once_what_its_person_chose_and_strangers_choose_at_the_door(
    pages_url: str, pages_script: StandIn
) -> None:
    german = pages_script.add_person("dora@example.org")
    pages_script.accounts[german].person.language = "de"
    async with httpx.AsyncClient(cookies={"attune_session": german}) as browser:
        told = await browser.get(pages_url)
        assert "attune_language=de;" in told.headers["set-cookie"]
        assert 'lang="de"' in (await browser.get(f"{pages_url}/about-me")).text
        assert "set-cookie" not in (await browser.get(pages_url)).headers
    async with httpx.AsyncClient(headers={"Accept-Language": "en"}) as stranger:
        assert "Anmelden" in (await stranger.get(f"{pages_url}/login?language=de")).text
        assert "Anmelden" in (await stranger.get(f"{pages_url}/login")).text
        assert "Kopiert" in (await stranger.get(f"{pages_url}/words.js")).text
        assert "Kopiert" not in (await stranger.get(f"{pages_url}/words.js?language=en")).text
        refused = await stranger.get(f"{pages_url}/login?language=%0d%0ax")
        assert "set-cookie" not in refused.headers


async def test_no_event_makes_gradio_compare_a_long_thread_with_every_token(pages_url: str, token: str) -> None:
    config = (await fetch(f"{pages_url}/config", token)).json()
    keys = next(one["id"] for one in config["components"] if one["props"].get("elem_id") == "keys")
    assert {tuple(event["show_progress_on"] or ()) for event in config["dependencies"] if event["outputs"]} == {(keys,)}
