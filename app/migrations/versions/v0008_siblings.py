"""Which turns answer the same question, and which of them is shown; for turns of before, from what was noted then."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_TURNS = sa.table("turn", sa.column("id"), sa.column("regenerates"), sa.column("shown", sa.Boolean()))
_FEEDBACK = sa.table(
    "feedback", sa.column("turn_id"), sa.column("kind"), sa.column("value", sa.JSON()), sa.column("created_at")
)


def upgrade() -> None:
    op.add_column("turn", sa.Column("regenerates", sa.String(), nullable=True))
    op.add_column("turn", sa.Column("shown", sa.Boolean(), nullable=False, server_default=sa.true()))
    connection, first = op.get_bind(), dict[str, str]()
    noted = sa.select(_FEEDBACK.c.turn_id, _FEEDBACK.c.value).where(_FEEDBACK.c.kind == "regenerated")
    for earlier, value in connection.execute(noted.order_by(_FEEDBACK.c.created_at)).all():
        first[value["by"]] = first.get(earlier, earlier)
        _change(connection, value["by"], regenerates=first[value["by"]])
        _change(connection, earlier, shown=False)


def downgrade() -> None:
    with op.batch_alter_table("turn") as turn:
        turn.drop_column("shown")
        turn.drop_column("regenerates")


def _change(connection: sa.Connection, turn_id: str, **values: Any) -> None:
    connection.execute(sa.update(_TURNS).where(_TURNS.c.id == turn_id).values(**values))
