"""The migrations lead exactly to the tables of app.models."""

import sqlite3
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel

from app import edits, models, preferences, turns
from app.db import Database, alembic_config, sqlite_url


async def test_migrations_and_models_agree(tmp_path: Path) -> None:
    database = Database(sqlite_url(tmp_path / "a.db"))
    await database.migrate()
    await database.close()
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        assert models.Person.__tablename__ in inspect(connection).get_table_names()
    engine.dispose()


async def test_migrating_twice_changes_nothing_and_back_leaves_no_table(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "a.db")
    database = Database(url)
    await database.migrate()
    await database.migrate()
    await database.close()
    command.downgrade(alembic_config(url), "base")
    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()


async def test_a_home_of_the_first_release_keeps_its_edits_and_preferences(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "a.db")
    command.upgrade(alembic_config(url), "0001")
    at = "2026-01-01 00:00:00"
    with sqlite3.connect(tmp_path / "a.db") as old:
        old.execute("INSERT INTO person VALUES ('ann', 'a@b', 'Ann', NULL, 'person', ?)", (at,))
        old.execute("INSERT INTO conversation VALUES ('c', 'ann', 'Huts', ?, ?)", (at, at))
        old.execute(
            "INSERT INTO turn (id, conversation_id, person_id, question, standalone_question, draft, answer, state,"
            " abstained, versions, preference_ids, timings, prompt_tokens, completion_tokens, created_at)"
            " VALUES ('t', 'c', 'ann', 'Where?', '', 'There.', 'There.', 'complete', 0, '{}', '[]', '{}', 0, 0, ?)",
            (at,),
        )
        old.execute("INSERT INTO edit VALUES ('e', 'ann', 't', 'There.', 'Over there.', 1, ?)", (at,))
        old.execute("INSERT INTO preference VALUES ('p', 'ann', 'e', 'be exact', 'Where?', 1, ?)", (at,))
    old.close()
    database = Database(url)
    await database.migrate()
    async with database.session() as session:
        edit = await edits.find(session, "ann", "e")
        turn = await turns.find_turn(session, "ann", "t")
        kept = await preferences.find(session, "ann", "p")
        evidence = await preferences.evidence_of(session, "ann", "p")
        person = await session.get(models.Person, "ann")
    await database.close()
    assert edit and (edit.written, edit.context, edit.learning, edit.facts) == ("There.", "Where?", "nothing", [])
    assert turn and (turn.answer, turn.edited_answer) == ("There.", "Over there.")
    assert kept and (kept.description, kept.parameters, kept.source) == ("be exact", [], "edit")
    assert evidence == {"e": True} and person and person.preferences_version == 1
