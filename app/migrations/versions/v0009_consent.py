"""Whether a person lets others gain from what they do, and likes to compare answers: neither, until they say so."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("trains_others", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("person", sa.Column("compares", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.drop_column("compares")
        person.drop_column("trains_others")
