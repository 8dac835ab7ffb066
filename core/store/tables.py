"""Every table. What belongs to a tenant has `tenant_id`, and links inside a tenant are composite
foreign keys on (tenant_id, id), so that a link across tenants fails in the database itself.

Tables of the engine (`job`, `inbox`, `budget`, `lease`, `setting`) serve all tenants at once.
"""

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem

from core.store.types import BigId, Json, UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", BigId, primary_key=True, autoincrement=True)


def _time(name: str, nullable: bool = True) -> Column[object]:
    return Column(name, UtcDateTime, nullable=nullable)


def _owned(name: str, *items: SchemaItem) -> Table:
    """A tenant's table: id, tenant_id, and a unique (tenant_id, id) for links to point at."""
    return Table(
        name,
        metadata,
        _id(),
        Column("tenant_id", BigId, ForeignKey("tenant.id", ondelete="CASCADE"), nullable=False),
        *items,
        UniqueConstraint("tenant_id", "id"),
    )


def _link(column: str, table: str, ondelete: str | None = "CASCADE") -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"], ondelete=ondelete)


tenant = Table(
    "tenant",
    metadata,
    _id(),
    Column("name", String(200), nullable=False),
    Column("locale", String(20), nullable=False),
    Column("timezone", String(64), nullable=False),
    _time("created_at", nullable=False),
)

staff = _owned(
    "staff",
    Column("telegram_id", BigId, nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("locale", String(20)),
    _time("checked_at"),
    Column("checked_in", BigId),
    _time("told_at"),
    UniqueConstraint("tenant_id", "telegram_id"),
)

team = _owned(
    "team",
    Column("name", String(100), nullable=False),
    Column("key", String(100), nullable=False),
    UniqueConstraint("tenant_id", "key"),
)

desk_group = _owned(
    "desk_group",
    Column("chat_id", BigId, nullable=False, unique=True),
    Column("title", String(255), nullable=False),
    Column("suspended", Text),
    _time("created_at", nullable=False),
    Column("team_id", BigId),
    Column("line_id", BigId),
    Column("tag_key", String(100)),
    Column("posts", BigId, nullable=False, server_default="0"),
    _time("warned_at"),
    _time("full_at"),
    _link("team_id", "team", ondelete=None),
    _link("line_id", "line", ondelete=None),
)

line = _owned(
    "line",
    Column("kind", String(40), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("label", String(200), nullable=False),
    Column("secrets", Text, nullable=False),
    Column("settings", Json, nullable=False),
    Column("habits", Json, nullable=False),
    Column("state", String(40), nullable=False),
    UniqueConstraint("kind", "external_id"),
)

contact = _owned(
    "contact",
    Column("name", String(400), nullable=False),
    Column("language", String(20)),
    _time("created_at", nullable=False),
)

placement = _owned(
    "placement",
    Column("contact_id", BigId, nullable=False),
    Column("team_id", BigId),
    Column("group_id", BigId),
    _link("contact_id", "contact"),
    _link("team_id", "team", ondelete=None),
    _link("group_id", "desk_group", ondelete=None),
    UniqueConstraint("tenant_id", "contact_id"),
)

tag = _owned(
    "tag",
    Column("name", String(100), nullable=False),
    Column("key", String(100), nullable=False),
    UniqueConstraint("tenant_id", "key"),
)

contact_tag = _owned(
    "contact_tag",
    Column("contact_id", BigId, nullable=False),
    Column("tag_id", BigId, nullable=False),
    _time("created_at", nullable=False),
    _link("contact_id", "contact"),
    _link("tag_id", "tag"),
    UniqueConstraint("tenant_id", "contact_id", "tag_id"),
    Index(None, "tenant_id", "tag_id"),
)

address = _owned(
    "address",
    Column("contact_id", BigId, nullable=False),
    Column("line_id", BigId, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("value", String(300), nullable=False),
    _link("contact_id", "contact"),
    _link("line_id", "line"),
    UniqueConstraint("tenant_id", "line_id", "kind", "value"),
    Index(None, "tenant_id", "contact_id"),
)

conversation = _owned(
    "conversation",
    Column("contact_id", BigId, nullable=False),
    Column("line_id", BigId, nullable=False),
    _time("last_in_at"),
    _link("contact_id", "contact"),
    _link("line_id", "line"),
    UniqueConstraint("tenant_id", "contact_id", "line_id"),
)

topic = _owned(
    "topic",
    Column("contact_id", BigId, nullable=False),
    Column("chat_id", BigId, nullable=False),
    Column("thread_id", BigId, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("name", String(128), nullable=False),
    Column("state", String(20), nullable=False),
    Column("card_post_id", BigId),
    _time("created_at", nullable=False),
    _time("leaving_at"),
    _link("contact_id", "contact"),
    UniqueConstraint("chat_id", "thread_id"),
    UniqueConstraint("tenant_id", "contact_id", "generation"),
)

opening = _owned(
    "opening",
    Column("contact_id", BigId, nullable=False),
    Column("chat_id", BigId, nullable=False),
    Column("name", String(128), nullable=False),
    _time("began_at", nullable=False),
    _link("contact_id", "contact"),
    UniqueConstraint("tenant_id", "contact_id"),
)

message = _owned(
    "message",
    Column("conversation_id", BigId, nullable=False),
    Column("contact_id", BigId, nullable=False),
    Column("line_id", BigId, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("external_id", String(400)),
    Column("origin", String(100)),
    Column("author", String(60), nullable=False),
    Column("content", Json, nullable=False),
    Column("reply_to_id", BigId),
    Column("status", String(20), nullable=False),
    Column("problem", Json),
    Column("attempt", Integer, nullable=False, server_default="0"),
    Column("calling_at", UtcDateTime),
    Column("told_post_id", BigId),
    Column("shown", String(10), nullable=False),
    Column("read", String(10), nullable=False),
    _time("said_at", nullable=False),
    _time("created_at", nullable=False),
    _link("conversation_id", "conversation"),
    _link("contact_id", "contact"),
    _link("line_id", "line"),
    _link("reply_to_id", "message"),
    UniqueConstraint("tenant_id", "line_id", "external_id"),
    UniqueConstraint("tenant_id", "origin"),
    Index(None, "tenant_id", "conversation_id", "id"),
)
Index(
    "ix_message_waiting",
    message.c.tenant_id,
    message.c.contact_id,
    message.c.id,
    sqlite_where=text("shown = 'waiting'"),
    postgresql_where=text("shown = 'waiting'"),
)

early_status = _owned(
    "early_status",
    Column("line_id", BigId, nullable=False),
    Column("external_id", String(400), nullable=False),
    Column("status", String(20), nullable=False),
    Column("problem", Json),
    _time("created_at", nullable=False),
    _link("line_id", "line"),
    UniqueConstraint("tenant_id", "line_id", "external_id", "status"),
)

copy = _owned(
    "copy",
    Column("message_id", BigId, nullable=False),
    Column("chat_id", BigId, nullable=False),
    Column("post_id", BigId, nullable=False),
    Column("part", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("bot_id", BigId),
    _link("message_id", "message"),
    UniqueConstraint("tenant_id", "chat_id", "post_id", "message_id", "part"),
    Index(None, "tenant_id", "message_id"),
)

choice = _owned(
    "choice",
    Column("conversation_id", BigId, nullable=False),
    Column("message_id", BigId, nullable=False),
    Column("about_id", BigId, nullable=False),
    Column("state", String(10), nullable=False),
    Column("chosen_id", BigId),
    Column("asked_post_id", BigId),
    _time("created_at", nullable=False),
    _link("conversation_id", "conversation"),
    _link("message_id", "message"),
    _link("about_id", "message"),
    UniqueConstraint("tenant_id", "message_id"),
    Index(None, "tenant_id", "conversation_id"),
)

note = _owned(
    "note",
    Column("contact_id", BigId, nullable=False),
    Column("author", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("origin", String(100)),
    _time("created_at", nullable=False),
    _link("contact_id", "contact"),
    UniqueConstraint("tenant_id", "origin"),
)

event = _owned(
    "event",
    Column("kind", String(40), nullable=False),
    Column("contact_id", BigId),
    Column("message_id", BigId),
    Column("actor", String(60), nullable=False),
    Column("data", Json, nullable=False),
    _time("at", nullable=False),
    Index(None, "tenant_id", "contact_id", "id"),
)

job = Table(
    "job",
    metadata,
    _id(),
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
    _time("run_at", nullable=False),
    _time("lease_until"),
    Column("holder", Integer),
    _time("created_at", nullable=False),
    Index("ix_job_due", "status", "run_at"),
)
_TODO = text("status = 'todo'")
_LIVE = text("lane IS NOT NULL AND status IN ('todo', 'doing')")
Index("uq_job_merge_key", job.c.merge_key, unique=True, sqlite_where=_TODO, postgresql_where=_TODO)
Index("ix_job_lane_head", job.c.lane, job.c.id, sqlite_where=_LIVE, postgresql_where=_LIVE)

inbox = Table(
    "inbox",
    metadata,
    _id(),
    Column("source", String(60), nullable=False),
    Column("external_id", String(200), nullable=False),
    Column("raw", Text, nullable=False),
    Column("state", String(10), nullable=False),
    Column("error", Text),
    _time("received_at", nullable=False),
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
    _time("counted_at", nullable=False),
    _time("frozen_until"),
    _time("open_at"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("holder", String(100), nullable=False),
    _time("until", nullable=False),
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("value", Text, nullable=False),
)

OWNED = frozenset(table.name for table in metadata.tables.values() if "tenant_id" in table.c and table is not job)
"""Names of the tables whose rows may only be touched together with their tenant."""
