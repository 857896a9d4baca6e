"""Figures follow which answer to a question is shown; one word for "not relevant"; one live training run of a kind."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_BEFORE = "created_at, state, abstained, draft, versions, timings"
_COUNTED = f"{_BEFORE}, shown"
_LIVE = sa.text("state IN ('queued', 'running')")


def upgrade() -> None:
    _watch(_COUNTED)
    op.execute("DELETE FROM qualitytile")  # by now questions are counted, too: all of it is counted anew
    op.execute("UPDATE annotation SET said = 'not_relevant' WHERE said = 'irrelevant'")
    op.execute(
        "UPDATE trainingrun SET state = 'failed', error = 'another run of its kind was under way' WHERE state IN "
        "('queued', 'running') AND id NOT IN (SELECT max(id) FROM trainingrun WHERE state IN ('queued', 'running') "
        "GROUP BY kind)"
    )
    op.create_index(
        "ix_trainingrun_live", "trainingrun", ["kind"], unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE
    )


def downgrade() -> None:
    op.drop_index("ix_trainingrun_live", "trainingrun")
    op.execute("DELETE FROM annotation WHERE said = 'unjudged'")
    op.execute("UPDATE annotation SET said = 'irrelevant' WHERE said = 'not_relevant'")
    op.execute("DELETE FROM qualitytile")
    _watch(_BEFORE)


# ruff: noqa: S608 (nothing here comes from outside)
def _watch(columns: str) -> None:
    """Make the trigger of changed turns anew, for these columns; revision 0011 says what it does."""
    if op.get_bind().dialect.name == "sqlite":
        spans = ", ".join(f"substr(OLD.created_at, 1, {length})" for length in (7, 10, 13))
        op.execute("DROP TRIGGER quality_turn_update")
        op.execute(
            f"CREATE TRIGGER quality_turn_update AFTER UPDATE OF {columns} ON turn "
            f"BEGIN DELETE FROM qualitytile WHERE span IN ({spans}); END"
        )
    else:
        op.execute('DROP TRIGGER quality_turn ON "turn"')
        op.execute(
            f'CREATE TRIGGER quality_turn AFTER INSERT OR DELETE OR UPDATE OF {columns} ON "turn" '
            "FOR EACH ROW EXECUTE FUNCTION quality_of_turn()"
        )
