"""An answer that a person rewrites: what is kept, what is shown from then on, and what is refused."""

import httpx
import pytest
from sqlmodel import select

from app.models import Turn
from app.models_preferences import Edit, Preference, PreferenceEvidence, PreferenceUse
from app.services import Services
from generation.scripted import ScriptedModel
from tests.app.rewriting import LONG, NOTE, SHORT, ask, put, rewrite, teach
from tests.conftest import Upload


@pytest.fixture(autouse=True)
async def hut(services: Services, client: httpx.AsyncClient, upload: Upload) -> None:
    teach(services)
    await upload(client, "hut.txt", NOTE)


async def test_a_rewritten_answer_is_shown_from_then_on_and_nothing_is_overwritten(
    client: httpx.AsyncClient, services: Services
) -> None:
    turn = await ask(client)
    assert (turn.answer, turn.edited) == (SHORT, False)
    edit = await rewrite(client, turn.id, LONG)
    assert (edit.draft, edit.text, edit.cost) == (SHORT, LONG, 2)
    assert 0 < edit.cost_normalised < 1
    assert "".join(span.text for span in edit.difference if span.change != "added") == SHORT
    assert "".join(span.text for span in edit.difference if span.change != "removed") == LONG
    read = (await client.get(f"/api/v1/conversations/{turn.conversation_id}")).json()["turns"][0]
    assert (read["answer"], read["edited"]) == (LONG, True)
    async with services.database.session() as session:
        row = (await session.exec(select(Turn))).one()
    assert (row.answer, row.edited_answer) == (SHORT, LONG)


async def test_a_follow_up_is_asked_behind_the_text_that_the_person_wrote(
    client: httpx.AsyncClient, services: Services
) -> None:
    turn = await ask(client)
    await rewrite(client, turn.id, LONG)
    assert isinstance(services.model, ScriptedModel)
    await ask(client, "And before noon?", conversation_id=turn.conversation_id)
    said = [message.content for prompt in services.model.prompts for message in prompt]
    assert any("does not lock" in text for text in said)


async def test_several_edits_of_one_answer_are_a_chain(client: httpx.AsyncClient) -> None:
    turn = await ask(client)
    first = await rewrite(client, turn.id, LONG)
    second = await rewrite(client, turn.id, f"In short: {LONG}")
    assert second.draft == first.text
    items = (await client.get(f"/api/v1/turns/{turn.id}/edits")).json()["items"]
    assert [item["id"] for item in items] == [first.id, second.id]
    page = (await client.get(f"/api/v1/turns/{turn.id}/edits", params={"limit": 1})).json()
    rest = (await client.get(f"/api/v1/turns/{turn.id}/edits", params={"cursor": page["next_cursor"]})).json()
    assert [item["id"] for item in (*page["items"], *rest["items"])] == [first.id, second.id]


async def test_the_same_text_again_is_the_same_edit_and_an_unchanged_answer_teaches_nothing(
    client: httpx.AsyncClient,
) -> None:
    turn = await ask(client)
    same = await rewrite(client, turn.id, SHORT)
    assert (same.cost, same.learning) == (0, "nothing") and same.reason
    edit = await rewrite(client, turn.id, LONG)
    again = await put(client, turn.id, LONG)
    assert (again.status_code, again.json()["id"]) == (200, edit.id)


async def test_what_is_no_answer_or_not_ones_own_cannot_be_rewritten(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, services: Services
) -> None:
    turn = await ask(client)
    assert (await put(other_client, turn.id, LONG)).status_code == 404
    assert (await put(client, turn.id, "  ")).status_code == 422
    assert (await put(client, turn.id, "a" * 40_001)).status_code == 422
    async with services.database.session() as session:
        row = (await session.exec(select(Turn))).one()
        row.state = "running"
        session.add(row)
    refused = await put(client, turn.id, LONG)
    assert refused.status_code == 409 and "wait" in refused.json()["detail"]
    async with services.database.session() as session:
        assert (await session.exec(select(Edit))).all() == []


async def test_an_answer_in_our_own_words_teaches_nothing_about_the_model(client: httpx.AsyncClient) -> None:
    turn = await ask(client, "Hello!")
    edit = await rewrite(client, turn.id, "Hi.")
    assert edit.learning == "nothing" and "fixed words" in (edit.reason or "")


async def test_deleting_the_conversation_deletes_its_edits_and_what_they_alone_taught(
    client: httpx.AsyncClient, services: Services
) -> None:
    turn = await ask(client)
    assert (await rewrite(client, turn.id, LONG)).learned
    assert (await client.delete(f"/api/v1/conversations/{turn.conversation_id}")).status_code == 204
    assert (await client.get("/api/v1/preferences")).json()["items"] == []
    assert (await ask(client)).answer == SHORT


async def test_the_cost_of_edits_is_told_stretch_by_stretch(client: httpx.AsyncClient) -> None:
    for text in (LONG, None, None):
        turn = await ask(client)
        if text:
            await rewrite(client, turn.id, text)
            await client.delete("/api/v1/preferences")
    points = (await client.get("/api/v1/me/edit-cost", params={"stretch": 2})).json()
    assert [point["answers"] for point in points] == [2, 1]
    assert points[0]["mean_cost"] > 0 == points[1]["mean_cost"]


async def test_the_export_holds_edits_and_preferences(client: httpx.AsyncClient) -> None:
    turn = await ask(client)
    await rewrite(client, turn.id, LONG)
    await ask(client)
    export = (await client.get("/api/v1/me/export")).json()
    assert [(edit["draft"], edit["text"]) for edit in export["edits"]] == [(SHORT, LONG)]
    assert [preference["description"] for preference in export["preferences"]] == ["Do not use contractions."]
    assert len(export["preference_evidence"]) == len(export["preference_uses"]) == 1


async def test_erasing_the_account_leaves_no_edit_and_nothing_that_was_learned(
    client: httpx.AsyncClient, services: Services
) -> None:
    await rewrite(client, (await ask(client)).id, LONG)
    assert (await ask(client)).preferences
    assert (await client.delete("/api/v1/me")).status_code == 204
    async with services.database.session() as session:
        for table in (Edit, Preference, PreferenceEvidence, PreferenceUse):
            assert (await session.exec(select(table))).all() == []


async def test_deleting_a_document_keeps_the_persons_text_and_drops_the_prompt_that_quoted_it(
    client: httpx.AsyncClient, services: Services
) -> None:
    turn = await ask(client)
    edit = await rewrite(client, turn.id, LONG)
    (document,) = (await client.get("/api/v1/documents")).json()["items"]
    assert (await client.delete(f"/api/v1/documents/{document['id']}")).status_code == 204
    assert (await client.get(f"/api/v1/edits/{edit.id}")).json()["text"] == LONG
    async with services.database.session() as session:
        row = (await session.exec(select(Turn))).one()
    assert (row.prompt, row.edited_answer) == (None, LONG)


async def test_a_very_long_text_is_kept_and_not_learned_from(client: httpx.AsyncClient) -> None:
    turn = await ask(client)
    edit = await rewrite(client, turn.id, "The hut does not lock. " * 1000)
    assert (edit.learning, edit.learned) == ("nothing", [])
    assert "20,000 letters" in (edit.reason or "")
    read = (await client.get(f"/api/v1/conversations/{turn.conversation_id}")).json()["turns"][0]
    assert len(read["answer"]) > 20_000
