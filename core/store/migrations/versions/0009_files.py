"""Which message has which stored file, and for how long a tenant keeps files."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("tenant", sa.Column("media_days", sa.Integer(), nullable=True))
    table = op.create_table(
        "file",
        sa.Column("id", NUMBER, autoincrement=True, nullable=False),
        sa.Column("tenant_id", NUMBER, nullable=False),
        sa.Column("message_id", NUMBER, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_id"],
            ["message.tenant_id", "message.id"],
            name=op.f("fk_file_tenant_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_file_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_file_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "message_id", name=op.f("uq_file_tenant_id_message_id")),
    )
    op.create_index(op.f("ix_file_sha256"), "file", ["sha256"], unique=False)
    op.create_index(op.f("ix_file_tenant_id_created_at"), "file", ["tenant_id", "created_at"], unique=False)
    _note_what_is_there(table)


def downgrade() -> None:
    op.drop_table("file")
    with op.batch_alter_table("tenant", schema=None) as batch_op:
        batch_op.drop_column("media_days")


def _note_what_is_there(table: sa.Table) -> None:
    message = sa.table(
        "message",
        sa.column("id", NUMBER),
        sa.column("tenant_id", NUMBER),
        sa.column("content", Json),
        sa.column("created_at", UtcDateTime()),
    )
    connection = op.get_bind()
    found = connection.execute(sa.select(message).where(sa.cast(message.c.content, sa.Text).contains('"sha256"')))
    for rows in found.partitions(500):
        new = [
            {"tenant_id": row.tenant_id, "message_id": row.id, "sha256": _hash(row.content), "created_at": row.created_at}
            for row in rows
            if _hash(row.content)
        ]
        if new:
            connection.execute(sa.insert(table), new)


def _hash(content: dict[str, Any]) -> str | None:
    media: Any = content.get("media") or {}
    return media.get("sha256")
