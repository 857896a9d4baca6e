"""Groups, collections and what was borrowed; invites, and what a token may do."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("readers_version", "readers_indexed"):
        op.add_column("document", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("apitoken", sa.Column("scopes", sa.JSON(), nullable=True))
    op.create_table(
        "group",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        _created(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "groupmember",
        _to("group_id", "group"),
        _to("person_id", "person"),
        sa.Column("leads", sa.Boolean(), nullable=False),
        _created(),
        sa.PrimaryKeyConstraint("group_id", "person_id"),
    )
    op.create_index(op.f("ix_groupmember_person_id"), "groupmember", ["person_id"])
    op.create_table(
        "collection",
        sa.Column("id", sa.String(), nullable=False),
        _to("owner_id", "person"),
        sa.Column("name", sa.String(), nullable=False),
        _created(),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_collection_owner_id"), "collection", ["owner_id"])
    op.create_table(
        "collectiondocument",
        _to("collection_id", "collection"),
        _to("document_id", "document"),
        sa.PrimaryKeyConstraint("collection_id", "document_id"),
    )
    op.create_index(op.f("ix_collectiondocument_document_id"), "collectiondocument", ["document_id"])
    _create_share()
    op.create_table(
        "borrowed",
        _to("turn_id", "turn"),
        sa.Column("document_id", sa.String(), nullable=False),
        _to("person_id", "person"),
        sa.PrimaryKeyConstraint("turn_id", "document_id"),
    )
    op.create_index(op.f("ix_borrowed_person_id"), "borrowed", ["person_id"])
    op.create_table(
        "invite",
        sa.Column("id", sa.String(), nullable=False),
        _to("person_id", "person"),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        _created(),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_invite_person_id"), "invite", ["person_id"])
    op.create_index(op.f("ix_invite_digest"), "invite", ["digest"], unique=True)


def downgrade() -> None:
    for name in ("invite", "borrowed", "share", "collectiondocument", "collection", "groupmember", "group"):
        op.drop_table(name)
    with op.batch_alter_table("apitoken") as token:
        token.drop_column("scopes")
    with op.batch_alter_table("document") as document:
        document.drop_column("readers_indexed")
        document.drop_column("readers_version")


def _create_share() -> None:
    op.create_table(
        "share",
        sa.Column("id", sa.String(), nullable=False),
        _to("collection_id", "collection"),
        _to("person_id", "person", nullable=True),
        _to("group_id", "group", nullable=True),
        sa.Column("permission", sa.String(), nullable=False),
        _created(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("collection_id", "person_id"),
        sa.UniqueConstraint("collection_id", "group_id"),
    )
    for name in ("collection_id", "person_id", "group_id"):
        op.create_index(op.f(f"ix_share_{name}"), "share", [name])


def _to(name: str, other: str, *, nullable: bool = False) -> sa.Column[str]:
    """A column that names a row of another table, and goes with it."""
    return sa.Column(name, sa.String(), sa.ForeignKey(f"{other}.id", ondelete="CASCADE"), nullable=nullable)


def _created() -> sa.Column[object]:
    return sa.Column("created_at", sa.DateTime(timezone=True), nullable=False)
