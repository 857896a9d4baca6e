"""Alembic's environment: runs revisions against the URL that app.db hands over. Knows no settings."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection, create_engine
from sqlmodel import SQLModel

from app import models
from app import models_buckets as _buckets  # noqa: F401 (its table is part of the metadata)
from app import models_comparisons as _comparisons  # noqa: F401 (its table is part of the metadata)
from app import models_groups as _groups  # noqa: F401 (its tables are part of the metadata)
from app import models_identities as _identities  # noqa: F401 (its table is part of the metadata)
from app import models_memory as _memory  # noqa: F401 (likewise)
from app import models_preferences as _preferences  # noqa: F401 (likewise)
from app import models_quality as _quality  # noqa: F401 (likewise)
from app import models_training as _training  # noqa: F401 (likewise)


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our column types as the plain ones below them, so that old revisions never import today's code."""
    if kind == "type" and isinstance(item, models.UtcTime):
        return "sa.DateTime(timezone=True)"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=connection.dialect.name == "sqlite",  # SQLite alters a table only by copying it
        render_item=render_item,
    )
    with context.begin_transaction():
        context.run_migrations()


# Synchronous on purpose: Alembic runs in a thread, and both drivers have a synchronous twin.
engine = create_engine(context.config.attributes["url"].replace("+aiosqlite", ""))
try:
    with engine.connect() as opened:
        migrate(opened)
finally:
    engine.dispose()
