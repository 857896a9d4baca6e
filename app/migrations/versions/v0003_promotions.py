"""The pointer to the champion: numbered promotions, what they were decided on, and what a version's files were."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("modelversion") as version:
        version.add_column(sa.Column("files", sa.JSON(), nullable=False, server_default="{}"))
    # Nothing wrote to it before: there was no gate.
    op.drop_table("promotion")
    op.create_table(
        "promotion",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version_id", sa.String()),
        sa.Column("previous_id", sa.String()),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("holdout", sa.String()),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["modelversion.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "number"),
    )
    op.create_index(op.f("ix_promotion_kind"), "promotion", ["kind"])
    op.create_index(op.f("ix_promotion_version_id"), "promotion", ["version_id"])


def downgrade() -> None:
    op.drop_table("promotion")
    op.create_table(
        "promotion",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("version_id", sa.String(), nullable=False),
        sa.Column("previous_id", sa.String()),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["modelversion.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_promotion_kind"), "promotion", ["kind"])
    op.create_index(op.f("ix_promotion_version_id"), "promotion", ["version_id"])
    with op.batch_alter_table("modelversion") as version:
        version.drop_column("files")
