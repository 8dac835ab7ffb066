"""Posts whose outcome is not known, and where staff were told of a failure."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "posting",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("tenant_id", number, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("contact_id", number, nullable=True),
        sa.Column("began_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contact.tenant_id", "contact.id"],
            name=op.f("fk_posting_tenant_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_posting_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posting")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_posting_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_posting_tenant_id_name")),
    )
    op.add_column("message", sa.Column("told_chat_id", number, nullable=True))
    op.add_column("message", sa.Column("told_thread_id", number, nullable=True))


def downgrade() -> None:
    op.drop_column("message", "told_thread_id")
    op.drop_column("message", "told_chat_id")
    op.drop_table("posting")
