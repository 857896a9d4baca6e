"""A person's events in the order they came: to count the last minute's, and to take all along."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_feedback_person_created", "feedback", ["person_id", "created_at"])
    op.drop_index("ix_feedback_person_id", "feedback")


def downgrade() -> None:
    op.create_index("ix_feedback_person_id", "feedback", ["person_id"])
    op.drop_index("ix_feedback_person_created", "feedback")
