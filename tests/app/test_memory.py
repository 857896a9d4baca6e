"""Looking back into one's own conversations: found by meaning and words, cited, and gone when they are deleted."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlmodel import col, select, update

from agents.abstention import UNSUPPORTED
from agents.past import LookBack
from app import memory, past
from app.models import Conversation, Exposure, Job, Person, Turn, new_id
from app.models_memory import TurnVector
from app.remembering import KIND, Remembering
from app.services import Services
from app.settings import Settings
from generation.scripted import ScriptedModel
from tests.app.rewriting import ask, put
from tests.conftest import Upload, WaitForJob, client_of, running

NOTE = "The hut keeps its spare key under the blue flower pot. The warden returns on Friday."
QUESTION = "Where does the hut keep its spare key?"
BACK = "What did I ask about the spare key?"


async def vectors(services: Services) -> list[str]:
    async with services.database.session() as session:
        return list((await session.exec(select(TurnVector.turn_id))).all())


async def log_turns(services: Services, person: Person, questions: list[str], **values: object) -> list[str]:
    """Turns as an earlier release left them: without vectors."""
    conversation, rows = new_id(), list[str]()
    async with services.database.session() as session:
        session.add(Conversation(id=conversation, person_id=person.id, title="earlier"))
        await session.flush()
        for number, question in enumerate(questions):
            row = Turn(conversation_id=conversation, person_id=person.id, question=question, state="complete")
            row.answer, row.created_at = f"Answer {number}.", datetime.now(UTC) - timedelta(days=number)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)
            rows.append(row.id)
    return rows


async def test_a_question_about_the_past_cites_the_conversation(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    first = await ask(client, QUESTION)
    await ask(client, "When does the warden return?")
    asked = len(services.model.prompts) if isinstance(services.model, ScriptedModel) else 0
    turn = await ask(client, BACK)
    citation = turn.citations[0]
    assert (citation.kind, citation.document_id, citation.passage_id) == (
        "conversation",
        first.conversation_id,
        first.id,
    )
    assert QUESTION in turn.answer and "blue flower pot" in turn.answer and "[1]" in turn.answer
    assert isinstance(services.model, ScriptedModel) and len(services.model.prompts) == asked
    assert first.id in await vectors(services)


async def test_what_was_rewritten_is_recounted_as_the_person_made_it(client: httpx.AsyncClient, upload: Upload) -> None:
    await upload(client, "hut.txt", NOTE)
    first = await ask(client, QUESTION)
    await ask(client, BACK)
    await put(client, first.id, "The spare key hangs in the shed.")
    assert "hangs in the shed" in (await ask(client, BACK)).answer


async def test_an_answer_that_is_edited_loses_its_vector_until_it_is_looked_for_again(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    first = await ask(client, QUESTION)
    await ask(client, BACK)
    await put(client, first.id, "The spare key hangs in the shed.")
    assert first.id not in await vectors(services)
    await ask(client, BACK)
    assert first.id in await vectors(services)


async def test_nothing_of_a_deleted_conversation_is_found_or_left(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    first = await ask(client, QUESTION)
    second = await ask(client, BACK)
    assert (await client.delete(f"/api/v1/conversations/{first.conversation_id}")).status_code == 204
    turn = await ask(client, BACK)
    assert turn.abstained and turn.citations == [] and "flower pot" not in turn.answer
    assert first.id not in await vectors(services)
    read = (await client.get(f"/api/v1/conversations/{second.conversation_id}")).json()
    assert [shown["text"] for shown in read["turns"][0]["exposures"]] == [""]


async def test_nobody_else_s_past_is_found(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    await ask(client, QUESTION)
    turn = await ask(other_client, BACK)
    assert turn.abstained and turn.exposures == []


async def test_without_a_topic_the_latest_turns_of_the_time_are_recounted(
    client: httpx.AsyncClient, services: Services, person: Person
) -> None:
    await log_turns(services, person, ["When is lunch?", "Who cooks?", "Where is the key?"])
    turn = await ask(client, "What did I ask yesterday?")
    assert "Who cooks?" in turn.answer and "lunch" not in turn.answer and "key" not in turn.answer


async def test_turns_of_an_earlier_release_are_found_at_once_and_get_their_vectors_from_a_job(
    client: httpx.AsyncClient, services: Services, person: Person, wait_for_job: WaitForJob
) -> None:
    rare = "Where does the quokka sleep?"
    known = await log_turns(
        services, person, [*(f"How deep is lake number {n}?" for n in range(memory.AT_ONCE + 40)), rare]
    )
    turn = await ask(client, "What did I ask about the quokka?")
    assert turn.citations[0].passage_id == known[-1], "found by its words: it is too old to be encoded at once"
    async with services.database.session() as session:
        (job,) = (await session.exec(select(Job).where(Job.kind == KIND))).all()
    ended = await wait_for_job(client, job.id)
    assert ended.state == "done" and set(known) <= set(await vectors(services))


async def test_a_job_that_was_written_down_when_the_process_died_is_done_by_the_next_and_asked_for_once(
    settings: Settings, wait_for_job: WaitForJob
) -> None:
    async with running(settings) as app, client_of(app, "ann@example.org") as client:
        services: Services = app.state.services
        me = (await client.get("/api/v1/me")).json()["id"]
        async with services.database.session() as session:
            person = await session.get_one(Person, me)
        known = await log_turns(services, person, [f"How deep is lake number {n}?" for n in range(70)])
        job = Job(person_id=me, kind=KIND, stage="queued")
        async with services.database.session() as session:
            session.add(job)
        await Remembering(services.database, services.encoder, services.jobs).ask_for(me)
        async with services.database.session() as session:
            assert len((await session.exec(select(Job).where(Job.kind == KIND))).all()) == 1
        token = client.headers["authorization"]
    async with (
        running(settings) as app,
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://test", headers={"Authorization": token}
        ) as client,
    ):
        assert (await wait_for_job(client, job.id)).state == "done"
        assert set(known) <= set(await vectors(app.state.services))


async def test_vectors_of_another_encoder_are_made_anew(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    await ask(client, QUESTION)
    await ask(client, BACK)
    async with services.database.session() as session:
        await session.exec(update(TurnVector).values(encoder="another-1"))
    await ask(client, BACK)
    async with services.database.session() as session:
        made = (await session.exec(select(TurnVector.encoder))).all()
    assert services.encoder.version in made


@pytest.mark.parametrize("change", ["kept", "document deleted", "abstained", "uncited"])
async def test_an_earlier_answer_stands_in_only_while_its_sources_are_there(
    client: httpx.AsyncClient, services: Services, person: Person, upload: Upload, change: str
) -> None:
    added = await upload(client, "hut.txt", NOTE)
    first = await ask(client, QUESTION)
    if change == "document deleted":
        await client.delete(f"/api/v1/documents/{added.document.id}")
    async with services.database.session() as session:
        if change == "abstained":
            await session.exec(update(Turn).values(abstained=True))
        if change == "uncited":
            await session.exec(update(Exposure).values(cited=False))
    found = await services.memory.look_back(person.id, LookBack("spare key of the hut", answers_only=True))
    assert [hit.passage.id for hit in found] == ([first.id] if change == "kept" else [])


async def test_questions_about_the_past_and_greetings_are_no_past_themselves(
    client: httpx.AsyncClient, services: Services, person: Person
) -> None:
    await log_turns(services, person, [BACK, "Hello!", "Thanks a lot", QUESTION])
    found = await services.memory.look_back(person.id, LookBack())
    assert [QUESTION in hit.passage.text for hit in found] == [True]


async def test_a_question_that_was_asked_again_is_recounted_once_as_it_was_answered_last(
    client: httpx.AsyncClient, services: Services, person: Person
) -> None:
    known = await log_turns(services, person, [QUESTION, f"{QUESTION.upper()} "])
    found = await services.memory.look_back(person.id, LookBack())
    assert [hit.passage.id for hit in found] == known[:1]


async def test_our_own_warning_under_an_answer_is_no_part_of_it(
    client: httpx.AsyncClient, services: Services, person: Person
) -> None:
    (known,) = await log_turns(services, person, [QUESTION])
    async with services.database.session() as session:
        await session.exec(update(Turn).where(col(Turn.id) == known).values(answer=f"In the shed.\n\n{UNSUPPORTED}"))
    assert UNSUPPORTED not in (await ask(client, BACK)).answer


async def test_an_unanswered_question_is_recounted_as_such(
    client: httpx.AsyncClient, services: Services, person: Person
) -> None:
    await log_turns(services, person, [QUESTION], abstained=True)
    assert "I could not answer it." in (await ask(client, BACK)).answer


async def test_no_more_turns_are_looked_through_than_a_question_can_wait_for(
    services: Services, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = await log_turns(services, person, [f"How deep is lake number {n}?" for n in range(5)])
    monkeypatch.setattr(past, "REACH", 3)
    found = await services.memory.look_back(person.id, LookBack())
    assert [hit.passage.id for hit in found] == known[:3]
