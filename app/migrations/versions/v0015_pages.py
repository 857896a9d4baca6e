"""The language of a person's pages, and whether they were shown around: who is here already knows their way."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person", sa.Column("language", sa.String(), nullable=True))
    op.add_column("person", sa.Column("toured", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE person SET toured = true"))


def downgrade() -> None:
    with op.batch_alter_table("person") as person:
        person.drop_column("toured")
        person.drop_column("language")
