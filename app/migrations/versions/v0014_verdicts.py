"""What a person said of a passage is looked up with every question."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_exposure_person_passage", "exposure", ["person_id", "passage_id"])


def downgrade() -> None:
    op.drop_index("ix_exposure_person_passage", "exposure")
