"""Several answers to one question stand beside each other; the conversation goes on from the one that is shown."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from alembic import command
from fastapi import FastAPI
from sqlmodel import select

from agents.past import LookBack
from app import past, siblings
from app.db import Database, alembic_config, sqlite_url
from app.models import Conversation, Feedback, Person, Turn, utc_now
from app.schemas import ConversationDetail, TurnPublic
from app.schemas_conversations import by_question, shown_of
from app.services import Services
from generation.port import Message
from generation.scripted import ScriptedModel
from tests.app.test_chat import NOTE, QUESTION, ask
from tests.conftest import Upload

NEXT = "When does the warden of the hut return?"
LEANING = "And what does it say about him?"  # what was said before is read with such a question only


@pytest.fixture
async def first(client: httpx.AsyncClient, upload: Upload) -> dict[str, Any]:
    await upload(client, "hut.txt", NOTE)
    return await ask(client)


async def again(client: httpx.AsyncClient, turn: dict[str, Any], question: str = QUESTION) -> dict[str, Any]:
    return await ask(client, question, conversation_id=turn["conversation_id"], regenerates=turn["id"])


async def read(client: httpx.AsyncClient, turn: dict[str, Any]) -> list[list[TurnPublic]]:
    found = await client.get(f"/api/v1/conversations/{turn['conversation_id']}")
    return by_question(ConversationDetail.model_validate_json(found.content).turns)


async def rewrite(client: httpx.AsyncClient, turn: dict[str, Any], text: str) -> None:
    assert (await client.put(f"/api/v1/turns/{turn['id']}/answer", json={"text": text})).status_code == 201


def told(prompt: Sequence[Message]) -> str:
    """What a model was told before the last message, which is the question with its passages."""
    return "\n".join(message.content for message in prompt[:-1])


async def test_another_answer_stands_beside_the_first_and_is_the_one_that_is_shown(
    client: httpx.AsyncClient, first: dict[str, Any]
) -> None:
    second = await again(client, first)
    third = await again(client, second)
    (together,) = await read(client, first)
    assert [turn.id for turn in together] == [first["id"], second["id"], third["id"]]
    assert [turn.regenerates for turn in together] == [None, first["id"], first["id"]]
    assert [turn.shown for turn in together] == [False, False, True]
    assert third["shown"] and third["regenerates"] == first["id"]


async def test_the_conversation_goes_on_from_the_answer_that_is_shown(
    app: FastAPI, services: Services, client: httpx.AsyncClient, first: dict[str, Any]
) -> None:
    second = await again(client, first)
    await rewrite(client, first, "The FIRST [1].")
    await rewrite(client, second, "The SECOND [1].")
    model = ScriptedModel()
    app.state.services = services.answering_with(generator=model)
    within = {"conversation_id": first["conversation_id"]}
    await ask(client, LEANING, **within)
    assert "SECOND" in told(model.prompts[-1]) and "FIRST" not in told(model.prompts[-1])
    assert (await client.put(f"/api/v1/turns/{first['id']}/shown")).status_code == 204
    (together, _) = await read(client, first)
    assert shown_of(together).id == first["id"]
    await ask(client, f"{LEANING} Please.", **within)
    assert "FIRST" in told(model.prompts[-1]) and "SECOND" not in told(model.prompts[-1])


async def test_an_answer_in_the_middle_is_asked_again_behind_what_came_before_it_only(
    app: FastAPI, services: Services, client: httpx.AsyncClient, person: Person, first: dict[str, Any]
) -> None:
    within = {"conversation_id": first["conversation_id"]}
    middle = await ask(client, NEXT, **within)
    last = await ask(client, "What is the boat called?", **within)
    model = ScriptedModel()
    app.state.services = services.answering_with(generator=model)
    await again(client, middle, LEANING)
    before = told(model.prompts[-1])
    assert QUESTION in before and last["question"] not in before and NEXT not in before
    (_, together, (end,)) = await read(client, first)
    assert (len(together), end.id) == (2, last["id"])
    async with services.database.session() as session:
        said = await siblings.history(session, person.id, first["conversation_id"], 2, None)
    assert [question for question, _ in said] == [LEANING, last["question"]], "it keeps its place"


async def test_an_edited_question_stands_beside_the_one_it_was_and_is_no_vote_against_the_answer(
    client: httpx.AsyncClient, services: Services, first: dict[str, Any]
) -> None:
    await again(client, first, "Who returns on Friday?")
    await again(client, first, "Where does the hut keep its spare key now?")
    (together,) = await read(client, first)
    assert len({turn.question for turn in together}) == 3
    async with services.database.session() as session:
        noted = (await session.exec(select(Feedback).where(Feedback.turn_id == first["id"]))).all()
    assert [event.kind for event in noted] == ["reasked"], "of the one that is nearly the same"


async def test_a_failed_answer_does_not_take_the_question_out_of_what_was_said(
    client: httpx.AsyncClient, services: Services, person: Person, first: dict[str, Any]
) -> None:
    async with services.database.session() as session:
        again = await siblings.asked_again(session, person.id, first["conversation_id"], first["id"])
        assert again
        await siblings.hide(session, again)
        failed = Turn(conversation_id=again.conversation_id, person_id=person.id, question=QUESTION, state="failed")
        failed.regenerates, failed.created_at = again.id, again.created_at + timedelta(seconds=1)
        session.add(failed)
    async with services.database.session() as session:
        said = await siblings.history(session, person.id, first["conversation_id"], 6, None)
    assert said == [(QUESTION, first["answer"])]


async def test_what_was_said_earlier_is_looked_back_to_in_the_answer_that_is_shown(
    client: httpx.AsyncClient, services: Services, person: Person, first: dict[str, Any]
) -> None:
    second = await again(client, first)
    found = {}
    for turn in (second, first):
        await client.put(f"/api/v1/turns/{turn['id']}/shown")
        async with services.database.session() as session:
            found[turn["id"]] = await past.answers(session, person.id, LookBack(), "any")
    assert [[one.turn_id for one in answers] for answers in found.values()] == [[second["id"]], [first["id"]]]


async def test_showing_what_is_somebody_elses_is_404_and_changes_nothing(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, first: dict[str, Any]
) -> None:
    second = await again(client, first)
    assert (await other_client.put(f"/api/v1/turns/{first['id']}/shown")).status_code == 404
    (together,) = await read(client, first)
    assert shown_of(together).id == second["id"]


async def test_all_answers_to_a_question_are_exported_under_it(
    client: httpx.AsyncClient, first: dict[str, Any]
) -> None:
    await again(client, first)
    page = (await client.get(f"/api/v1/conversations/{first['conversation_id']}/export")).text
    assert page.count("## Question\n") == 1
    assert "### Answer 1 of 2\n" in page and "### Answer 2 of 2\n" in page


async def test_what_was_asked_again_before_siblings_were_known_becomes_siblings(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "a.db")
    database = Database(url)
    await database.migrate()
    now, turns = utc_now(), ["a", "b", "c", "d"]
    async with database.session() as session:
        session.add(Person(id="ann", email="a@b", display_name="Ann"))
        await session.flush()
        session.add(Conversation(id="talk", person_id="ann", title="Huts"))
        await session.flush()
        for number, name in enumerate(turns):
            at = now + timedelta(seconds=number)
            session.add(Turn(id=name, conversation_id="talk", person_id="ann", question="Where?", created_at=at))
        await session.flush()
        for number, (earlier, later) in enumerate((("a", "b"), ("b", "c"))):
            at = now + timedelta(seconds=number)
            noted = Feedback(person_id="ann", turn_id=earlier, kind="regenerated", value={"by": later}, created_at=at)
            session.add(noted)
    await database.close()
    command.downgrade(alembic_config(url), "0007")
    database = Database(url)
    await database.migrate()
    async with database.session() as session:
        found = (await session.exec(select(Turn).order_by(Turn.id))).all()
    await database.close()
    assert [turn.regenerates for turn in found] == [None, "a", "a", None]
    assert [turn.shown for turn in found] == [False, False, True, True]
