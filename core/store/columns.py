"""What all tables are made of: names of constraints, ids, times, and links that stay inside a tenant."""

from sqlalchemy import Column, ForeignKey, ForeignKeyConstraint, MetaData, Table, UniqueConstraint
from sqlalchemy.schema import SchemaItem

from core.store.types import BigId, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def id_column() -> Column[int]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


def time_column(name: str, nullable: bool = True) -> Column[object]:
    return Column(name, UtcDateTime, nullable=nullable)


def owned(name: str, *items: SchemaItem) -> Table:
    """A tenant's table: id, tenant_id, and a unique (tenant_id, id) for links to point at."""
    return Table(
        name,
        metadata,
        id_column(),
        Column("tenant_id", BigId, ForeignKey("tenant.id", ondelete="CASCADE"), nullable=False),
        *items,
        UniqueConstraint("tenant_id", "id"),
    )


def link(column: str, table: str, ondelete: str | None = "CASCADE") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete)
