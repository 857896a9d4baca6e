"""A question about an uncertain lesson: seldom asked, and its answer is evidence."""

import httpx
import pytest

from app.asking import SELDOM
from app.schemas_preferences import EditPublic
from app.services import Services
from tests.app.rewriting import LONG, NOTE, SHORT, ask, preferences_of, rewrite, teach
from tests.conftest import Upload


@pytest.fixture(autouse=True)
async def hut(services: Services, client: httpx.AsyncClient, upload: Upload) -> None:
    teach(services)
    await upload(client, "hut.txt", NOTE)


async def taught(client: httpx.AsyncClient, question: str = "Does the hut lock its door at night?") -> EditPublic:
    return await rewrite(client, (await ask(client, question)).id, LONG)


async def say(client: httpx.AsyncClient, edit: EditPublic, choice: str) -> int:
    path = f"/api/v1/preferences/{edit.learned[0].id}/answer"
    return (await client.post(path, json={"choice": choice})).status_code


async def test_the_first_lesson_asks_whether_it_holds_always_and_always_is_everywhere(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient
) -> None:
    edit = await taught(client)
    question = edit.learned[0].question
    assert question is not None and question.text == "Do not use contractions: always?"
    assert [(one.id, one.label) for one in question.choices] == [
        ("always", "Always"), ("here", "Only for questions like this one"), ("no", "No"),
    ]  # fmt: skip
    assert await say(other_client, edit, "always") == 404
    assert await say(client, edit, "other") == 422
    assert await say(client, edit, "always") == 204
    (preference,) = await preferences_of(client)
    assert (preference.pinned, preference.scope, preference.question) == (True, None, None)
    assert await say(client, edit, "no") == 404, "it was answered"


async def test_only_for_a_kind_of_text_is_a_scope(client: httpx.AsyncClient) -> None:
    edit = await taught(client, "Does the hut lock its door at night? I need it for an e-mail.")
    question = edit.learned[0].question
    assert question is not None and question.choices[1].label == "Only for e-mails"
    assert await say(client, edit, "here") == 204
    assert [one.scope for one in await preferences_of(client)] == ["e-mails"]
    assert (await ask(client)).answer == SHORT


async def test_no_drops_it_with_its_effect(client: httpx.AsyncClient) -> None:
    edit = await taught(client)
    assert await say(client, edit, "no") == 204
    assert await preferences_of(client) == []
    assert (await ask(client)).answer == SHORT


async def test_it_is_asked_once_in_ten_lessons_at_most_and_never_about_what_was_undone(
    client: httpx.AsyncClient,
) -> None:
    asked = []
    for _ in range(SELDOM + 1):
        edit = await taught(client)
        asked.append(sum(one.question is not None for one in edit.learned))
        await client.delete("/api/v1/preferences")
    assert asked == [1] + [0] * (SELDOM - 1) + [1]
    last = await taught(client)
    assert last.learned[0].question is None
