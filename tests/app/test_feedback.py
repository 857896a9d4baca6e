"""Feedback as it is given: what is logged, what follows from it, what is refused, and that it goes with the rest."""

import asyncio
from typing import Any

import httpx
import pytest
from sqlmodel import select

from app import feedback
from app.models import Feedback, Turn
from app.schemas import TurnPublic
from app.services import Services
from app.settings import Settings
from tests.app.giving import a_key, detail, events, give, post
from tests.app.rewriting import NOTE, ask, rewrite
from tests.conftest import Upload, client_of, running


@pytest.fixture
async def turn(client: httpx.AsyncClient, upload: Upload) -> TurnPublic:
    """An answer of Ann's with one source."""
    await upload(client, "hut.txt", NOTE)
    return await ask(client)


async def rows(services: Services) -> list[Feedback]:
    async with services.database.session() as session:
        return list((await session.exec(select(Feedback))).all())


async def test_the_last_vote_counts_and_every_vote_stays_in_the_log(
    client: httpx.AsyncClient, turn: TurnPublic
) -> None:
    assert (await detail(client, turn.id)).feedback.vote is None
    await give(client, "turns", turn.id, "up")
    down = await give(client, "turns", turn.id, "down", reasons=["style", "incorrect", "style"], text="  Not my hut. ")
    assert (down.reasons, down.text) == (["incorrect", "style"], "Not my hut.")
    state = (await detail(client, turn.id)).feedback
    assert (state.vote, state.reasons, state.text) == ("down", ["incorrect", "style"], "Not my hut.")
    await give(client, "turns", turn.id, "withdrawn")
    state = (await detail(client, turn.id)).feedback
    assert (state.vote, state.reasons, state.text) == (None, [], "")
    assert [event.kind for event in await events(client, turn.id)] == ["up", "down", "withdrawn"]
    first = await events(client, turn.id, limit=1)
    rest = await events(client, turn.id, cursor=first[0].id)
    assert [event.kind for event in (*first, *rest)] == ["up", "down", "withdrawn"]


async def test_each_source_has_its_own_last_verdict(client: httpx.AsyncClient, turn: TurnPublic) -> None:
    (source,) = turn.exposures
    for kind in ("helped", "citation_opened", "wrong", "source_opened"):
        event = await give(client, "exposures", source.id, kind)
        assert (event.turn_id, event.exposure_id) == (turn.id, source.id)
    read = await client.get(f"/api/v1/conversations/{turn.conversation_id}/feedback")
    assert read.json() == [
        {"turn_id": turn.id, "vote": None, "reasons": [], "text": "", "sources": {source.id: "wrong"}, "spans": []}
    ]
    await give(client, "exposures", source.id, "withdrawn")
    state = (await detail(client, turn.id)).feedback
    assert (state.vote, state.sources) == (None, {})


async def test_a_key_is_one_event_however_often_and_however_quickly_it_is_sent(
    client: httpx.AsyncClient, services: Services, turn: TurnPublic
) -> None:
    key = a_key()
    answers = await asyncio.gather(*(post(client, "turns", turn.id, "down", key=key, text="no") for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.content for answer in answers}) == 1
    assert len(await rows(services)) == 1


@pytest.mark.parametrize(
    "other", [{"kind": "up"}, {"kind": "down", "text": "yes"}, {"kind": "down", "reasons": ["style"]}]
)
async def test_a_key_that_was_used_for_another_event_is_refused(
    client: httpx.AsyncClient, services: Services, turn: TurnPublic, other: dict[str, Any]
) -> None:
    key = a_key()
    await give(client, "turns", turn.id, "down", key=key, text="no")
    refused = await post(client, "turns", turn.id, key=key, **other)
    assert refused.status_code == 409 and key in refused.json()["detail"]
    elsewhere = await post(client, "exposures", turn.exposures[0].id, "withdrawn", key=key)
    assert elsewhere.status_code == 409
    (kept,) = await rows(services)
    assert (kept.kind, kept.value) == ("down", {"text": "no"})


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "love"},
        {"kind": "helped"},
        {"kind": "down", "reasons": ["ugly"]},
        {"kind": "up", "reasons": ["style"]},
        {"kind": "copied", "text": "all of it"},
        {"kind": "down", "text": "x" * 2_001},
        {"kind": "down", "key": "short"},
        {"kind": "down", "weight": 1000},
        {"kind": "down", "text": "a\0b"},
    ],
)
async def test_what_is_no_event_on_a_turn_is_refused(
    client: httpx.AsyncClient, services: Services, turn: TurnPublic, body: dict[str, Any]
) -> None:
    refused = await post(client, "turns", turn.id, **body)
    assert refused.status_code == 422, refused.text
    assert await rows(services) == []


async def test_only_ones_own_turns_and_sources_take_feedback_and_keys_of_two_people_never_meet(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, services: Services, turn: TurnPublic
) -> None:
    key = a_key()
    for thing, identity, kind in (("turns", turn.id, "down"), ("exposures", turn.exposures[0].id, "wrong")):
        assert (await post(other_client, thing, identity, kind, key=key)).status_code == 404
    for path in (f"turns/{turn.id}", f"turns/{turn.id}/feedback", f"conversations/{turn.conversation_id}/feedback"):
        assert (await other_client.get(f"/api/v1/{path}")).status_code == 404
    theirs = await ask(other_client)
    await give(other_client, "turns", theirs.id, "up", key=key)
    await give(client, "turns", turn.id, "down", key=key)
    assert len(await rows(services)) == 2


async def test_an_answer_that_is_not_written_takes_no_vote(client: httpx.AsyncClient, services: Services) -> None:
    turn = await ask(client)
    async with services.database.session() as session:
        row = await session.get(Turn, turn.id)
        assert row is not None
        row.state, row.answer = "running", ""
        session.add(row)
    assert (await post(client, "turns", turn.id, "up")).status_code == 409
    await give(client, "turns", turn.id, "abandoned")


async def test_a_flood_is_held_back_and_told_when_to_come_again(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, turn: TurnPublic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback, "PER_MINUTE", 3)
    key = a_key()
    await give(client, "turns", turn.id, "up", key=key)
    for _ in range(2):
        await give(client, "turns", turn.id, "copied")
    refused = await post(client, "turns", turn.id, "copied")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert (await post(client, "turns", turn.id, "up", key=key)).status_code == 200, "it was logged before"
    await give(other_client, "turns", (await ask(other_client)).id, "up")


async def test_no_vote_moves_a_ranking_of_anybody(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload
) -> None:
    for person in (client, other_client):
        for number, place in enumerate(("river", "hill", "lake", "wood")):
            await upload(person, f"{place}.txt", f"The mill of Quenholm stands by the {place}, number {number}.")
    question = "Where does the mill of Quenholm stand?"

    async def ranking(person: httpx.AsyncClient) -> list[tuple[str, float]]:
        hits = (await person.post("/api/v1/search", json={"query": question})).json()["hits"]
        return [(hit["document"], hit["score"]) for hit in hits]

    before = [await ranking(person) for person in (client, other_client)]
    turn = await ask(client, question)
    assert len(turn.exposures) == 4
    for _ in range(5):
        await give(client, "exposures", turn.exposures[0].id, "wrong")
        await give(client, "exposures", turn.exposures[-1].id, "helped")
        await give(client, "turns", turn.id, "down", reasons=["wrong_sources"])
    assert [await ranking(person) for person in (client, other_client)] == before
    again = await ask(client, question)
    shown = [[(one.document, one.score) for one in asked.exposures] for asked in (turn, again)]
    assert shown[0] == shown[1]


# --- kept, taken along, erased
async def test_events_outlive_the_process_and_are_part_of_what_a_person_takes_along(settings: Settings) -> None:
    async with running(settings) as app, client_of(app, "ann@example.org") as client:
        turn = await ask(client)
        await give(client, "turns", turn.id, "down", reasons=["not_asked"], text="I asked about huts")
        await rewrite(client, turn.id, "Huts are houses.")
        token = client.headers["authorization"]
    async with running(settings) as app, client_of(app, "ben@example.org") as other:
        mine = {"Authorization": token}
        export = (await other.get("/api/v1/me/export", headers=mine)).json()
        assert [(event["kind"], event["value"]) for event in export["feedback"]] == [
            ("down", {"reasons": ["not_asked"], "text": "I asked about huts"})
        ]
        assert (await other.get("/api/v1/me/export")).json()["feedback"] == []


@pytest.mark.parametrize("erased", ["conversation", "account"])
async def test_a_deleted_conversation_or_account_leaves_no_event_and_no_byte_of_one(
    client: httpx.AsyncClient, services: Services, settings: Settings, turn: TurnPublic, erased: str
) -> None:
    await give(client, "turns", turn.id, "down", text="Zanzibarquark was expected")
    await give(client, "exposures", turn.exposures[0].id, "wrong")
    path = f"/api/v1/conversations/{turn.conversation_id}" if erased == "conversation" else "/api/v1/me"
    assert (await client.delete(path)).status_code == 204
    assert await rows(services) == []
    tables = [path for path in settings.home.rglob("*.db*") if path.is_file()]
    assert len(tables) >= 1 and [path.name for path in tables if b"Zanzibarquark" in path.read_bytes()] == []
