"""Conversations are found again by what was said in them, and taken along as a file."""

from typing import Any

import httpx
import pytest

from app.conversation_export import as_markdown, file_name
from app.models import utc_now
from app.schemas import ConversationDetail
from tests.app.test_chat import NOTE, QUESTION, ask
from tests.conftest import Upload


async def titles(client: httpx.AsyncClient, sought: str, **query: Any) -> list[str]:
    response = await client.get("/api/v1/conversations", params={"q": sought, **query})
    assert response.status_code == 200, response.text
    return [one["title"] for one in response.json()["items"]]


async def begin(client: httpx.AsyncClient, title: str) -> str:
    made: str = (await client.post("/api/v1/conversations", json={"title": title})).json()["id"]
    return made


async def test_a_conversation_is_found_by_its_title_its_questions_and_its_answers(
    client: httpx.AsyncClient, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    await begin(client, "Trains to Bern")
    hut = await begin(client, "Wednesday")
    await ask(client, conversation_id=hut)
    assert await titles(client, "BERN") == ["Trains to Bern"]
    assert await titles(client, "spare Hut") == ["Wednesday"], "asked"
    assert await titles(client, "flower wednes") == ["Wednesday"], "answered, with a part of a word of the title"
    assert await titles(client, "flower bern") == [], "all words, in one conversation"
    assert await titles(client, "  ") == ["Wednesday", "Trains to Bern"]


async def test_what_is_shown_is_searched_and_not_what_a_person_wrote_over(
    client: httpx.AsyncClient, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    turn = await ask(client)
    await client.put(f"/api/v1/turns/{turn['id']}/answer", json={"text": "Below the marigolds [1]."})
    assert await titles(client, "marigolds") == [QUESTION]
    assert await titles(client, "flower") == []


@pytest.mark.parametrize("sought", ["übernachtung", "ÜBERNACHTUNG", "Übernachtung", "zürich"])
async def test_case_does_not_matter_in_other_alphabets(client: httpx.AsyncClient, sought: str) -> None:
    await begin(client, "Übernachtung in ZÜRICH")
    assert await titles(client, sought) == ["Übernachtung in ZÜRICH"]


@pytest.mark.parametrize("sought", ["%", "_", "\\", "' OR 1=1 --"])
async def test_signs_of_sql_stand_for_themselves(client: httpx.AsyncClient, sought: str) -> None:
    await begin(client, "Plain")
    await begin(client, f"with {sought} in it")
    assert await titles(client, sought) == [f"with {sought} in it"]


async def test_nobody_finds_what_others_asked(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    await ask(client)
    await begin(other_client, "Mine")
    assert await titles(other_client, "spare") == []
    assert await titles(other_client, "mine") == ["Mine"]


async def test_what_is_found_comes_in_pages(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await begin(client, f"Hut {number}")
        await begin(client, f"Boat {number}")
    seen, cursor = list[str](), None
    while True:
        query: dict[str, Any] = {"q": "hut", "limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await client.get("/api/v1/conversations", params=query)).json()
        seen += [one["title"] for one in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == [f"Hut {number}" for number in (4, 3, 2, 1, 0)]


@pytest.mark.parametrize("sought", ["a\0b", "x" * 201])
async def test_what_no_database_can_look_for_is_refused(client: httpx.AsyncClient, sought: str) -> None:
    response = await client.get("/api/v1/conversations", params={"q": sought})
    assert (response.status_code, response.json()["title"]) == (422, "Invalid request")


async def test_a_title_of_blanks_is_no_title(client: httpx.AsyncClient) -> None:
    made = await begin(client, "Keys")
    assert (await client.patch(f"/api/v1/conversations/{made}", json={"title": "  "})).status_code == 422
    assert (await client.patch(f"/api/v1/conversations/{made}", json={"title": " Hut "})).json()["title"] == "Hut"


async def test_a_conversation_is_taken_along_with_its_numbered_sources(
    client: httpx.AsyncClient, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    turn = await ask(client)
    path = f"/api/v1/conversations/{turn['conversation_id']}/export"
    file = await client.get(path)
    assert file.headers["content-type"] == "text/markdown; charset=utf-8"
    assert file.headers["content-disposition"] == (
        "attachment; filename*=utf-8''Where%20does%20the%20hut%20keep%20its%20spare%20key.md"
    )
    assert f"> {QUESTION}" in file.text
    assert turn["answer"] in file.text
    assert "**[1]** hut.txt\n\n> The hut keeps its spare key under the blue flower pot." in file.text
    as_json = await client.get(path, params={"format": "json"})
    assert as_json.headers["content-disposition"].endswith("key.json")
    assert ConversationDetail.model_validate_json(as_json.content).turns[0].id == turn["id"]
    assert (await client.get(path, params={"format": "pdf"})).status_code == 422


def test_nothing_in_an_exported_file_acts() -> None:
    turn: dict[str, Any] = {
        "id": "t",
        "conversation_id": "c",
        "question": "<b>\n# no heading",
        "state": "complete",
        "abstained": False,
    }
    turn |= {"answer": "<img src=x onerror=a()> ![x](https://evil.example/x.png) [y](javascript:a()) 1 < 2 [1]"}
    source = {"marker": 1, "exposure_id": "e", "passage_id": "p", "document_id": "d", "document": "<i>a</i>.txt"}
    source |= {"page": 3, "heading": None, "quote": "</blockquote><script>a()</script>\n\n## Question"}
    turn |= {"citations": [source], "exposures": [], "versions": {}, "preferences": [], "error": None}
    turn["created_at"] = now = utc_now()
    named = {"id": "c", "title": "<script>a()</script>", "created_at": now, "updated_at": now, "turns": [turn]}
    page = as_markdown(ConversationDetail.model_validate(named))
    assert "<" not in page.replace("1 < 2", "")
    assert "![" not in page and "](javascript" not in page
    assert "> &lt;b>\n> \\# no heading" in page
    assert page.count("\n## Question") == 1
    assert "&lt;i>a&lt;/i>.txt, page 3" in page


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("../../etc/passwd", "etc passwd.md"),
        ('a"b\r\nSet-Cookie: x', "a b Set-Cookie x.md"),
        ("\u202etxt.exe", "txt.exe.md"),
        ("???", "conversation.md"),
        ("Grüße, Zürich", "Grüße Zürich.md"),
    ],
)
def test_a_file_is_named_after_the_title_and_nothing_else_in_it(title: str, name: str) -> None:
    assert file_name(title, "md") == name
