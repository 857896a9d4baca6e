"""Pairs of a disliked answer and the one that was kept, and what a checklist leaves out."""

import json
from typing import Any

import pytest

from app import feedback_export, people
from app.models import Conversation, Document, Exposure, Feedback, Person, Turn
from app.models_groups import Collection, CollectionDocument, Share
from app.services import Services
from app.sibling_rows import is_disliked, prefers

BAD, GOOD = "It is by the lake, I think.", "The hut stands north of the lake, an hour from the bridge [1]."
PROMPT = [{"role": "user", "content": "Where is the hut?"}]


def vote(kind: str) -> dict[str, Any]:
    return {"kind": kind}


DISSATISFIED = {"kind": "next_message", "value": {"dissatisfied": 0.95, "satisfied": 0.01}}


async def pairs(
    services: Services,
    person: Person,
    of_bad: list[dict[str, Any]],
    of_good: list[dict[str, Any]] | None = None,
    *,
    regenerated: bool = True,
    owner: str | None = None,
) -> list[dict[str, Any]]:
    """The rows of a log in which the first answer had these events, and the second, the kept one, those."""
    document = Document(owner_id=owner or person.id, id="d", sha256="s", name="d.txt", title="", size=1)
    conversation = Conversation(person_id=person.id, title="Hut")
    mine: dict[str, Any] = {"person_id": person.id, "conversation_id": conversation.id, "question": "Where is the hut?"}
    whole: dict[str, Any] = {"state": "complete", "prompt": PROMPT}
    bad = Turn(**mine, **whole, answer=BAD, draft=BAD, shown=False)
    good = Turn(**mine, **whole, answer=GOOD, draft=GOOD, regenerates=bad.id)
    source: dict[str, Any] = {
        "document_id": "d",
        "passage_id": "p",
        "document_name": "d.txt",
        "title": "",
        "text": "North.",
        "rank": 0,
    }
    shown = Exposure(turn_id=good.id, person_id=person.id, score=1.0, marker=1, cited=True, **source)
    events = [Feedback(person_id=person.id, turn_id=bad.id, **one) for one in of_bad]
    events += [Feedback(person_id=person.id, turn_id=good.id, **one) for one in of_good or []]
    if regenerated:
        again: dict[str, Any] = {"kind": "regenerated", "value": {"by": good.id}}
        events.append(Feedback(person_id=person.id, turn_id=bad.id, **again))
    async with services.database.session() as session:
        within = [CollectionDocument(collection_id="c", document_id="d")] if owner else []
        for some in ([document, conversation], [bad, good, *within], [shown, *events]):
            session.add_all(some)
            await session.flush()
    return [json.loads(line) async for line in feedback_export.rows(services.database, [person.id], "dpo")]


async def test_what_was_voted_down_and_written_again_is_worse_than_what_was_kept(
    services: Services, person: Person
) -> None:
    (row,) = await pairs(services, person, [vote("down")], [vote("up")])
    assert (row["chosen"][0]["content"], row["rejected"][0]["content"]) == (GOOD, BAD)
    assert (row["prompt"], row["person_id"], row["consent"]) == (PROMPT, person.id, False)


async def test_the_owner_of_a_document_in_the_kept_answer_is_asked_too_wherever_the_page_ends(
    services: Services, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedback_export, "PAGE", 1)  # the kept answer lies on another page than the first one
    owner = Person(email="owner@example.org", display_name="Owner")
    shared = Collection(id="c", owner_id=owner.id, name="Shared")
    async with services.database.session() as session:
        for one in (owner, shared, Share(collection_id="c", person_id=person.id, permission="read")):
            session.add(one)
            await session.flush()
        await people.change(session, person.id, trains_others=True)
    (row,) = await pairs(services, person, [vote("down")], [vote("up")], owner=owner.id)
    assert row["consent"] is False


async def test_a_dissatisfied_next_message_is_a_complaint_too(services: Services, person: Person) -> None:
    assert len(await pairs(services, person, [DISSATISFIED])) == 1


async def test_an_answer_that_nobody_asked_for_again_is_no_pair(services: Services, person: Person) -> None:
    assert await pairs(services, person, [vote("down")], regenerated=False) == []


def events(*said: dict[str, Any]) -> list[Feedback]:
    return [Feedback(person_id="ann", turn_id="t", **one) for one in said]


@pytest.mark.parametrize(
    ("said", "disliked"),
    [
        ([], False),
        ([vote("down")], True),
        ([vote("up")], False),
        ([vote("down"), vote("withdrawn")], False),
        ([DISSATISFIED], True),
        ([{"kind": "next_message", "value": {"dissatisfied": 0.6}}], False),
        ([DISSATISFIED, vote("up")], False),  # a vote says more than a reading
    ],
)
def test_the_last_word_says_whether_an_answer_is_disliked(said: list[dict[str, Any]], disliked: bool) -> None:
    assert is_disliked(events(*said)) is disliked


@pytest.mark.parametrize(
    "kept",
    [
        {"abstained": True},
        {"state": "stopped"},
        {"draft": ""},  # of ours, not the model's
        {"answer": GOOD.replace("[1]", "[1][4]")},  # cites what it has not read
        {"answer": f"{BAD} Yes."},  # says the same
        {"prompt": [{"role": "user", "content": "Where?"}]},
    ],
)
def test_the_checklist_leaves_out_what_is_not_clearly_better(kept: dict[str, Any]) -> None:
    whole: dict[str, Any] = {
        "person_id": "ann",
        "conversation_id": "c",
        "question": "?",
        "state": "complete",
        "prompt": PROMPT,
    }
    other = Turn(**whole, answer=BAD, draft=BAD)
    source: dict[str, Any] = {
        "document_id": "d",
        "passage_id": "p",
        "document_name": "d",
        "title": "",
        "text": "",
        "rank": 0,
    }
    shown = [Exposure(turn_id="t", person_id="ann", score=1.0, marker=1, cited=True, **source)]
    good = whole | {"answer": GOOD, "draft": GOOD}
    assert prefers(Turn(**good), other, shown)
    assert not prefers(Turn(**(good | kept)), other, shown)
    assert not prefers(other, Turn(**good), shown), "it cites nothing where the other does"
