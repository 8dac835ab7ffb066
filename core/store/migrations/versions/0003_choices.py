"""Words that wait for a choice."""

import sqlalchemy as sa
from alembic import op

from core.store.types import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "choice",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("tenant_id", number, nullable=False),
        sa.Column("conversation_id", number, nullable=False),
        sa.Column("message_id", number, nullable=False),
        sa.Column("about_id", number, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("chosen_id", number, nullable=True),
        sa.Column("asked_post_id", number, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _link("conversation_id", "conversation"),
        _link("message_id", "message"),
        _link("about_id", "message"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_choice_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_choice")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_choice_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "message_id", name=op.f("uq_choice_tenant_id_message_id")),
    )
    with op.batch_alter_table("choice", schema=None) as batch_op:
        columns = ["tenant_id", "conversation_id"]
        batch_op.create_index(batch_op.f("ix_choice_tenant_id_conversation_id"), columns, unique=False)


def downgrade() -> None:
    with op.batch_alter_table("choice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_choice_tenant_id_conversation_id"))
    op.drop_table("choice")


def _link(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{table}.tenant_id", f"{table}.id"],
        name=op.f(f"fk_choice_tenant_id_{column}"),
        ondelete="CASCADE",
    )
