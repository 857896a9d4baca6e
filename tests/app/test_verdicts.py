"""A verdict on a source holds for its person and question from the next time on, and for nothing and nobody else."""

import httpx
import pytest

from app.schemas import ExposurePublic, TurnPublic
from tests.app.giving import give
from tests.app.rewriting import ask
from tests.conftest import Upload

NEW = "The Oberalp hut opens on 20 June. Ring the warden to book."
OLD = "The Oberalp hut opens on 5 July. The stove is new."
QUESTION = "When does the Oberalp hut open?"
AGAIN = "when does the Oberalp hut open, please?"


def source(turn: TurnPublic, name: str) -> ExposurePublic:
    (found,) = [one for one in turn.exposures if one.document == name]
    return found


@pytest.fixture
async def turn(client: httpx.AsyncClient, upload: Upload) -> TurnPublic:
    """An answer that read two sources that contradict each other."""
    await upload(client, "new.txt", NEW)
    await upload(client, "old.txt", OLD)
    found = await ask(client, QUESTION)
    assert {one.document for one in found.exposures if one.selected} == {"new.txt", "old.txt"}
    return found


async def test_a_source_that_was_refused_is_not_read_again_for_the_question(
    client: httpx.AsyncClient, turn: TurnPublic
) -> None:
    for verdict in ("not_relevant", "wrong"):
        await give(client, "exposures", source(turn, "old.txt").id, verdict)
        again = await ask(client, AGAIN)
        assert source(again, "new.txt").selected
        assert not source(again, "old.txt").selected  # shown among what was not used, where it can be thought better of
    await give(client, "exposures", source(turn, "old.txt").id, "withdrawn")
    assert source(await ask(client, QUESTION), "old.txt").selected


async def test_another_answer_to_the_same_question_heeds_it_too(client: httpx.AsyncClient, turn: TurnPublic) -> None:
    await give(client, "exposures", source(turn, "old.txt").id, "wrong")
    sibling = await ask(client, QUESTION, conversation_id=turn.conversation_id, regenerates=turn.id)
    assert not source(sibling, "old.txt").selected


async def test_a_source_that_helped_is_read_first(client: httpx.AsyncClient, turn: TurnPublic) -> None:
    last = max((one for one in turn.exposures), key=lambda one: one.marker or 0)
    await give(client, "exposures", last.id, "helped")
    assert source(await ask(client, QUESTION), last.document).marker == 1


async def test_another_question_is_searched_as_ever(client: httpx.AsyncClient, turn: TurnPublic) -> None:
    await give(client, "exposures", source(turn, "old.txt").id, "not_relevant")
    other = await ask(client, "Is there a new stove in the Oberalp hut?")
    assert source(other, "old.txt").selected


async def test_where_everything_was_refused_the_answer_is_that_nothing_answers(
    client: httpx.AsyncClient, turn: TurnPublic
) -> None:
    for one in turn.exposures:
        await give(client, "exposures", one.id, "wrong")
    again = await ask(client, QUESTION)
    assert again.abstained
    assert ".txt" not in again.answer  # what was sent away is not recommended
    assert len(again.exposures) == 2


async def test_nobody_else_is_answered_differently(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload, turn: TurnPublic
) -> None:
    await upload(other_client, "new.txt", NEW)
    await upload(other_client, "old.txt", OLD)
    before = await ask(other_client, QUESTION)
    for one in turn.exposures:
        await give(client, "exposures", one.id, "wrong")
    after = await ask(other_client, QUESTION)
    shown = [[(one.document, one.rank, one.marker, one.score) for one in seen.exposures] for seen in (before, after)]
    assert shown[0] == shown[1]


async def test_a_fact_and_an_earlier_conversation_that_were_refused_are_not_brought_up_for_the_question(
    client: httpx.AsyncClient, upload: Upload
) -> None:
    await upload(
        client, "leave.txt", "Nurses of the hut get four weeks of leave. Cooks of the hut get six weeks of leave."
    )
    assert (await client.post("/api/v1/me/facts", json={"text": "I am a nurse at the hut."})).status_code == 201
    asked = "I work as a nurse at the hut: how many weeks of leave do I get?"
    back = "What did I ask about weeks of leave?"
    for question, kind in ((asked, "fact"), (back, "conversation")):
        turn = await ask(client, question)
        told = next(one for one in turn.exposures if one.kind == kind)
        for verdict, is_shown in (("not_relevant", False), ("withdrawn", True)):
            await give(client, "exposures", told.id, verdict)
            shown = [(one.kind, one.passage_id) for one in (await ask(client, question)).exposures]
            assert ((kind, told.passage_id) in shown) is is_shown, (question, verdict)
