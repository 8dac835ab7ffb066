"""What happens to a message after it was said: its earlier versions, reactions, corrections, its end."""

import sqlalchemy as sa
from alembic import op

from core.store.types import Json, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    words = sa.Column("deleted_words", sa.String(length=10), server_default="keep", nullable=False)
    op.add_column("tenant", words)
    op.add_column("message", sa.Column("reply_to_external", sa.String(length=400), nullable=True))
    for name in ("edited_at", "gone_at"):
        op.add_column("message", sa.Column(name, UtcDateTime(), nullable=True))
    _owned("version", sa.Column("content", Json, nullable=False), _author(), _time("until"))
    _owned(
        "reaction",
        _author(),
        sa.Column("emoji", sa.String(length=60), nullable=False),
        sa.Column("in_words", sa.Boolean(), nullable=False),
        _time("at"),
        sa.UniqueConstraint(
            "tenant_id", "message_id", "author", name=op.f("uq_reaction_tenant_id_message_id_author")
        ),
    )
    _owned(
        "correction",
        sa.Column("content", Json, nullable=False),
        _author(),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("why", sa.String(length=40), nullable=False),
        sa.Column("asked_post_id", _NUMBER, nullable=True),
        _time("created_at"),
    )
    for table in ("version", "correction"):
        op.create_index(op.f(f"ix_{table}_tenant_id_message_id"), table, ["tenant_id", "message_id"], unique=False)


def downgrade() -> None:
    for table in ("correction", "reaction", "version"):
        op.drop_table(table)
    for column in ("reply_to_external", "edited_at", "gone_at"):
        op.drop_column("message", column)
    op.drop_column("tenant", "deleted_words")


def _author() -> sa.Column[str]:
    return sa.Column("author", sa.String(length=60), nullable=False)


def _time(name: str) -> sa.Column[object]:
    return sa.Column(name, UtcDateTime(), nullable=False)


def _owned(table: str, *items: sa.schema.SchemaItem) -> None:
    """A table of things that belong to a message."""
    op.create_table(
        table,
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("tenant_id", _NUMBER, nullable=False),
        sa.Column("message_id", _NUMBER, nullable=False),
        *items,
        sa.ForeignKeyConstraint(
            ["tenant_id", "message_id"],
            ["message.tenant_id", "message.id"],
            name=op.f(f"fk_{table}_tenant_id_message_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
    )
