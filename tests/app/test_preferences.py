"""Preferences over REST: stated, changed, switched off, narrowed, deleted; what cannot be done is said to be so."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, given
from hypothesis import settings as bounds
from hypothesis import strategies as st

from app.held import is_honoured
from app.models_preferences import Preference
from app.services import Services
from generation.scripted import ScriptedModel
from tests.app.rewriting import LONG, NOTE, SHORT, ask, preferences_of, put, rewrite, settled, state, teach
from tests.conftest import Upload


@pytest.fixture(autouse=True)
async def hut(services: Services, client: httpx.AsyncClient, upload: Upload) -> None:
    teach(services)
    await upload(client, "hut.txt", NOTE)


def test_what_this_release_does_not_know_is_not_said_to_be_honoured() -> None:
    known: dict[str, Any] = {"kind": "dimension", "dimension": "contractions", "use": False}
    unknown: dict[str, Any] = {"kind": "hologram"}
    for parameters in ([unknown], [known, unknown]):
        row = Preference(person_id="", description="glow", parameters=parameters)
        assert not is_honoured(row, follows_rules=True)
    assert is_honoured(Preference(person_id="", description="plain", parameters=[known]), follows_rules=False)


def test_a_frame_that_fits_no_text_is_not_said_to_be_honoured() -> None:
    """A greeting that cites something would invent a source, so it is never put before an answer."""
    for text, fits in (("Dear Ada,", True), ("As in [3]:", False)):
        greeting: dict[str, Any] = {"kind": "dimension", "dimension": "greeting", "text": text, "gap": " "}
        row = Preference(person_id="", description="greet", parameters=[greeting])
        assert is_honoured(row, follows_rules=False) is fits


async def test_a_statement_that_is_understood_shapes_every_answer_from_then_on(client: httpx.AsyncClient) -> None:
    stated = await state(client, "No contractions, please")
    assert (stated.source, stated.honoured, stated.pinned, stated.confidence) == ("stated", True, True, 1.0)
    assert stated.context == ""
    turn = await ask(client)
    assert (turn.answer, turn.preferences) == (LONG, [stated.id])
    assert [one.used for one in await preferences_of(client)] == [1]


class Confused(ScriptedModel):
    """Is called like a model that rules only confuse."""

    @property
    def version(self) -> str:
        return "smollm2@1"


async def test_a_statement_that_nothing_here_can_follow_is_kept_and_said_to_be_so(
    client: httpx.AsyncClient, app: FastAPI, services: Services
) -> None:
    assert (await state(client, "Write like a pirate")).honoured, "the scripted model follows rules"
    confused = Confused()
    app.state.services = services.answering_with(generator=confused)
    await state(client, "No contractions")
    assert [one.honoured for one in await preferences_of(client)] == [True, False], "a form needs no model"
    await ask(client)
    assert "pirate" not in str(confused.prompts), "it would write about pirates"


async def test_a_switched_off_or_deleted_preference_has_no_effect_at_once(client: httpx.AsyncClient) -> None:
    stated = await state(client, "No contractions")
    assert (await ask(client)).answer == LONG
    off = await client.patch(f"/api/v1/preferences/{stated.id}", json={"active": False})
    assert off.json()["active"] is False
    assert (await ask(client)).answer == SHORT
    await client.patch(f"/api/v1/preferences/{stated.id}", json={"active": True})
    assert (await ask(client)).answer == LONG
    assert (await client.delete(f"/api/v1/preferences/{stated.id}")).status_code == 204
    turn = await ask(client)
    assert (turn.answer, turn.preferences) == (SHORT, [])
    assert (await client.delete(f"/api/v1/preferences/{stated.id}")).status_code == 404


async def test_a_preference_narrowed_to_something_holds_there_alone(client: httpx.AsyncClient) -> None:
    stated = await state(client, "No contractions", scope="e-mails")
    assert stated.scope == "e-mails"
    assert (await ask(client)).answer == SHORT
    assert (await ask(client, "Does the hut lock its door at night? It is for e-mails.")).answer == LONG
    await client.patch(f"/api/v1/preferences/{stated.id}", json={"scope": None})
    assert (await ask(client)).answer == LONG


async def test_what_the_question_asks_for_comes_before_any_preference_of_that_kind(client: httpx.AsyncClient) -> None:
    await state(client, "No contractions")
    turn = await ask(client, "Does the hut lock its door at night? No contractions.")
    assert turn.preferences == []


async def test_other_words_for_what_was_learned_are_a_statement(client: httpx.AsyncClient) -> None:
    edit = await rewrite(client, (await ask(client)).id, LONG)
    changed = await client.patch(f"/api/v1/preferences/{edit.learned[0].id}", json={"description": "Rhyme always"})
    assert (changed.json()["source"], changed.json()["pinned"]) == ("stated", True)
    assert (await ask(client)).answer == SHORT


async def test_a_statement_takes_the_place_of_an_earlier_one_about_the_same(client: httpx.AsyncClient) -> None:
    await state(client, "No contractions")
    later = await state(client, "Never use contractions")
    same = await state(client, "Rhyme"), await state(client, "Rhyme")
    assert {one.id for one in await preferences_of(client)} == {later.id, same[1].id}


async def test_what_was_deleted_is_learned_again_from_newer_edits_only(client: httpx.AsyncClient) -> None:
    first, second = await ask(client), await ask(client)
    edit = await rewrite(client, first.id, LONG)
    assert (await client.delete("/api/v1/preferences")).status_code == 204
    assert await preferences_of(client) == [] and (await settled(client, edit.id)).learned == []
    again = await rewrite(client, second.id, LONG)
    assert [one.supported_by for one in again.learned] == [1]


async def test_rules_on_sources_go_with_all_the_rest_unless_they_are_to_be_kept(client: httpx.AsyncClient) -> None:
    await client.post("/api/v1/me/rules", json={"text": "never use the wiki"})
    await state(client, "Rhyme")
    await rewrite(client, (await ask(client)).id, LONG)
    await client.delete("/api/v1/preferences", params={"keep_rules": True})
    assert [one.description for one in await preferences_of(client)] == ["never use the wiki"]
    await client.delete("/api/v1/preferences")
    assert await preferences_of(client) == []


async def test_what_was_switched_off_stays_off_however_often_it_is_seen_again(client: httpx.AsyncClient) -> None:
    turns = [await ask(client), await ask(client)]
    edit = await rewrite(client, turns[0].id, LONG)
    await client.patch(f"/api/v1/preferences/{edit.learned[0].id}", json={"active": False})
    await rewrite(client, turns[1].id, LONG)
    assert [(one.active, one.supported_by) for one in await preferences_of(client)] == [(False, 2)]
    assert (await ask(client)).answer == SHORT


async def test_preferences_come_in_pages_newest_first(client: httpx.AsyncClient) -> None:
    made = [await state(client, f"Rhyme in the style of poet {number}") for number in range(5)]
    seen, cursor = list[str](), None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/preferences", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == [one.id for one in made[::-1]]


ACTS = st.lists(st.tuples(st.sampled_from(["ann", "ben"]), st.sampled_from(["rewrite", "state"])), max_size=5)


@bounds(max_examples=5, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(acts=ACTS)
async def test_two_people_with_one_document_and_opposite_styles_neither_see_nor_inherit_the_others(
    client: httpx.AsyncClient, other_client: httpx.AsyncClient, upload: Upload, services: Services, acts: list[Any]
) -> None:
    """Ann wants no contractions and a courtly tone; Ben keeps contractions, and wants it rough."""
    assert isinstance(services.model, ScriptedModel)
    people = {"ann": client, "ben": other_client}
    for person in people.values():
        await person.delete("/api/v1/preferences")
        await upload(person, "hut.txt", NOTE)
    told = {"ann": {"No contractions", "Be courtly"}, "ben": {"Be rough"}}
    for who, act in acts:
        if act == "rewrite":
            turn = await ask(people[who])
            await put(people[who], turn.id, LONG if who == "ann" else f"{turn.answer} So there!")
        else:
            for description in told[who]:
                await state(people[who], description)
    for who, person in people.items():
        mine = await preferences_of(person)
        assert {one.description for one in mine if one.source == "stated"} <= told[who]
        turn = await ask(person)
        assert set(turn.preferences) <= {one.id for one in mine}
        assert who == "ann" or turn.answer == SHORT
        assert ("Be rough" in str(services.model.prompts[-1])) == (("ben", "state") in acts and who == "ben")
        assert ("Be courtly" in str(services.model.prompts[-1])) == (("ann", "state") in acts and who == "ann")
        for other in people.values():
            status = 200 if other is person else 404
            for one in mine:
                assert (await other.get(f"/api/v1/preferences/{one.id}/provenance")).status_code == status
