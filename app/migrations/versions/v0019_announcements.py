"""Whether the end of a run was announced and who has seen it; a generator is trained by one of two methods."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("trainingrun", sa.Column("method", sa.String(), nullable=True))
    op.add_column("trainingrun", sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE trainingrun SET method = 'dpo' WHERE kind = 'generator'")
    op.execute("UPDATE trainingrun SET announced_at = ended_at")  # what is long known is no news
    op.add_column("trainingpolicy", sa.Column("method", sa.String(), nullable=False, server_default="dpo"))
    op.create_table(
        "announcementsseen",
        sa.Column(
            "person_id", sa.String(), sa.ForeignKey("person.id", ondelete="CASCADE"), primary_key=True, nullable=False
        ),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("announcementsseen")
    op.drop_column("trainingpolicy", "method")
    op.drop_column("trainingrun", "announced_at")
    op.drop_column("trainingrun", "method")
