"""The annotation queue: what those who judged disagree about comes first, of people who agreed, and labels teach."""

import uuid
from typing import Any

import httpx
from sqlmodel import col, select

from app import feedback_export
from app.models import Exposure, Feedback, Person, UtilityLabel
from app.services import Services
from tests.app.training import Judged, write_log

QUEUE = "/api/v1/admin/annotation-queue"
HUT = "Where is the hut?"


async def queued(operator: httpx.AsyncClient, route: str = "operator") -> list[dict[str, Any]]:
    answer = await operator.get(QUEUE, params={"route": route})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_conflicts_come_before_disagreement_and_close_calls_are_a_models(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    await client.patch("/api/v1/me", json={"trains_others": True})
    log = [
        Judged(HUT, ["North of the lake.", "A hut has a roof."]),
        Judged("where is the  HUT", ["North of the lake.", "A hut has a roof."], helped=1),
        Judged("What is a lodge?", ["A lodge sleeps forty.", "A lodge is a hut."], helped=1),
        Judged("What is a roof?", ["A roof is on top.", "Roofs leak."], helped=None),
    ]
    ids = await write_log(services, person, log)
    async with services.database.session() as session:
        for exposure in await session.exec(select(Exposure).where(col(Exposure.id).in_(ids[3]))):
            exposure.utility = 0.52 if exposure.selected else 0.48
            session.add(exposure)
    found = await queued(operator)
    assert [sorted(log[0].texts), sorted(log[2].texts)] == [
        sorted(one["text"] for one in some) for some in (found[:2], found[2:])
    ]
    why = [one["why"] for one in found]
    assert why == [["conflict", "disagreement"]] * 2 + [["disagreement"]] * 2
    assert found[0]["verdicts"] == {"helped": 1, "not_relevant": 1}
    close = await queued(operator, "model")
    assert sorted(one["text"] for one in close) == sorted(log[3].texts)
    assert [one["why"] for one in close] == [["threshold"]] * 2


async def test_what_a_person_who_has_not_agreed_was_shown_is_nobodys_to_read(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    ((right, _),) = await write_log(services, person, [Judged(HUT, ["North.", "A roof."], helped=1)])
    assert await queued(operator) == []
    assert (await operator.post(f"{QUEUE}/{right}", json={"utility": "helps"})).status_code == 404
    await client.patch("/api/v1/me", json={"trains_others": True})
    assert len(await queued(operator)) == 2
    assert (await client.get(QUEUE)).status_code == 403
    assert (await client.post(f"{QUEUE}/{right}", json={"utility": "helps"})).status_code == 403


async def test_an_operators_word_is_a_label_that_goes_with_the_log_and_takes_the_passage_out_of_the_queue(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    await client.patch("/api/v1/me", json={"trains_others": True})
    ((right, wrong),) = await write_log(services, person, [Judged(HUT, ["North.", "A roof."], helped=1)])
    said = await operator.post(f"{QUEUE}/{right}", json={"utility": "helps"})
    assert (said.status_code, said.json()["label_id"] is not None) == (201, True)
    skipped = await operator.post(f"{QUEUE}/{wrong}", json={"utility": "skip"})
    assert (skipped.status_code, skipped.json()["label_id"]) == (201, None)
    assert await queued(operator) == []
    me = (await operator.get("/api/v1/me")).json()["id"]
    async with services.database.session() as session:
        (label,) = (await session.exec(select(UtilityLabel))).all()
    assert (label.exposure_id, label.utility, label.method, label.model_version) == (right, 1.0, "operator", me)
    assert label.question == HUT
    turns = [line async for line in feedback_export.rows(services.database, [person.id], "turns")]
    assert '"method": "operator"' in turns[0]


async def test_the_last_word_of_an_operator_is_the_label_and_skip_takes_it_back(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    await client.patch("/api/v1/me", json={"trains_others": True})
    (right,), _ = await write_log(services, person, [Judged(HUT, ["North."]), Judged("Where is a hut?", ["North."])])
    for word, worth in (("helps", [1.0]), ("not_relevant", [0.0]), ("skip", [])):
        assert (await operator.post(f"{QUEUE}/{right}", json={"utility": word})).status_code == 201
        async with services.database.session() as session:
            assert (await session.exec(select(UtilityLabel.utility))).all() == worth
    assert (await operator.post(f"{QUEUE}/{right}", json={"utility": "irrelevant"})).status_code == 422


async def test_a_models_labels_go_into_the_log_and_never_over_a_persons_word(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    await client.patch("/api/v1/me", json={"trains_others": True})
    often = [Judged("What is a roof?", ["A roof is on top.", "Roofs leak."], helped=None)] * 5
    (judged, _), *shown = await write_log(services, person, [Judged(HUT, ["North.", "A roof."], helped=0), *often])
    assert len(await queued(operator, "model")) == 2
    first, second = shown[0]
    labels = [{"exposure_id": first, "utility": 1.0, "cost_tokens": 9}, {"exposure_id": second, "utility": None}]
    labels += [{"exposure_id": judged, "utility": 0.0}, {"exposure_id": str(uuid.uuid4()), "utility": 1.0}]
    sent: dict[str, Any] = {"method": "listwise", "model_version": "m-1", "labels": labels}
    taken = await operator.post(f"{QUEUE}/labels", json=sent)
    assert taken.json() == {"kept": 2, "known": 0, "judged": 1, "closed": 1}
    assert (await operator.post(f"{QUEUE}/labels", json=sent)).json() == {
        "kept": 0,
        "known": 2,
        "judged": 1,
        "closed": 1,
    }
    assert await queued(operator, "model") == []
    async with services.database.session() as session:
        (label,) = (await session.exec(select(UtilityLabel))).all()
    assert (label.exposure_id, label.question, label.utility) == (first, "What is a roof?", 1.0)
    assert (label.method, label.model_version, label.cost_tokens) == ("listwise", "m-1", 9)
    by_a_person = await operator.post(f"{QUEUE}/labels", json=sent | {"method": "operator"})
    assert (by_a_person.status_code, (await client.post(f"{QUEUE}/labels", json=sent)).status_code) == (422, 403)


async def test_a_verdict_that_was_taken_back_is_none(
    operator: httpx.AsyncClient, client: httpx.AsyncClient, person: Person, services: Services
) -> None:
    await client.patch("/api/v1/me", json={"trains_others": True})
    ids = await write_log(services, person, [Judged(HUT, ["North.", "A roof."], helped=1)])
    async with services.database.session() as session:
        for exposure_id in ids[0]:
            turn = (await session.exec(select(Exposure.turn_id).where(Exposure.id == exposure_id))).one()
            session.add(Feedback(person_id=person.id, turn_id=turn, exposure_id=exposure_id, kind="withdrawn"))
    assert await queued(operator) == []
