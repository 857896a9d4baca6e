"""What was asked after an edit about its lesson."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("edit", sa.Column("question", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("edit", "question")
