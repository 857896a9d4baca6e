"""Quality figures that are kept per stretch of time, the triggers that delete outdated ones, indexes by time.

A revision that copies `turn`, `feedback`, `edit` or `exposure` (Alembic's batch mode on SQLite) loses the triggers on
it: it has to drop them first and make them again. tests/app/test_quality.py says so.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# What is counted of each table. A deleted document blanks texts, and a learned edit notes that it was: neither counts.
_COUNTED = {
    "turn": "created_at, state, abstained, draft, versions, timings",
    "feedback": "kind, value",
    "edit": "cost_normalised",
    "exposure": "kind, document_id, selected, cited",
}
_SQLITE_ROWS = {"INSERT": "NEW", "UPDATE": "OLD", "DELETE": "OLD"}
_INDEXES = (
    ("ix_turn_created", "turn", ["created_at"]),
    ("ix_turn_person_created", "turn", ["person_id", "created_at"]),
)
_COMPLAINT = sa.text("kind IN ('down', 'next_message', 'not_relevant', 'wrong')")


def upgrade() -> None:
    op.create_table(
        "qualitytile",
        sa.Column("span", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("span", "what"),
    )
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)
    op.create_index(
        "ix_feedback_complaint",
        "feedback",
        ["kind", "created_at"],
        sqlite_where=_COMPLAINT,
        postgresql_where=_COMPLAINT,
    )
    op.create_index(
        "ix_turn_abstained",
        "turn",
        ["created_at"],
        sqlite_where=sa.text("abstained IS 1"),
        postgresql_where=sa.text("abstained IS true"),
    )
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgres():
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in _COUNTED:
            for event in _SQLITE_ROWS:
                op.execute(f"DROP TRIGGER quality_{table}_{event.lower()}")
    else:
        for table in _COUNTED:
            op.execute(f'DROP TRIGGER quality_{table} ON "{table}"')
        op.execute("DROP FUNCTION quality_of_turn()")
        op.execute("DROP FUNCTION quality_of_child()")
    for name, table, *_ in (*_INDEXES, ("ix_feedback_complaint", "feedback"), ("ix_turn_abstained", "turn")):
        op.drop_index(name, table)
    op.drop_table("qualitytile")


# ruff: noqa: S608 (nothing here comes from outside)
def _sqlite() -> list[str]:
    """Times are texts here, in UTC, so their beginnings name the hour, the day and the month."""
    made = []
    for table, columns in _COUNTED.items():
        for event, row in _SQLITE_ROWS.items():
            own = table == "turn"
            # Of a turn that is being deleted the events find no time any more: the turn's own trigger has it.
            asked = f"{row}.created_at" if own else f"(SELECT created_at FROM turn WHERE id = {row}.turn_id)"
            spans = ", ".join(f"substr({asked}, 1, {length})" for length in (7, 10, 13))
            when = f"UPDATE OF {columns}" if event == "UPDATE" else event
            made.append(
                f"CREATE TRIGGER quality_{table}_{event.lower()} AFTER {when} ON {table} "
                f"BEGIN DELETE FROM qualitytile WHERE span IN ({spans}); END"
            )
    return made


def _postgres() -> list[str]:
    shapes = ("YYYY-MM", "YYYY-MM-DD", "YYYY-MM-DD HH24")
    spans = ", ".join(f"to_char(asked AT TIME ZONE 'UTC', '{shape}')" for shape in shapes)
    delete = f"DELETE FROM qualitytile WHERE span IN ({spans}); RETURN NULL; END"
    return [
        "CREATE FUNCTION quality_of_turn() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE asked timestamptz; BEGIN "
        f"IF TG_OP = 'INSERT' THEN asked := NEW.created_at; ELSE asked := OLD.created_at; END IF; {delete} $$",
        "CREATE FUNCTION quality_of_child() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE asked timestamptz; about text; BEGIN "
        "IF TG_OP = 'INSERT' THEN about := NEW.turn_id; ELSE about := OLD.turn_id; END IF; "
        f'SELECT created_at INTO asked FROM "turn" WHERE id = about; {delete} $$',
        *(
            f'CREATE TRIGGER quality_{table} AFTER INSERT OR DELETE OR UPDATE OF {columns} ON "{table}" '
            f"FOR EACH ROW EXECUTE FUNCTION quality_of_{'turn' if table == 'turn' else 'child'}()"
            for table, columns in _COUNTED.items()
        ),
    ]
