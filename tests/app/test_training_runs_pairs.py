"""A run counts what its export will hold: pairs of answers from edits, choices and regenerations, and marks."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app import consent, feedback_export, people, training_runs_labels, training_runs_pairs
from app.models import Conversation, Document, Exposure, Feedback, Person, Turn, utc_now
from app.models_comparisons import Comparison
from app.models_groups import Collection, CollectionDocument, Share
from app.models_preferences import Edit
from app.services import Services
from app.training_runs_pairs import count
from tests.app.test_sibling_rows import BAD, GOOD, PROMPT, pairs, vote
from tests.app.training import Judged, write_log


async def choose(services: Services, person: Person, choices: list[str], prompt: object = PROMPT) -> list[str]:
    """Comparisons of which the person said so; the first answers."""
    talk = Conversation(person_id=person.id, title="Hut")
    mine: dict[str, Any] = {"person_id": person.id, "conversation_id": talk.id, "question": "Where is the hut?"}
    whole: dict[str, Any] = {"state": "complete", "prompt": prompt}
    first = [Turn(**mine, **whole, answer=GOOD, draft=GOOD) for _ in choices]
    other = [Turn(**mine, **whole, answer=BAD, draft=BAD, shown=False) for _ in choices]
    asked = [
        Comparison(
            person_id=person.id, turn_id=one.id, other_id=two.id, kind="generator", champion="a", challenger="b",
            challenger_first=False,
        )
        for one, two in zip(first, other, strict=True)
    ]  # fmt: skip
    said = [
        Feedback(person_id=person.id, turn_id=one.id, kind="compared", value={"choice": choice})
        for one, choice in zip(first, choices, strict=True)
    ]
    async with services.database.session() as session:
        for some in ([talk], [*first, *other], [*asked, *said]):
            session.add_all(some)
            await session.flush()
    return [one.id for one in first]


async def rewrite(services: Services, person: Person, turn_id: str, text: str) -> None:
    async with services.database.session() as session:
        turn = await session.get(Turn, turn_id)
        assert turn is not None
        turn.edited_answer = text
        session.add_all([turn, Edit(person_id=person.id, turn_id=turn_id, draft=GOOD, text=text, cost=1)])


async def show_anothers(services: Services, person: Person, turn_id: str) -> None:
    """The answer rests on a document that its owner shares, and does not want to teach others with."""
    owner = Person(email="owner@example.org", display_name="Owner")
    document = Document(owner_id=owner.id, id="hers", sha256="h", name="h.txt", title="", size=1)
    shared = Collection(owner_id=owner.id, name="Shared")
    place: dict[str, Any] = {"passage_id": "p", "document_name": "", "title": "", "text": "t", "rank": 0, "score": 1}
    shown = Exposure(turn_id=turn_id, person_id=person.id, document_id=document.id, **place)
    within = CollectionDocument(collection_id=shared.id, document_id=document.id)
    share = Share(collection_id=shared.id, person_id=person.id, permission="read")
    async with services.database.session() as session:
        for some in ([owner], [document, shared], [within, share, shown]):
            session.add_all(some)
            await session.flush()


async def exported(services: Services, person: Person, form: feedback_export.Format = "dpo") -> list[dict[str, Any]]:
    """Rows that a recipe takes."""
    rows = [json.loads(one) async for one in feedback_export.rows(services.database, [person.id], form)]
    return [row for row in rows if row["consent"]]


def content(chance: float, version: str = "declared-1+120", **inputs: float) -> tuple[str, dict[str, Any]]:
    """What the server reads of the next message, and the chance that follows from it."""
    return "satisfaction", {
        "chance": chance,
        "inputs": {"next_message": 2.0} | inputs,
        "version": version,
        "by": "next",
    }


SAID: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "voted up, whatever the signals": [("up", {}), content(0.01)],
    "content": [content(0.02), content(0.97)],  # what was read last counts
    "not content": [content(0.03)],
    "rewritten": [content(0.99)],
    "not sure": [content(0.9)],
    "not calibrated": [content(0.99, "declared-1")],
    "its vote was taken back": [("down", {}), ("withdrawn", {}), content(0.99)],
    "voted on other words": [content(0.99, vote=1.0)],
    "of another's document": [content(0.99)],
}


async def test_answers_wanted_or_not_are_counted_as_the_export_makes_them(services: Services, person: Person) -> None:
    before = utc_now() - timedelta(seconds=1)
    talk = Conversation(person_id=person.id, title="Hut")
    mine: dict[str, Any] = {"person_id": person.id, "conversation_id": talk.id, "prompt": PROMPT, "draft": GOOD}
    turns = {name: Turn(**mine, question=name, answer=GOOD, state="complete") for name in SAID}
    async with services.database.session() as session:
        await people.change(session, person.id, trains_others=True)
        session.add(talk)
        await session.flush()
        session.add_all(turns.values())
        await session.flush()
        for name, events in SAID.items():
            for at, (kind, value) in enumerate(events):
                when = before + timedelta(milliseconds=at)
                about: dict[str, Any] = {"person_id": person.id, "turn_id": turns[name].id, "created_at": when}
                session.add(Feedback(**about, kind=kind, value=value))
    await rewrite(services, person, turns["rewritten"].id, "North.")
    await show_anothers(services, person, turns["of another's document"].id)
    names = {turn.id: name for name, turn in turns.items()}
    found = {names[row["turn_id"]]: row for row in await exported(services, person, "kto")}
    assert {name: (row["label"], row["by"], row["chance"], row["reader"]) for name, row in found.items()} == {
        "voted up, whatever the signals": (True, "vote", None, None),
        "content": (True, "signals", 0.97, "declared-1+120"),
        "not content": (False, "signals", 0.03, "declared-1+120"),
    }
    async with services.database.session() as session:
        assert await training_runs_labels.count(session, "kto", {person.id}, None) == 3
        assert await training_runs_labels.count(session, "kto", {person.id}, None, enough=2) == 2
        assert await training_runs_labels.count(session, "kto", {person.id}, utc_now()) == 0


@pytest.mark.parametrize("form", ["dpo", "kto"])
async def test_what_was_said_before_many_answers_that_teach_nothing_is_counted(
    services: Services, person: Person, form: feedback_export.Format
) -> None:
    await pairs(services, person, [vote("down")], [vote("up")])
    talk = Conversation(person_id=person.id, title="Hut")
    mine: dict[str, Any] = {"person_id": person.id, "conversation_id": talk.id, "question": "Where is the hut?"}
    whole: dict[str, Any] = {"state": "complete", "prompt": PROMPT, "answer": GOOD, "draft": GOOD, "regenerates": "it"}
    since = [Turn(**mine, **whole) for _ in range(250)]
    kind, unsure = content(0.9)
    said = [Feedback(person_id=person.id, turn_id=one.id, kind=kind, value=unsure) for one in since]
    async with services.database.session() as session:
        for some in ([talk], since, said):
            session.add_all(some)
            await session.flush()
        rows = {"dpo": 1, "kto": 2}[form]
        assert await training_runs_labels.count(session, form, {person.id}, None, enough=rows) == rows


async def test_candidates_are_looked_up_page_by_page(
    services: Services, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training_runs_pairs, "_AT_ONCE", 2)
    await choose(services, person, ["a", "b", "a", "tie", "b"])
    async with services.database.session() as session:
        assert await count(session, "dpo", {person.id}, None) == 4
        assert await count(session, "dpo", {person.id}, None, enough=3) == 3


async def test_pairs_are_counted_as_the_export_makes_them(services: Services, person: Person) -> None:
    before = utc_now() - timedelta(seconds=1)
    async with services.database.session() as session:
        await people.change(session, person.id, trains_others=True)
    firsts = await choose(services, person, ["a", "b", "tie", "a", "tie"])
    await choose(services, person, ["a"], prompt=None)  # erased with a document
    await pairs(services, person, [vote("down")], [vote("up")])
    await rewrite(services, person, firsts[2], "North.")
    await rewrite(services, person, firsts[4], GOOD)  # back to what the model wrote
    await show_anothers(services, person, firsts[3])
    async with services.database.session() as session:
        agreed = await consent.consenting(session)
        assert agreed == {person.id}
        assert await count(session, "dpo", agreed, None) == 4 == len(await exported(services, person))
        assert await training_runs_labels.count(session, "dpo", agreed, before) == 4
        assert await training_runs_labels.count(session, "dpo", agreed, utc_now()) == 0
        assert await count(session, "dpo", set(), None) == 0


async def test_marks_are_labels_of_the_sources_that_they_speak_of(services: Services, person: Person) -> None:
    ((one, other, third),) = await write_log(services, person, [Judged("Where?", ["A.", "B.", "C."], helped=None)])

    async def counted(since: Any = None) -> int:
        async with services.database.session() as session:
            return await training_runs_labels.count(session, "turns", [person.id], since)

    async def mark(kind: str, start: int, *sources: str) -> None:
        async with services.database.session() as session:
            turn = (await session.exec(select(Exposure.turn_id).where(Exposure.id == one))).one()
            value = {"start": start, "end": start + 2, "text": "So", "sources": list(sources)}
            session.add(Feedback(person_id=person.id, turn_id=turn, kind=kind, value=value))

    assert await counted() == 0
    await mark("span_good", 0, one, other)
    assert await counted() == 2
    later = utc_now()
    await mark("span_good", 2, one)
    assert (await counted(), await counted(later)) == (2, 0), "it was said before"
    await mark("span_wrong", 4, other, third)
    assert (await counted(), await counted(later)) == (2, 1), "of one source both was said"
    async with services.database.session() as session:
        turn = (await session.exec(select(Exposure.turn_id).where(Exposure.id == one))).one()
        session.add(Feedback(person_id=person.id, turn_id=turn, exposure_id=one, kind="helped"))
    assert await counted() == 2, "a source that was marked and judged is one label"
    await mark("span_cleared", 4)
    assert (await counted(), await counted(later)) == (2, 1)
