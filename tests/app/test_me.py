"""One's own account: read, change, take along. Erasing is tested with the documents."""

import httpx

from app.services import Services
from tests.conftest import Upload


async def test_name_and_password_can_be_changed_and_a_new_password_logs_out_other_devices(
    client: httpx.AsyncClient, services: Services, stranger: httpx.AsyncClient
) -> None:
    person = await services.auth.person_of_token(client.headers["authorization"].split()[1])
    assert person is not None
    elsewhere = await services.auth.issue_token(person, "phone")
    body = {"display_name": "Ann B.", "password": "a long new password"}
    changed = (await client.patch("/api/v1/me", json=body)).json()
    assert changed["display_name"] == "Ann B."
    assert (await client.get("/api/v1/me")).json() == changed
    assert (await stranger.get("/api/v1/me", headers={"Authorization": f"Bearer {elsewhere}"})).status_code == 401
    body = {"email": "ann@example.org", "password": "a long new password"}
    assert (await stranger.post("/api/v1/auth/token", json=body)).status_code == 200


async def test_the_language_of_the_pages_is_chosen_and_taken_back_and_nothing_else_changes_it(
    client: httpx.AsyncClient,
) -> None:
    assert (await client.get("/api/v1/me")).json().items() >= {"language": None, "toured": False}.items()
    assert (await client.patch("/api/v1/me", json={"language": "de"})).json()["language"] == "de"
    toured = (await client.patch("/api/v1/me", json={"toured": True})).json()
    assert (toured["language"], toured["toured"]) == ("de", True)
    assert (await client.patch("/api/v1/me", json={"language": None})).json()["language"] is None
    assert (await client.patch("/api/v1/me", json={"language": "xx"})).status_code == 422


async def test_the_export_holds_account_documents_and_whole_conversations(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload
) -> None:
    await upload(client, "a.txt", "The lighthouse of Quenholm was built in 1871.", source="/notes/a.txt")
    await upload(client, "b.txt", "The mill of Quenholm was built in 1702.")
    await upload(other_client, "c.txt", "Somebody else wrote this about Quenholm.")
    for question in ("When was the lighthouse built?", "And the mill?"):
        response = await client.post("/api/v1/chat", json={"question": question, "stream": False})
        assert response.status_code == 200, response.text
    export = (await client.get("/api/v1/me/export")).json()
    assert export["account"]["email"] == "ann@example.org"
    assert {(item["name"], item["source"]) for item in export["documents"]} == {
        ("a.txt", "/notes/a.txt"),
        ("b.txt", None),
    }
    questions = [turn["question"] for conversation in export["conversations"] for turn in conversation["turns"]]
    assert sorted(questions) == ["And the mill?", "When was the lighthouse built?"]


async def test_the_export_of_an_empty_account_is_json(client: httpx.AsyncClient) -> None:
    export = (await client.get("/api/v1/me/export")).json()
    assert (export["documents"], export["conversations"]) == ([], [])
