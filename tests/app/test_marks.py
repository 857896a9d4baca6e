"""Pieces of an answer are marked good or wrong: the last word stands, and speaks of the source of its sentence."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import feedback_export
from app.marks import marked
from app.models import Exposure, Person, Turn
from app.schemas import TurnPublic
from app.schemas_feedback import FeedbackPublic, Span
from app.services import Services
from generation.scripted import ScriptedModel
from tests.app.giving import a_key, detail, events, give, post
from tests.app.lending import collect, me, share, take_back
from tests.app.rewriting import ask, rewrite
from tests.conftest import Upload
from training.log_labels import NO_PART, worths

NOTE = "The hut keeps its spare key under the blue flower pot. The warden returns on Friday."
RIGHT, ELSEWHERE = "The hut keeps its spare key under the blue flower pot. [1]", "Dinner is served at noon in Rome. [1]"


@pytest.fixture
async def turn(client: httpx.AsyncClient, services: Services, upload: Upload) -> TurnPublic:
    """Two sentences that cite one source, which says the first one alone."""
    await upload(client, "hut.txt", NOTE)
    assert isinstance(services.model, ScriptedModel)
    services.model.enqueue(f"{RIGHT} {ELSEWHERE}")
    return await ask(client, "Where does the hut keep its spare key?")


def span_of(turn: TurnPublic, text: str) -> dict[str, int]:
    start = turn.answer.index(text)
    return {"start": start, "end": start + len(text)}


async def test_the_last_mark_on_a_piece_stands_and_is_a_label_of_what_its_sentence_rests_on(
    client: httpx.AsyncClient, services: Services, person: Person, turn: TurnPublic, tmp_path: Path
) -> None:
    await client.patch("/api/v1/me", json={"trains_others": True})
    (source,) = turn.exposures
    pot, noon = span_of(turn, "blue flower pot"), span_of(turn, "at noon")

    async def worth() -> float:
        log = tmp_path / "turns.jsonl"
        log.write_text("".join([row async for row in feedback_export.rows(services.database, [person.id], "turns")]))
        ((found,),) = (some.values() for some in worths(log).values())
        return float(found)

    misread = await give(client, "turns", turn.id, "span_wrong", span=noon)
    assert misread.span is not None and (misread.span.text, misread.span.sources) == ("at noon", [])
    assert await worth() == NO_PART, "the source does not say so: it was misread"
    for kind, helps in (("span_wrong", 0.0), ("span_good", 1.0)):
        event = await give(client, "turns", turn.id, kind, span=pot)
        assert event.span is not None and event.span.sources == [source.id]
        assert await worth() == helps
    standing = (await detail(client, turn.id)).feedback.spans
    assert [(one.text, one.mark) for one in standing] == [("blue flower pot", "good"), ("at noon", "wrong")]
    (row,) = [json.loads(one) async for one in feedback_export.rows(services.database, [person.id], "labels")]
    assert row["feedback"]["marked"] == "good"
    await give(client, "exposures", source.id, "wrong")
    assert await worth() == 0.0, "a verdict on the source goes before"
    await give(client, "turns", turn.id, "span_cleared", span=pot)
    assert [one.text for one in (await detail(client, turn.id)).feedback.spans] == ["at noon"]
    assert len(await events(client, turn.id)) == 5


async def test_a_mark_is_on_what_the_model_wrote_and_on_nothing_else(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, turn: TurnPublic
) -> None:
    inside = span_of(turn, "blue")
    bad = [{"start": 0, "end": len(turn.answer) + 1}, {"start": 3, "end": 3}, {"start": -1, "end": 3}, None]
    for span in bad:
        assert (await post(client, "turns", turn.id, "span_wrong", span=span)).status_code == 422, span
    assert (await post(client, "turns", turn.id, "down", span=inside)).status_code == 422
    assert (await post(other_client, "turns", turn.id, "span_good", span=inside)).status_code == 404
    await rewrite(client, turn.id, "It is in the shed.")
    assert (await post(client, "turns", turn.id, "span_good", span=inside)).status_code == 409


async def test_a_mark_that_is_sent_again_is_the_first_one_whatever_became_of_its_sources_and_the_answer(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    shared = await upload(other_client, "hut.txt", NOTE)
    collection = await collect(other_client, "Huts", shared.document.id)
    given = await share(other_client, collection, email=(await me(client))["email"])
    assert isinstance(services.model, ScriptedModel)
    services.model.enqueue(RIGHT)
    turn = await ask(client, "Where does the hut keep its spare key?")
    sent: dict[str, Any] = {"key": a_key(), "span": span_of(turn, "blue flower pot")}
    first = await give(client, "turns", turn.id, "span_wrong", **sent)
    assert first.span is not None and len(first.span.sources) == 1

    async def is_the_first() -> bool:
        again = await post(client, "turns", turn.id, "span_wrong", **sent)
        return again.status_code == 200 and FeedbackPublic.model_validate_json(again.content) == first

    await take_back(other_client, collection, given)
    assert await is_the_first(), "what the span rests on may be read no more"
    await rewrite(client, turn.id, "It is in the shed.")
    assert await is_the_first(), "the answer is no more the model's"
    for kind, span in (("span_good", sent["span"]), ("span_wrong", span_of(turn, "pot"))):
        other = await post(client, "turns", turn.id, kind, key=sent["key"], span=span)
        assert other.status_code == 409 and "make a new key" in other.json()["detail"]
    assert len(await events(client, turn.id)) == 1


@pytest.mark.parametrize(
    ("text", "cites"), [("The hut is locked.", [1]), ("The mill is open.", [2]), ("open. [2]", [2])]
)
def test_a_marker_behind_a_full_stop_is_of_the_sentence_before_it(text: str, cites: list[int]) -> None:
    answer = "The hut is locked. [1] The mill is open. [2]"
    turn = Turn(conversation_id="c", person_id="p", question="Which?", answer=answer)
    shown = [
        Exposure(
            id=f"{marker}", turn_id=turn.id, person_id="p", document_id="d", passage_id="", document_name="", title="",
            text="", rank=marker, score=1.0, marker=marker,
        )
        for marker in (1, 2)
    ]  # fmt: skip
    span = Span(start=answer.index(text), end=answer.index(text) + len(text))
    assert marked(turn, shown, "span_good", span)["sources"] == [f"{marker}" for marker in cites]
