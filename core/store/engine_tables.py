"""The engine's tables: they serve all tenants at once."""

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text, UniqueConstraint, text

from core.store.columns import id_column, metadata, time_column
from core.store.types import BigId, Json

job = Table(
    "job",
    metadata,
    id_column(),
    Column("tenant_id", BigId),
    Column("kind", String(40), nullable=False),
    Column("lane", String(100)),
    Column("urgency", Integer, nullable=False),
    Column("merge_key", String(100)),
    Column("gate", String(100)),
    Column("payload", Json, nullable=False),
    Column("status", String(10), nullable=False),
    Column("claim_no", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", Text),
    time_column("run_at", nullable=False),
    time_column("lease_until"),
    Column("holder", Integer),
    time_column("created_at", nullable=False),
)
_TODO = text("status = 'todo'")
_LIVE = text("lane IS NOT NULL AND status IN ('todo', 'doing')")
Index("uq_job_merge_key", job.c.merge_key, unique=True, sqlite_where=_TODO, postgresql_where=_TODO)
Index("ix_job_due", job.c.run_at, sqlite_where=_TODO, postgresql_where=_TODO)
Index("ix_job_free", job.c.lane, job.c.run_at, sqlite_where=_TODO, postgresql_where=_TODO)
Index("ix_job_lane_head", job.c.lane, job.c.id, sqlite_where=_LIVE, postgresql_where=_LIVE)

inbox = Table(
    "inbox",
    metadata,
    id_column(),
    Column("source", String(60), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("raw", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("error", Text),
    time_column("received_at", nullable=False),
    UniqueConstraint("source", "external_id"),
)
_NEW = text("state = 'new'")
Index("ix_inbox_new", inbox.c.source, inbox.c.id, sqlite_where=_NEW, postgresql_where=_NEW)

budget = Table(
    "budget",
    metadata,
    Column("key", String(100), primary_key=True),
    Column("per_minute", Float, nullable=False),
    Column("tokens", Float, nullable=False),
    Column("clean", Integer, nullable=False),
    time_column("counted_at", nullable=False),
    time_column("frozen_until"),
    time_column("open_at"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("holder", String(100), nullable=False),
    time_column("until", nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)
