"""What led customers here: the ads and posts they came from."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "referral",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("tenant_id", number, nullable=False),
        sa.Column("contact_id", number, nullable=False),
        sa.Column("message_id", number, nullable=False),
        sa.Column("content", Json, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _link("contact_id", "contact"),
        _link("message_id", "message"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_referral_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_referral_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "message_id", name=op.f("uq_referral_tenant_id_message_id")),
    )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_referral_tenant_id_contact_id"), ["tenant_id", "contact_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_referral_tenant_id_contact_id"))
    op.drop_table("referral")


def _link(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=op.f(f"fk_referral_tenant_id_{column}"),
        ondelete="CASCADE",
    )
