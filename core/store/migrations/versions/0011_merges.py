"""Contacts found to be one: what was merged, and which address each message came from."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("address", sa.Column("used_at", UtcDateTime(), nullable=True))
    op.add_column("message", sa.Column("address_id", _NUMBER, nullable=True))
    op.create_table(
        "contact_merge",
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("tenant_id", _NUMBER, nullable=False),
        sa.Column("kept_id", _NUMBER, nullable=False),
        sa.Column("gone_id", _NUMBER, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("actor", sa.String(length=60), nullable=False),
        sa.Column("moved", Json, nullable=True),
        sa.Column("topic_id", _NUMBER, nullable=True),
        sa.Column("post_id", _NUMBER, nullable=True),
        sa.Column("pointed", sa.String(length=10), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        _link("kept_id"),
        _link("gone_id"),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_contact_merge_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_merge")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_contact_merge_tenant_id_id")),
    )
    for column in ("kept_id", "gone_id"):
        name = op.f(f"ix_contact_merge_tenant_id_{column}")
        op.create_index(name, "contact_merge", ["tenant_id", column], unique=False)


def downgrade() -> None:
    op.drop_table("contact_merge")
    op.drop_column("message", "address_id")  # in place: making the table anew would cascade to its copies
    op.drop_column("address", "used_at")


def _link(column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        ["contact.tenant_id", "contact.id"],
        name=op.f(f"fk_contact_merge_tenant_id_{column}"),
        ondelete="CASCADE",
    )
