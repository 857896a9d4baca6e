"""The migrations lead exactly to the tables of app.models."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from sqlmodel import SQLModel

from app import models
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
