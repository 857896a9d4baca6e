"""What the next message says of an answer: logged on that answer, once, and doing nothing by itself."""

import asyncio
import sys
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from app.models import Feedback, Job
from app.schemas import TurnPublic
from app.schemas_feedback import FeedbackPublic
from app.services import Services
from app.settings import Settings
from app.signalling import KIND
from generation.port import GenerationError
from generation.scripted import ScriptedModel
from personalization.signals_head import SignalsError
from tests.app.giving import events, give
from tests.app.rewriting import NOTE, ask
from tests.app.signalling_slowly import settings_in
from tests.app.test_feedback_export import exported, operator
from tests.conftest import Upload, client_of, running
from tests.personalization.heads import VERSION, write_by_hand

__all__ = ["operator"]
REPOSITORY = Path(__file__).parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A laptop with a head that was fitted, by hand, to the encoder without a model."""
    return settings_in(tmp_path / "home", write_by_hand(tmp_path / "head"))


async def reply(client: httpx.AsyncClient, turn: TurnPublic, text: str) -> TurnPublic:
    return await ask(client, text, conversation_id=turn.conversation_id)


async def read_of(client: httpx.AsyncClient, services: Services, turn: TurnPublic) -> list[FeedbackPublic]:
    """The events of this kind on a turn, once every message was read."""
    await read_out(services)
    return [event for event in await events(client, turn.id) if event.kind == "next_message"]


async def read_out(services: Services) -> None:
    async with asyncio.timeout(30):
        while await rows(services, Job, Job.kind == KIND):  # noqa: ASYNC110 (another loop's queue does the work)
            await asyncio.sleep(0.01)


async def read(services: Services) -> list[object]:
    """Every event of this kind, of everybody."""
    return await rows(services, Feedback, Feedback.kind == "next_message")


async def rows(services: Services, kind: type, *where: object) -> list[object]:
    async with services.database.session() as session:
        return list((await session.exec(select(kind).where(*where))).all())  # type: ignore[arg-type]  # any clause


async def test_what_a_message_says_is_logged_on_the_answer_before_it(
    client: httpx.AsyncClient, services: Services
) -> None:
    first = await ask(client, "Hello!")
    second = await reply(client, first, "I asked for the key of the hut.")
    third = await reply(client, first, "Thanks!")
    (of_first,), (of_second,) = await read_of(client, services, first), await read_of(client, services, second)
    assert of_first.next_message and of_second.next_message
    assert (of_first.next_message.kind, of_first.next_message.side) == ("ignored", "dissatisfied")
    assert (of_second.next_message.kind, of_second.next_message.by) == ("gratitude", third.id)
    assert of_second.next_message.satisfied > 0.9 and of_second.next_message.version == VERSION
    assert await read_of(client, services, third) == [], "nobody has said anything after it"


async def test_a_first_message_and_one_sent_by_the_button_for_another_answer_say_nothing(
    client: httpx.AsyncClient, services: Services
) -> None:
    first = await ask(client, "No, thanks to nobody")
    await ask(client, first.question, conversation_id=first.conversation_id, regenerates=first.id)
    assert await read_of(client, services, first) == []
    assert [event.kind for event in await events(client, first.id)] == ["regenerated"]


async def test_after_a_turn_without_an_answer_there_is_nothing_to_be_satisfied_with(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    first = await ask(client, "Hello!")
    model = services.model
    assert isinstance(model, ScriptedModel)
    model.enqueue(GenerationError("out of memory"))
    question = {"question": "Does the hut lock its door?", "conversation_id": first.conversation_id, "stream": False}
    failed = await client.post("/api/v1/chat", json=question)
    assert failed.is_error
    await reply(client, first, "No, I asked something.")
    (of_first,) = await read_of(client, services, first)
    assert of_first.next_message is not None and len(await read(services)) == 1


async def test_reading_a_message_again_is_the_same_event(client: httpx.AsyncClient, services: Services) -> None:
    first = await ask(client, "Hello!")
    second = await reply(client, first, "Thank you!")
    once = await read_of(client, services, first)
    async with services.database.session() as session:
        job = Job(person_id=await owner_of(services, second), kind=KIND, arguments={"turn_id": second.id})
        session.add(job)
    await services.jobs.submit(job.id)
    assert await read_of(client, services, first) == once and len(once) == 1


async def owner_of(services: Services, turn: TurnPublic) -> str:
    (event,) = await read(services)
    assert isinstance(event, Feedback) and event.value["by"] == turn.id
    return event.person_id


async def test_a_conversation_deleted_meanwhile_leaves_nothing_to_do(
    client: httpx.AsyncClient, services: Services
) -> None:
    first = await ask(client, "Hello!")
    second = await reply(client, first, "Thank you!")
    person = (await client.get("/api/v1/me")).json()["id"]
    await read_out(services)
    await client.delete(f"/api/v1/conversations/{first.conversation_id}")
    async with services.database.session() as session:
        job = Job(person_id=person, kind=KIND, arguments={"turn_id": second.id})
        session.add(job)
    await services.jobs.submit(job.id)
    await read_out(services)
    assert await rows(services, Feedback) == []


async def test_a_message_changes_no_ranking_and_no_other_persons_feedback(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    query = {"query": "the hut at night"}
    before = (await client.post("/api/v1/search", json=query)).json()
    first = await ask(client)
    await reply(client, first, "No, I asked for something else!")
    assert len(await read_of(client, services, first)) == 1
    assert (await client.post("/api/v1/search", json=query)).json() == before
    assert (await other_client.get(f"/api/v1/turns/{first.id}/feedback")).status_code == 404


async def test_nobody_but_the_server_can_log_such_an_event(client: httpx.AsyncClient) -> None:
    turn = await ask(client, "Hello!")
    sent = {"key": "key-of-mine", "kind": "next_message"}
    assert (await client.post(f"/api/v1/turns/{turn.id}/feedback", json=sent)).status_code == 422


async def test_it_is_exported_with_its_provenance_and_labels_nothing(
    client: httpx.AsyncClient, services: Services, operator: httpx.AsyncClient, upload: Upload
) -> None:
    await upload(client, "hut.txt", NOTE)
    unvoted, voted = await ask(client), await ask(client)
    await reply(client, unvoted, "Thanks!")
    await give(client, "turns", voted.id, "up")
    await reply(client, voted, "No!")
    await read_out(services)
    assert [(row["turn_id"], row["label"]) for row in await exported(operator, format="kto")] == [(voted.id, True)]
    turns = {row["turn_id"]: row["feedback"] for row in await exported(operator, format="turns")}
    event, content = sorted(turns[unvoted.id], key=lambda one: str(one["kind"]))
    assert (event["kind"], event["value"]["kind"]) == ("next_message", "gratitude")
    rows = [row for row in await exported(operator, format="labels") if row["turn_id"] == unvoted.id]
    assert rows and all(row["answer"]["next_message"] == event["value"] for row in rows)
    assert all(row["answer"]["satisfaction"] == content["value"] for row in rows) and content["value"]["chance"] > 0.9
    assert event["value"]["version"] == VERSION and event["value"]["satisfied"] > 0.9


async def test_without_a_head_nothing_is_read_and_a_head_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    plain = Settings(home=tmp_path / "home", encoder="hash", llm="scripted", port=0)
    async with running(plain) as app, client_of(app, "ann@example.org") as client:
        turn = await reply(client, await ask(client, "Hello!"), "Thank you!")
        assert turn.answer and not await rows(app.state.services, Job)
        assert not await rows(app.state.services, Feedback)
    with pytest.raises(SignalsError, match="ATTUNE_SIGNALS=none"):
        async with running(plain.model_copy(update={"signals": "shipped"})):
            pass


async def test_a_message_that_was_being_read_at_kill_9_is_read_at_the_next_start(tmp_path: Path) -> None:
    home, head = tmp_path / "home", write_by_hand(tmp_path / "head")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.app.signalling_slowly", str(home), str(head), cwd=REPOSITORY, stdout=-1
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"reading\n"
    process.kill()
    await process.wait()
    async with running(settings_in(home, head)) as app:
        services: Services = app.state.services
        await read_out(services)
        (event,) = await read(services)
        assert len(await rows(services, Feedback, Feedback.kind == "satisfaction")) == 1
    assert isinstance(event, Feedback) and (event.kind, event.value["kind"]) == ("next_message", "gratitude")
