"""What can be found: an entry a text, with its tokens in FTS5 on SQLite and in a tsvector on PostgreSQL."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from core.store.types import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "search_entry",
        sa.Column("id", number, autoincrement=True, nullable=False),
        sa.Column("tenant_id", number, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("ref_id", number, nullable=False),
        sa.Column("contact_id", number, nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("by", sa.String(60), nullable=False),
        sa.Column("tokens", sa.Text().with_variant(TSVECTOR(), "postgresql"), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "contact_id"],
            ["contact.tenant_id", "contact.id"],
            name=op.f("fk_search_entry_tenant_id_contact_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenant.id"], name=op.f("fk_search_entry_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f("uq_search_entry_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", "kind", "ref_id", name=op.f("uq_search_entry_tenant_id_kind_ref_id")),
    )
    op.create_index("ix_search_entry_tenant_id_contact_id", "search_entry", ["tenant_id", "contact_id"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_fts USING fts5"
            "(tokens, content='', detail=none, tokenize='unicode61 remove_diacritics 0')"
        )
    else:
        op.create_index("ix_search_entry_tokens", "search_entry", ["tokens"], postgresql_using="gin")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE search_fts")
    op.drop_table("search_entry")
