"""Recall over SQL: fast, without a round trip where there is nothing, and never out of date."""

import logging
import time
from pathlib import Path

import httpx
import numpy as np
import pytest
from sqlalchemy import event

from app import preferences
from app.contexts import as_bytes
from app.db import Database, sqlite_url
from app.models import Person, new_id
from app.models_preferences import Preference
from app.recall import StoredRecall
from app.services import Services
from app.settings import Settings
from personalization.ports import Recalled
from retrieval.encoder_hash import HashEncoder
from tests.app.rewriting import LONG, NOTE, PLAIN, QUESTION, ask, rewrite, state
from tests.conftest import Upload, client_of, running

MANY = 2000
GENEROUS = 5  # times the bound, for a machine that does other things too


async def person_with(database: Database, stored: list[Preference]) -> Person:
    await database.migrate()
    person = Person(email="ann@example.org", display_name="Ann", preferences_version=1)
    async with database.session() as session:
        session.add(person)
        await session.flush()
        session.add_all(Preference(**row.model_dump() | {"person_id": person.id}) for row in stored)
    return person


def learned(context: str, encoder: HashEncoder, **values: object) -> Preference:
    vector = np.random.default_rng(len(context)).normal(size=encoder.dimension).astype(np.float32)
    row = Preference(id=new_id(), person_id="", key="k", description=f"rule {context}", parameters=[PLAIN])
    row.context, row.vector, row.encoder = context, as_bytes(vector / np.linalg.norm(vector)), encoder.version
    row.confidence = 0.9
    return row


async def test_with_2000_stored_preferences_recall_takes_milliseconds(tmp_path: Path) -> None:
    database, encoder = Database(sqlite_url(tmp_path / "a.db")), HashEncoder()
    person = await person_with(database, [learned(f"question {n}" + "!" * n, encoder) for n in range(MANY)])
    recall = StoredRecall(database, encoder)
    assert len((await recall.recall(person.id, QUESTION)).preference_ids) <= 1, "one of each kind"
    took = []
    for _ in range(5):
        started = time.perf_counter()
        recall.expect(person.id, 1)
        await recall.recall(person.id, QUESTION)
        took.append(time.perf_counter() - started)
    await database.close()
    assert 1e3 * min(took) < 10 * GENEROUS


async def test_for_a_person_without_preferences_nothing_is_read_and_nothing_is_encoded(
    client: httpx.AsyncClient, services: Services
) -> None:
    person = (await client.get("/api/v1/me")).json()["id"]
    statements: list[str] = []
    event.listen(services.database.engine.sync_engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    services.recall.expect(person, 0)
    assert await services.recall.recall(person, QUESTION) == Recalled()
    assert statements == []


async def test_a_turn_of_a_person_without_preferences_makes_as_many_statements_as_one_with_personalization_off(
    settings: Settings, upload: Upload
) -> None:
    counts = []
    for name in ("on", "off"):
        chosen = settings.model_copy(update={"personalization": name, "home": settings.home.parent / name})
        async with running(chosen) as app, client_of(app, "ann@example.org") as client:
            await upload(client, "hut.txt", NOTE)
            statements: list[str] = []
            engine = app.state.services.database.engine.sync_engine
            event.listen(engine, "before_cursor_execute", lambda *a, seen=statements: seen.append(a[2]))
            turn = await ask(client)
            counts.append((len(statements), turn.answer, turn.citations[0].quote))
    assert counts[0] == counts[1]


async def test_a_change_by_another_process_is_seen_with_the_next_question(tmp_path: Path) -> None:
    database, encoder = Database(sqlite_url(tmp_path / "a.db")), HashEncoder()
    stated = Preference(person_id="", description="no contractions", parameters=[PLAIN], source="stated", pinned=True)
    person = await person_with(database, [stated])
    recall = StoredRecall(database, encoder)
    assert len((await recall.recall(person.id, QUESTION)).preference_ids) == 1
    async with database.session() as session:
        await preferences.forget(session, person.id)
        await preferences.changed(session, person.id)
        version = await preferences.version(session, person.id)
    recall.expect(person.id, version)
    assert await recall.recall(person.id, QUESTION) == Recalled()
    await database.close()


async def test_what_was_read_again_after_learning_need_not_be_read_for_the_next_question(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "a.db"))
    stated = Preference(person_id="", description="no contractions", parameters=[PLAIN], source="stated", pinned=True)
    person = await person_with(database, [stated])
    recall = StoredRecall(database, HashEncoder())
    await recall.recall(person.id, QUESTION)
    async with database.session() as session:
        await preferences.changed(session, person.id)
    await recall.renew(person.id)
    statements: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    recall.expect(person.id, 2)
    assert (await recall.recall(person.id, QUESTION)).preference_ids and statements == []
    await database.close()


async def test_what_another_encoder_encoded_is_encoded_anew(tmp_path: Path) -> None:
    database, encoder = Database(sqlite_url(tmp_path / "a.db")), HashEncoder()
    old = learned(QUESTION, HashEncoder(64))
    person = await person_with(database, [old])
    recalled = await StoredRecall(database, encoder).recall(person.id, QUESTION)
    await database.close()
    assert recalled.preference_ids == (old.id,), "its context is this very question"


async def test_a_preference_of_another_release_has_no_effect_and_breaks_nothing(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "a.db"))
    unknown = Preference(person_id="", description="glow", parameters=[{"kind": "hologram"}], source="edit")
    person = await person_with(database, [unknown])
    assert await StoredRecall(database, HashEncoder()).recall(person.id, QUESTION) == Recalled()
    await database.close()


async def test_a_recall_that_fails_costs_no_answer_and_is_logged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    database, encoder = Database(sqlite_url(tmp_path / "a.db")), HashEncoder()
    damaged = learned(QUESTION, encoder)
    damaged.vector = as_bytes(np.ones(3, np.float32))
    person = await person_with(database, [damaged, learned("another question", encoder)])
    with caplog.at_level(logging.ERROR):
        assert await StoredRecall(database, encoder).recall(person.id, QUESTION) == Recalled()
    assert f"the preferences of person {person.id} were left out" in caplog.text
    await database.close()


async def test_a_preference_that_would_change_a_claim_is_not_done_to_that_answer(tmp_path: Path) -> None:
    database, encoder = Database(sqlite_url(tmp_path / "a.db")), HashEncoder()
    loud = learned(QUESTION, encoder)
    loud.context, loud.vector = "", None  # everywhere
    loud.parameters = [{"kind": "rule", "shape": "replace", "old": ".", "new": "!"}]
    person = await person_with(database, [loud])
    render = (await StoredRecall(database, encoder).recall(person.id, QUESTION)).render
    await database.close()
    assert render is not None
    assert (render("Yes [1]."), render("It is 45.50 euros [1].")) == ("Yes [1]!", "It is 45.50 euros [1].")


async def test_where_personalization_is_off_nothing_is_learned_and_nothing_is_recalled(settings: Settings) -> None:
    off = settings.model_copy(update={"personalization": "off"})
    async with running(off) as app, client_of(app, "ann@example.org") as client:
        await state(client, "No contractions")
        edit = await rewrite(client, (await ask(client, "Hello!")).id, "Hi.")
        assert "ATTUNE_PERSONALIZATION" in (edit.reason or "")
        services: Services = app.state.services
        me = (await client.get("/api/v1/me")).json()["id"]
        assert await services.recall.recall(me, QUESTION) == Recalled()


@pytest.mark.slow
async def test_with_the_real_encoder_and_learner_an_edit_shapes_answers_to_questions_like_it_and_no_others(
    settings: Settings, upload: Upload
) -> None:
    real = settings.model_copy(update={"encoder": "minilm", "verifier": "none"})
    async with running(real) as app, client_of(app, "ann@example.org") as client:
        await upload(client, "hut.txt", NOTE)
        await rewrite(client, (await ask(client)).id, LONG)
        assert (await ask(client, "Is the door of the hut locked at night?")).answer == LONG
