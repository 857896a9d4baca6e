"""How many people were forgotten since a model was trained on the log they were in."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("modelversion", sa.Column("forgotten", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("modelversion", "forgotten")
