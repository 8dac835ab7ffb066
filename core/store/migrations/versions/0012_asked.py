"""What staff looked for: a button for the next page carries its number."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "asked",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("tenant_id", number, nullable=False),
        sa.Column("staff_id", number, nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "staff_id"],
            ["staff.tenant_id", "staff.id"],
            name=op.f("fk_asked_tenant_id_staff_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_asked_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_asked_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "staff_id", "words", name=op.f("uq_asked_tenant_id_staff_id_words")),
    )


def downgrade() -> None:
    op.drop_table("asked")
