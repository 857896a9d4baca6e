"""Standing rules over HTTP: what they leave is searched, what they leave out is not, and the log names them."""

import httpx
import pytest
from sqlmodel import select

from app import documents
from app.models import Turn
from app.schemas_memory import RulePublic
from app.services import Services
from generation.scripted import ScriptedModel
from tests.app.rewriting import ask, preferences_of, state
from tests.conftest import Upload

QUESTION = "How long is the notice period?"
RULE = "only use the 2024 manuals"


@pytest.fixture
async def shelf(client: httpx.AsyncClient, upload: Upload) -> dict[str, str]:
    """Name -> id of four documents that answer the same question differently."""
    texts = {
        "manual-2023.txt": "The notice period is three weeks.",
        "manual-2024.txt": "The notice period is four weeks.",
        "wiki-export.txt": "The notice period is nine weeks.",
        "letter.txt": "The notice period is one week.",
    }
    return {name: (await upload(client, name, text)).document.id for name, text in texts.items()}


async def rules_of(client: httpx.AsyncClient) -> list[RulePublic]:
    items = (await client.get("/api/v1/me/rules")).json()["items"]
    return [RulePublic.model_validate(item) for item in items]


async def rule(client: httpx.AsyncClient, text: str = RULE) -> RulePublic:
    response = await client.post("/api/v1/me/rules", json={"text": text})
    assert response.status_code == 201, response.text
    return RulePublic.model_validate_json(response.content)


async def searched(client: httpx.AsyncClient, question: str = QUESTION, **body: object) -> set[str]:
    return {exposure.document for exposure in (await ask(client, question, **body)).exposures}


async def test_a_rule_says_what_it_leaves_now(client: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    made = await rule(client)
    assert (made.text, made.matches, made.documents, made.active, made.pinned) == (RULE, 1, 4, True, True)
    assert await rules_of(client) == [made]


async def test_a_rule_also_leaves_what_is_being_read_again(
    client: httpx.AsyncClient, services: Services, shelf: dict[str, str]
) -> None:
    owner = (await client.get("/api/v1/me")).json()["id"]
    async with services.database.session() as session:
        assert await documents.change(session, owner, shelf["manual-2024.txt"], status="queued")
    made = await rule(client)
    assert (made.matches, made.documents) == (1, 4)
    assert await searched(client) == {"manual-2024.txt"}


async def test_a_rule_narrows_every_search_and_the_log_names_it(
    client: httpx.AsyncClient, services: Services, shelf: dict[str, str]
) -> None:
    made = await rule(client)
    turn = await ask(client, QUESTION)
    assert {exposure.document for exposure in turn.exposures} == {"manual-2024.txt"}
    assert turn.preferences == [made.id]
    assert isinstance(services.model, ScriptedModel) and RULE not in str(services.model.prompts[-1])


async def test_a_rule_that_is_typed_as_a_preference_is_one(client: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    stated = await state(client, "Never answer from the wiki export.")
    assert stated.honoured
    assert [(one.id, one.matches) for one in await rules_of(client)] == [(stated.id, 3)]
    assert "wiki-export.txt" not in await searched(client)
    assert "wiki-export.txt" in await searched(client, "What is the notice period in the wiki export?")


async def test_all_rules_hold_at_once(client: httpx.AsyncClient, shelf: dict[str, str]) -> None:
    await rule(client, "only use the manuals")
    await rule(client, "never use documents from 2023")
    assert await searched(client) == {"manual-2024.txt"}


@pytest.mark.parametrize("how", ["off", "deleted", "scope"])
async def test_a_rule_that_is_off_deleted_or_for_other_questions_leaves_everything(
    client: httpx.AsyncClient, shelf: dict[str, str], how: str
) -> None:
    made = await rule(client)
    path = f"/api/v1/preferences/{made.id}"
    response = await {
        "off": lambda: client.patch(path, json={"active": False}),
        "deleted": lambda: client.delete(path),
        "scope": lambda: client.patch(path, json={"scope": "recipes"}),
    }[how]()
    assert response.is_success
    assert await searched(client) == set(shelf)


async def test_documents_chosen_for_a_question_come_before_the_rule(
    client: httpx.AsyncClient, shelf: dict[str, str]
) -> None:
    await rule(client)
    turn = await ask(client, QUESTION, documents=[shelf["letter.txt"]])
    assert {exposure.document for exposure in turn.exposures} == {"letter.txt"} and turn.preferences == []


async def test_a_rule_that_leaves_no_document_says_so_instead_of_searching_everything(
    client: httpx.AsyncClient, services: Services, shelf: dict[str, str]
) -> None:
    made = await rule(client, "only use the 1999 manuals")
    assert (made.matches, made.documents) == (0, 4)
    turn = await ask(client, QUESTION)
    assert turn.abstained and turn.exposures == [] and "only use the 1999 manuals" in turn.answer
    async with services.database.session() as session:
        (row,) = (await session.exec(select(Turn))).all()
    assert row.preference_ids == [made.id]


async def test_a_sentence_that_names_no_documents_is_refused_with_an_example(client: httpx.AsyncClient) -> None:
    response = await client.post("/api/v1/me/rules", json={"text": "only use bullet points"})
    assert response.status_code == 422 and "2024 manuals" in response.json()["detail"]
    assert await preferences_of(client) == []


async def test_a_rule_sees_the_documents_of_its_person_alone(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload, shelf: dict[str, str]
) -> None:
    assert ((await rule(other_client)).matches, (await rule(other_client, "only use PDFs")).documents) == (0, 0)
    await upload(other_client, "b-manual-2024.txt", "The notice period is two weeks.")
    assert [one.documents for one in await rules_of(other_client)] == [1, 1]
    assert await searched(client) == set(shelf)
