"""What an edit teaches: its context, what was told from it, preferences with their evidence and their use."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("preferences_version", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("turn") as turn:
        turn.add_column(sa.Column("written", sa.String()))
        turn.add_column(sa.Column("edited_answer", sa.String()))
    _grow_edit()
    _grow_preference()
    _link("preferenceevidence", "edit", sa.Column("supports", sa.Boolean(), nullable=False))
    _link("preferenceuse", "turn")
    _keep_evidence()
    with op.batch_alter_table("preference") as preference:
        preference.drop_index(op.f("ix_preference_edit_id"))
        preference.drop_column("edit_id")


def downgrade() -> None:
    op.drop_table("preferenceuse")
    op.drop_table("preferenceevidence")
    with op.batch_alter_table("preference") as preference:
        preference.add_column(sa.Column("edit_id", sa.String()))
        preference.create_foreign_key("fk_preference_edit_id", "edit", ["edit_id"], ["id"], ondelete="CASCADE")
        preference.create_index(op.f("ix_preference_edit_id"), ["edit_id"])
        for name in (*_PREFERENCE, "updated_at"):
            preference.drop_column(name)
    with op.batch_alter_table("edit") as edit:
        for name in _EDIT:
            edit.drop_column(name)
    with op.batch_alter_table("turn") as turn:
        turn.drop_column("edited_answer")
        turn.drop_column("written")
    with op.batch_alter_table("person") as person:
        person.drop_column("preferences_version")


_Columns = dict[str, tuple[Any, Any]]  # name -> type, and what rows that are there already get

_EDIT: _Columns = {
    "cost_normalised": (sa.Float(), "0"),
    "context": (sa.String(), ""),
    "vector": (sa.LargeBinary(), None),
    "encoder": (sa.String(), None),
    "written": (sa.String(), ""),
    "style": (sa.String(), None),
    "difference": (sa.JSON(), "[]"),
    "facts": (sa.JSON(), "[]"),
    "learning": (sa.String(), "nothing"),
    "reason": (sa.String(), None),
    "tries": (sa.Integer(), "0"),
}
_PREFERENCE: _Columns = {
    "key": (sa.String(), ""),
    "parameters": (sa.JSON(), "[]"),
    "vector": (sa.LargeBinary(), None),
    "encoder": (sa.String(), None),
    "scope": (sa.String(), None),
    "source": (sa.String(), "edit"),
    "confidence": (sa.Float(), "0"),
    "pinned": (sa.Boolean(), sa.false()),
    "previous": (sa.JSON(), None),
    "superseded_by": (sa.String(), None),
    "forgotten_at": (sa.DateTime(timezone=True), None),
}


def _grow_edit() -> None:
    with op.batch_alter_table("edit") as edit:
        for name, (kind, default) in _EDIT.items():
            edit.add_column(sa.Column(name, kind, nullable=default is None, server_default=default))
    # What was edited before anything was learned is shown as it was rewritten, and taught nothing.
    op.execute("UPDATE edit SET reason = 'it was written before Attune learned from edits', written = draft")
    op.execute(
        "UPDATE edit SET context = COALESCE((SELECT COALESCE(NULLIF(standalone_question, ''), question) FROM turn"
        " WHERE turn.id = edit.turn_id), '')"
    )
    op.execute(
        "UPDATE turn SET edited_answer = (SELECT text FROM edit WHERE edit.turn_id = turn.id"
        " ORDER BY created_at DESC, id DESC LIMIT 1)"
    )


def _grow_preference() -> None:
    with op.batch_alter_table("preference") as preference:
        for name, (kind, default) in _PREFERENCE.items():
            preference.add_column(sa.Column(name, kind, nullable=default is None, server_default=default))
        preference.add_column(sa.Column("updated_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE preference SET updated_at = created_at")
    op.execute("UPDATE person SET preferences_version = 1 WHERE id IN (SELECT person_id FROM preference)")
    with op.batch_alter_table("preference") as preference:
        preference.alter_column("updated_at", existing_type=sa.DateTime(timezone=True), nullable=False)


def _link(name: str, other: str, *columns: sa.Column[bool]) -> None:
    op.create_table(
        name,
        sa.Column("preference_id", sa.String(), nullable=False),
        sa.Column(f"{other}_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["preference_id"], ["preference.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("preference_id", f"{other}_id"),
    )
    second = "preference_id" if other == "turn" else f"{other}_id"
    op.create_index(op.f(f"ix_{name}_{second}"), name, [second])
    op.create_index(op.f(f"ix_{name}_person_id"), name, ["person_id"])


def _keep_evidence() -> None:
    op.execute(
        "INSERT INTO preferenceevidence (preference_id, edit_id, person_id, supports)"
        " SELECT id, edit_id, person_id, TRUE FROM preference WHERE edit_id IS NOT NULL"
    )
