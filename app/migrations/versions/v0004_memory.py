"""What a person said of themselves, vectors of their turns, and what an exposure shows."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("exposure") as exposure:
        exposure.add_column(sa.Column("kind", sa.String(), nullable=False, server_default="document"))
    op.create_table(
        "personfact",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("turn_id", sa.String()),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("vector", sa.LargeBinary()),
        sa.Column("encoder", sa.String()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_personfact_person_id"), "personfact", ["person_id"])
    op.create_index(op.f("ix_personfact_turn_id"), "personfact", ["turn_id"])
    op.create_table(
        "turnvector",
        sa.Column("turn_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("encoder", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["turn_id"], ["turn.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("turn_id"),
    )
    op.create_index(op.f("ix_turnvector_person_id"), "turnvector", ["person_id"])


def downgrade() -> None:
    op.drop_table("turnvector")
    op.drop_table("personfact")
    with op.batch_alter_table("exposure") as exposure:
        exposure.drop_column("kind")
