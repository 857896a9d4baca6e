"""What an edit teaches: preferences from its style, labels from its facts, nothing twice, nothing that was undone."""

import asyncio
from collections.abc import Sequence

import httpx
import pytest
from sqlmodel import select

from app.learning import Learn
from app.models import Exposure, Feedback, UtilityLabel
from app.models_preferences import Edit, Preference, PreferenceEvidence
from app.services import Services
from personalization import ports
from personalization.ports import ContextEdit
from tests.app.rewriting import (
    LONG,
    NOTE,
    SHORT,
    ask,
    no_contractions,
    preferences_of,
    put,
    rewrite,
    settled,
    teach,
)
from tests.conftest import Upload


@pytest.fixture(autouse=True)
async def hut(services: Services, client: httpx.AsyncClient, upload: Upload) -> None:
    teach(services)
    await upload(client, "hut.txt", NOTE)


def noting(seen: list[tuple[list[ContextEdit], ContextEdit]], learn: Learn = no_contractions) -> Learn:
    def infer(
        known: Sequence[ports.Preference], past: Sequence[ContextEdit], new: ContextEdit
    ) -> list[ports.Preference]:
        seen.append((list(past), new))
        return learn(known, past, new)

    return infer


async def test_what_an_edit_teaches_shapes_the_next_answer_and_knows_where_it_came_from(
    client: httpx.AsyncClient,
) -> None:
    turn = await ask(client)
    edit = await rewrite(client, turn.id, LONG)
    assert edit.learning == "learned"
    (learned,) = edit.learned
    assert (learned.description, learned.source, learned.supported_by) == ("Do not use contractions.", "edit", 1)
    later = await ask(client)
    assert (later.answer, later.preferences, later.edited) == (LONG, [learned.id], False)
    (found,) = (await client.get(f"/api/v1/preferences/{learned.id}/provenance")).json()["items"]
    assert (found["edit_id"], found["turn_id"], found["supports"]) == (edit.id, turn.id, True)


async def test_the_learner_sees_what_the_model_wrote_and_not_what_preferences_made_of_it(
    client: httpx.AsyncClient, services: Services
) -> None:
    await rewrite(client, (await ask(client)).id, LONG)
    seen: list[tuple[list[ContextEdit], ContextEdit]] = []
    teach(services, noting(seen))
    turn = await ask(client)
    assert turn.answer == LONG
    await rewrite(client, turn.id, "The hut does not lock its door at night [1]!")
    ((past, new),) = seen
    assert (new.written, new.edited) == (SHORT, "The hut does not lock its door at night [1]!")
    assert [(edit.written, edit.edited) for edit in past] == [(SHORT, LONG)]


async def test_an_answer_that_was_kept_when_the_conversation_went_on_speaks_for_its_preferences(
    client: httpx.AsyncClient, services: Services
) -> None:
    first = await ask(client)
    assert (await rewrite(client, first.id, LONG)).learned
    kept = await ask(client)
    assert [(one.used, one.kept) for one in await preferences_of(client)] == [(1, 0)]
    await ask(client, "When can the warden not come?", conversation_id=kept.conversation_id)
    assert (await preferences_of(client))[0].kept == 1
    known: list[ports.Preference] = []

    def infer(
        before: Sequence[ports.Preference], past: Sequence[ContextEdit], new: ContextEdit
    ) -> list[ports.Preference]:
        known.extend(before)
        assert [edit.id for edit in past][-1] == kept.id
        return list(before)

    teach(services, infer)
    await rewrite(client, (await ask(client)).id, "At night the hut does not lock its door. [1]")
    assert kept.id in known[0].supporting
    assert (await preferences_of(client))[0].supported_by == 1, "an answer that was kept is no edit"


async def test_a_corrected_fact_marks_its_source_and_is_no_preference(
    client: httpx.AsyncClient, services: Services, upload: Upload
) -> None:
    await upload(client, "mill.txt", "The mill of Quenholm was built in 1702 by the river.")
    turn = await ask(client, "When was the mill of Quenholm built by the river?")
    edit = await rewrite(client, turn.id, turn.answer.replace("1702", "1712"))
    assert edit.learning == "nothing" and edit.learned == [] and edit.reason
    assert edit.sources_wrong == 1
    assert any(span.fact for span in edit.difference)
    async with services.database.session() as session:
        noted = (await session.exec(select(Feedback))).one()
        label = (await session.exec(select(UtilityLabel))).one()
        source = (await session.exec(select(Exposure).where(Exposure.id == noted.exposure_id))).one()
        assert (await session.exec(select(Preference))).all() == []
    assert (noted.kind, noted.turn_id, source.document_name) == ("source_wrong", turn.id, "mill.txt")
    assert (label.exposure_id, label.utility, label.method) == (source.id, 0.0, "edit")


async def test_of_an_edit_of_both_only_the_style_is_learned(client: httpx.AsyncClient, services: Services) -> None:
    seen: list[tuple[list[ContextEdit], ContextEdit]] = []
    teach(services, noting(seen))
    turn = await ask(client)
    edit = await rewrite(client, turn.id, "The hut does not lock its door at day. [1]")
    assert any(span.fact for span in edit.difference)
    assert edit.sources_wrong == 1
    assert "day" not in "".join(new.edited for _, new in seen)


async def test_undo_forgets_at_once_what_the_edit_alone_taught_and_never_learns_it_again(
    client: httpx.AsyncClient,
) -> None:
    edit = await rewrite(client, (await ask(client)).id, LONG)
    assert (await client.delete(f"/api/v1/edits/{edit.id}/learned")).status_code == 204
    assert await preferences_of(client) == []
    assert (await ask(client)).answer == SHORT
    undone = await settled(client, edit.id)
    assert (undone.learning, undone.learned) == ("forgotten", [])
    again = await rewrite(client, (await ask(client)).id, LONG)
    assert [one.supported_by for one in again.learned] == [1]


async def test_undo_leaves_what_other_edits_taught_too(client: httpx.AsyncClient, services: Services) -> None:
    first, second = await ask(client), await ask(client)
    await rewrite(client, first.id, LONG)
    edit = await rewrite(client, second.id, LONG)
    assert edit.learned[0].supported_by == 2
    assert (await client.delete(f"/api/v1/edits/{edit.id}/learned")).status_code == 204
    assert [one.supported_by for one in await preferences_of(client)] == [1]


async def test_the_last_edit_of_an_answer_says_all_that_the_earlier_ones_said(
    client: httpx.AsyncClient, services: Services
) -> None:
    turn = await ask(client)
    first = await rewrite(client, turn.id, LONG)
    assert first.learned
    await rewrite(client, turn.id, "In the night, the hut doesn't lock its door [1].")
    assert await preferences_of(client) == []
    async with services.database.session() as session:
        assert (await session.exec(select(PreferenceEvidence))).all() == []


async def test_a_failed_inference_is_tried_again_seen_and_taken_up_with_the_next_edit(
    client: httpx.AsyncClient, services: Services
) -> None:
    tried = []

    def broken(
        known: Sequence[ports.Preference], past: Sequence[ContextEdit], new: ContextEdit
    ) -> list[ports.Preference]:
        tried.append(new.id)
        raise ZeroDivisionError("no contexts")

    teach(services, broken)
    turn = await ask(client)
    edit = (await put(client, turn.id, LONG)).json()["id"]
    failed = await settled(client, edit)
    assert (failed.learning, failed.text) == ("failed", LONG)
    assert "ZeroDivisionError" in (failed.reason or "") and "contexts" not in (failed.reason or "")
    async with asyncio.timeout(30):
        while len(tried) < 3:
            await settled(client, edit)
    teach(services)
    other = await rewrite(client, (await ask(client)).id, LONG)
    assert (await settled(client, edit)).learning == "learned"
    assert other.learned[0].supported_by == 2 and len(tried) == 3


async def test_learning_twice_changes_nothing(client: httpx.AsyncClient, services: Services) -> None:
    edit = await rewrite(client, (await ask(client)).id, LONG)
    before = await preferences_of(client)
    async with services.database.session() as session:
        row = (await session.exec(select(Edit))).one()
        row.learning = "failed"
        session.add(row)
    await rewrite(client, (await ask(client, "Hello!")).id, "Hi.")
    await rewrite(client, (await ask(client)).id, "The hut does not lock its door at night at all. [1]")
    assert (await settled(client, edit.id)).learning == "learned"
    assert [one.id for one in await preferences_of(client)] == [one.id for one in before]


async def test_what_was_pinned_and_let_go_does_not_outlive_its_edit(client: httpx.AsyncClient) -> None:
    for undo_first in (True, False):
        edit = await rewrite(client, (await ask(client)).id, LONG)
        path = f"/api/v1/preferences/{edit.learned[0].id}"
        assert (await client.patch(path, json={"pinned": True})).status_code == 200
        steps = [client.delete(f"/api/v1/edits/{edit.id}/learned"), client.patch(path, json={"pinned": False})]
        for step in steps if undo_first else steps[::-1]:
            assert (await step).is_success
        assert await preferences_of(client) == []
        assert (await ask(client)).answer == SHORT
