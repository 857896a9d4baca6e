"""What people say of themselves over HTTP: found in questions, typed, corrected, cited, and nobody else's business."""

import time
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from app import facts
from app.db import Database, sqlite_url
from app.memory import StoredMemory
from app.models import Exposure, Person, Turn
from app.models_memory import PersonFact
from app.recall import StoredRecall
from app.schemas_memory import FactPublic
from app.services import Services
from app.settings import Settings
from generation.scripted import ScriptedModel
from retrieval.encoder_hash import HashEncoder
from tests.app.rewriting import ask
from tests.conftest import Upload, client_of, running

NOTE = "Nurses of the hut get four weeks of leave. Cooks of the hut get six weeks of leave."
SAID = "I am a nurse at the hut."
QUESTION = "I work as a nurse at the hut: how many weeks of leave do I get?"
MANY = 2000
GENEROUS = 5  # times the bound, for a machine that does other things too


async def facts_of(client: httpx.AsyncClient) -> list[FactPublic]:
    items = (await client.get("/api/v1/me/facts")).json()["items"]
    return [FactPublic.model_validate(item) for item in items]


async def say(client: httpx.AsyncClient, text: str) -> FactPublic:
    response = await client.post("/api/v1/me/facts", json={"text": text})
    assert response.status_code == 201, response.text
    return FactPublic.model_validate_json(response.content)


def told(services: Services) -> str:
    """All that the model was last told."""
    assert isinstance(services.model, ScriptedModel)
    return str(services.model.prompts[-1])


async def test_a_fact_in_a_question_is_kept_with_its_turn_and_a_question_is_not(client: httpx.AsyncClient) -> None:
    turn = await ask(client, f"{SAID} Is my dog called Rex?")
    (fact,) = await facts_of(client)
    assert (fact.text, fact.source, fact.active) == (SAID, "question", True)
    assert (fact.turn_id, fact.conversation_id) == (turn.id, turn.conversation_id)
    await ask(client, SAID)
    assert [one.id for one in await facts_of(client)] == [fact.id], "the same words again change nothing"


async def test_a_fact_is_a_source_that_can_be_cited_and_counts_as_data(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "leave.txt", NOTE)
    fact = await say(client, SAID)
    assert isinstance(services.model, ScriptedModel)
    services.model.enqueue("Four weeks [1], as you are a nurse [2].")
    turn = await ask(client, QUESTION)
    assert [(one.kind, one.document) for one in turn.citations] == [
        ("document", "leave.txt"),
        ("fact", "What you told me"),
    ]
    assert turn.citations[1].document_id == fact.id and SAID in turn.citations[1].quote
    system, *_ = services.model.prompts[-1]
    assert SAID not in system.content and SAID in told(services)
    read = (await client.get(f"/api/v1/turns/{turn.id}")).json()
    assert {name: read[name] for name in type(turn).model_fields} == turn.model_dump(mode="json")


async def test_a_question_that_is_not_about_the_person_is_not_told_of_them(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "leave.txt", NOTE)
    await say(client, SAID)
    await ask(client, "How many weeks of leave does a nurse at the hut get?")
    assert SAID not in told(services)


async def test_of_what_a_person_has_one_the_last_statement_is_in_use(client: httpx.AsyncClient) -> None:
    await ask(client, "I live in Berlin. When does the hut open?")
    await ask(client, "I live in Paris now. When does it close?")
    assert {fact.text: fact.active for fact in await facts_of(client)} == {
        "I live in Berlin.": False,
        "I live in Paris now.": True,
    }


async def test_a_corrected_fact_is_the_persons_own_and_stays_when_its_conversation_goes(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "leave.txt", NOTE)
    turn = await ask(client, f"{SAID} When does it open?")
    (fact,) = await facts_of(client)
    changed = await client.patch(f"/api/v1/me/facts/{fact.id}", json={"text": "I am a head nurse at the hut."})
    assert (changed.json()["source"], changed.json()["turn_id"]) == ("stated", None)
    await client.delete(f"/api/v1/conversations/{turn.conversation_id}")
    await ask(client, QUESTION)
    assert "I am a head nurse at the hut." in told(services) and SAID not in told(services)


@pytest.mark.parametrize("how", ["off", "deleted", "all deleted", "conversation deleted"])
async def test_what_was_switched_off_or_deleted_has_no_effect_from_the_next_question_on(
    client: httpx.AsyncClient, services: Services, upload: Upload, how: str
) -> None:
    await upload(client, "leave.txt", NOTE)
    turn = await ask(client, f"{SAID} When does it open?")
    (fact,) = await facts_of(client)
    await ask(client, QUESTION)
    assert SAID in told(services)
    path = f"/api/v1/me/facts/{fact.id}"
    response = await {
        "off": lambda: client.patch(path, json={"active": False}),
        "deleted": lambda: client.delete(path),
        "all deleted": lambda: client.delete("/api/v1/me/facts"),
        "conversation deleted": lambda: client.delete(f"/api/v1/conversations/{turn.conversation_id}"),
    }[how]()
    assert response.is_success
    await ask(client, QUESTION)
    assert SAID not in told(services)
    assert len(await facts_of(client)) == (how == "off")


@pytest.mark.parametrize("whole", [False, True])
async def test_a_deleted_fact_is_in_no_prompt_and_no_exposure_of_the_log(
    client: httpx.AsyncClient, services: Services, upload: Upload, whole: bool
) -> None:
    await upload(client, "leave.txt", NOTE)
    if whole:
        first = await ask(client, f"{SAID} When does it open?")
    else:
        await say(client, SAID)
    await ask(client, QUESTION)
    (fact,) = await facts_of(client)
    path = f"/api/v1/conversations/{first.conversation_id}" if whole else f"/api/v1/me/facts/{fact.id}"
    assert (await client.delete(path)).status_code == 204
    async with services.database.session() as session:
        prompts = (await session.exec(select(Turn.prompt))).all()
        shown = (await session.exec(select(Exposure).where(Exposure.kind == "fact"))).all()
    assert SAID not in str(prompts) and [one.text for one in shown] == [""]


async def test_facts_are_exported_and_erased_with_their_person(client: httpx.AsyncClient, services: Services) -> None:
    await say(client, SAID)
    export = (await client.get("/api/v1/me/export")).json()
    assert [fact["text"] for fact in export["facts"]] == [SAID]
    assert (await client.delete("/api/v1/me")).status_code == 204
    async with services.database.session() as session:
        assert (await session.exec(select(PersonFact))).all() == []


async def test_facts_are_paged(client: httpx.AsyncClient) -> None:
    for number in range(5):
        await say(client, f"I own boat number {number}.")
    seen, cursor = [], None
    while True:
        page = (
            await client.get("/api/v1/me/facts", params={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [item["text"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == [f"I own boat number {number}." for number in (4, 3, 2, 1, 0)]


async def test_where_personalization_is_off_nothing_is_noted_and_nothing_recalled(settings: Settings) -> None:
    off = settings.model_copy(update={"personalization": "off"})
    async with running(off) as app, client_of(app, "ann@example.org") as client:
        await ask(client, f"{SAID} When does it open?")
        assert await facts_of(client) == []
        await say(client, SAID)
        me = (await client.get("/api/v1/me")).json()["id"]
        assert (await app.state.services.memory.remember(me, QUESTION)).facts == ()


async def test_with_2000_stored_facts_recall_takes_milliseconds(tmp_path: Path) -> None:
    database, encoder = Database(sqlite_url(tmp_path / "a.db")), HashEncoder()
    await database.migrate()
    person = Person(email="ann@example.org", display_name="Ann", preferences_version=1)
    async with database.session() as session:
        session.add(person)
        await session.flush()
        rows = [PersonFact(person_id=person.id, key=str(n), text=f"I own boat number {n}.") for n in range(MANY)]
        session.add_all(rows)

    async def nobody(_: str) -> None: ...

    memory = StoredMemory(database, encoder, StoredRecall(database, encoder), nobody)
    assert (await memory.remember(person.id, "Where is my boat number 77?")).facts[0].passage.id == rows[77].id
    async with database.session() as session:
        kept = await facts.to_recall(session, person.id)
    assert all(row.encoder == encoder.version for row in kept), "encoded once, for every later start"
    took = []
    for _ in range(5):
        started = time.perf_counter()
        await memory.remember(person.id, "Where is my boat number 77?")
        took.append(time.perf_counter() - started)
    await database.close()
    assert 1e3 * min(took) < 10 * GENEROUS


async def test_for_a_person_of_whom_nothing_is_known_nothing_is_encoded(
    client: httpx.AsyncClient, services: Services
) -> None:
    me = (await client.get("/api/v1/me")).json()["id"]
    services.recall.expect(me, 0)
    remembered = await services.memory.remember(me, QUESTION)
    assert (remembered.facts, remembered.rules, remembered.within) == ((), (), None)
