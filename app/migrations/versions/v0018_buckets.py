"""Limits are counted for all processes of a PostgreSQL database."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Not logged: what counts is gone in a minute, and no request is to wait for a disk.
    unlogged = ["UNLOGGED"] if op.get_bind().dialect.name == "postgresql" else []
    op.create_table(
        "bucket",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
        prefixes=unlogged,
    )


def downgrade() -> None:
    op.drop_table("bucket")
