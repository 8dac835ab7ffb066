"""Several groups per tenant: teams, rules of groups, counted posts, tags, and where a contact belongs.

Where a contact belongs is a table of its own, not columns of `contact`: SQLite adds a composite link only by making
the table anew, and dropping the old one would cascade to all that customers ever said.
"""

import sqlalchemy as sa
from alembic import op

from core.store.types import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _owned("team", sa.Column("name", sa.String(length=100), nullable=False), _key(), unique=("key",))
    with op.batch_alter_table("desk_group", schema=None) as batch_op:
        batch_op.add_column(sa.Column("team_id", _NUMBER, nullable=True))
        batch_op.add_column(sa.Column("line_id", _NUMBER, nullable=True))
        batch_op.add_column(sa.Column("tag_key", sa.String(length=100), nullable=True))
        batch_op.add_column(sa.Column("posts", _NUMBER, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("warned_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("full_at", UtcDateTime(), nullable=True))
        for column, table in (("team_id", "team"), ("line_id", "line")):
            name = batch_op.f(f"fk_desk_group_tenant_id_{column}")
            batch_op.create_foreign_key(name, table, ["tenant_id", column], ["tenant_id", "id"])
    op.add_column("topic", sa.Column("leaving_at", UtcDateTime(), nullable=True))
    op.add_column("staff", sa.Column("checked_in", _NUMBER, nullable=True))
    _owned(
        "placement",
        *(sa.Column(name, _NUMBER, nullable=name != "contact_id") for name in ("contact_id", "team_id", "group_id")),
        _link("placement", "contact_id", "contact", ondelete="CASCADE"),
        _link("placement", "team_id", "team"),
        _link("placement", "group_id", "desk_group"),
        unique=("contact_id",),
    )
    _owned("tag", sa.Column("name", sa.String(length=100), nullable=False), _key(), unique=("key",))
    _owned(
        "contact_tag",
        *(sa.Column(name, _NUMBER, nullable=False) for name in ("contact_id", "tag_id")),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        _link("contact_tag", "contact_id", "contact", ondelete="CASCADE"),
        _link("contact_tag", "tag_id", "tag", ondelete="CASCADE"),
        unique=("contact_id", "tag_id"),
    )
    op.create_index(op.f("ix_contact_tag_tenant_id_tag_id"), "contact_tag", ["tenant_id", "tag_id"], unique=False)


def downgrade() -> None:
    for table in ("contact_tag", "tag", "placement"):
        op.drop_table(table)
    with op.batch_alter_table("staff", schema=None) as batch_op:
        batch_op.drop_column("checked_in")
    with op.batch_alter_table("topic", schema=None) as batch_op:
        batch_op.drop_column("leaving_at")
    with op.batch_alter_table("desk_group", schema=None) as batch_op:
        for column in ("team_id", "line_id"):
            batch_op.drop_constraint(batch_op.f(f"fk_desk_group_tenant_id_{column}"), type_="foreignkey")
        for column in ("team_id", "line_id", "tag_key", "posts", "warned_at", "full_at"):
            batch_op.drop_column(column)
    op.drop_table("team")


def _key() -> sa.Column[str]:
    return sa.Column("key", sa.String(length=100), nullable=False)


def _owned(table: str, *items: sa.schema.SchemaItem, unique: tuple[str, ...]) -> None:
    op.create_table(
        table,
        sa.Column("id", _NUMBER, autoincrement=True, nullable=False),
        sa.Column("tenant_id", _NUMBER, nullable=False),
        *items,
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "id", name=op.f(f"uq_{table}_tenant_id_id")),
        sa.UniqueConstraint("tenant_id", *unique, name=op.f(f"uq_{table}_tenant_id_{'_'.join(unique)}")),
    )


def _link(table: str, column: str, target: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{target}.tenant_id", f"{target}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete=ondelete,
    )
