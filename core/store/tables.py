"""Every table. What belongs to a tenant has `tenant_id`, and links inside a tenant are composite
foreign keys on (tenant_id, id), so that a link across tenants fails in the database itself.

Tables of the engine (`core.store.engine_tables`) serve all tenants at once.
"""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint, text

from core.store.columns import id_column, link, metadata, owned, time_column
from core.store.engine_tables import job
from core.store.types import BigId, Json, Tokens

tenant = Table(
    "tenant",
    metadata,
    id_column(),
    Column("name", String(200), nullable=False),
    Column("locale", String(20), nullable=False),
    Column("timezone", String(64), nullable=False),
    Column("media_days", Integer),
    Column("deleted_words", String(10), nullable=False, server_default="keep"),
    time_column("created_at", nullable=False),
)

staff = owned(
    "staff",
    Column("telegram_id", BigId, nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(20), nullable=False),
    Column("locale", String(20)),
    time_column("checked_at"),
    Column("checked_in", BigId),
    time_column("told_at"),
    UniqueConstraint("tenant_id", "telegram_id"),
)

team = owned(
    "team",
    Column("name", String(100), nullable=False),
    Column("key", String(100), nullable=False),
    UniqueConstraint("tenant_id", "key"),
)

desk_group = owned(
    "desk_group",
    Column("chat_id", BigId, nullable=False, unique=True),
    Column("title", String(255), nullable=False),
    Column("suspended", Text),
    time_column("created_at", nullable=False),
    Column("team_id", BigId),
    Column("line_id", BigId),
    Column("tag_key", String(100)),
    Column("posts", BigId, nullable=False, server_default="0"),
    time_column("warned_at"),
    time_column("full_at"),
    link("team_id", "team", ondelete=None),
    link("line_id", "line", ondelete=None),
)

line = owned(
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

contact = owned(
    "contact",
    Column("name", String(400), nullable=False),
    Column("language", String(20)),
    time_column("created_at", nullable=False),
)

placement = owned(
    "placement",
    Column("contact_id", BigId, nullable=False),
    Column("team_id", BigId),
    Column("group_id", BigId),
    link("contact_id", "contact"),
    link("team_id", "team", ondelete=None),
    link("group_id", "desk_group", ondelete=None),
    UniqueConstraint("tenant_id", "contact_id"),
)

tag = owned(
    "tag",
    Column("name", String(100), nullable=False),
    Column("key", String(100), nullable=False),
    UniqueConstraint("tenant_id", "key"),
)

contact_tag = owned(
    "contact_tag",
    Column("contact_id", BigId, nullable=False),
    Column("tag_id", BigId, nullable=False),
    time_column("created_at", nullable=False),
    link("contact_id", "contact"),
    link("tag_id", "tag"),
    UniqueConstraint("tenant_id", "contact_id", "tag_id"),
    Index(None, "tenant_id", "tag_id"),
)

address = owned(
    "address",
    Column("contact_id", BigId, nullable=False),
    Column("line_id", BigId, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("value", String(300), nullable=False),
    time_column("used_at"),
    link("contact_id", "contact"),
    link("line_id", "line"),
    UniqueConstraint("tenant_id", "line_id", "kind", "value"),
    Index(None, "tenant_id", "contact_id"),
)

conversation = owned(
    "conversation",
    Column("contact_id", BigId, nullable=False),
    Column("line_id", BigId, nullable=False),
    time_column("last_in_at"),
    link("contact_id", "contact"),
    link("line_id", "line"),
    UniqueConstraint("tenant_id", "contact_id", "line_id"),
)

topic = owned(
    "topic",
    Column("contact_id", BigId, nullable=False),
    Column("chat_id", BigId, nullable=False),
    Column("thread_id", BigId, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("name", String(128), nullable=False),
    Column("state", String(20), nullable=False),
    Column("card_post_id", BigId),
    time_column("created_at", nullable=False),
    time_column("leaving_at"),
    link("contact_id", "contact"),
    UniqueConstraint("chat_id", "thread_id"),
    UniqueConstraint("tenant_id", "contact_id", "generation"),
)

opening = owned(
    "opening",
    Column("contact_id", BigId, nullable=False),
    Column("chat_id", BigId, nullable=False),
    Column("name", String(128), nullable=False),
    time_column("began_at", nullable=False),
    link("contact_id", "contact"),
    UniqueConstraint("tenant_id", "contact_id"),
)

posting = owned(
    "posting",
    Column("name", String(60), nullable=False),
    Column("contact_id", BigId),
    time_column("began_at", nullable=False),
    link("contact_id", "contact"),
    UniqueConstraint("tenant_id", "name"),
)

message = owned(
    "message",
    Column("conversation_id", BigId, nullable=False),
    Column("contact_id", BigId, nullable=False),
    Column("line_id", BigId, nullable=False),
    Column("direction", String(3), nullable=False),
    Column("external_id", String(400)),
    Column("origin", String(100)),
    Column("author", String(60), nullable=False),
    Column("address_id", BigId),
    Column("content", Json, nullable=False),
    Column("reply_to_id", BigId),
    Column("status", String(20), nullable=False),
    Column("problem", Json),
    Column("attempt", Integer, nullable=False, server_default="0"),
    time_column("calling_at"),
    Column("told_post_id", BigId),
    Column("told_chat_id", BigId),
    Column("told_thread_id", BigId),
    Column("shown", String(10), nullable=False),
    Column("read", String(10), nullable=False),
    Column("reply_to_external", String(400)),
    time_column("edited_at"),
    time_column("gone_at"),
    time_column("said_at", nullable=False),
    time_column("created_at", nullable=False),
    link("conversation_id", "conversation"),
    link("contact_id", "contact"),
    link("line_id", "line"),
    link("reply_to_id", "message"),
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

version = owned(
    "version",
    Column("message_id", BigId, nullable=False),
    Column("content", Json, nullable=False),
    Column("author", String(60), nullable=False),
    time_column("until", nullable=False),
    link("message_id", "message"),
    Index(None, "tenant_id", "message_id"),
)

reaction = owned(
    "reaction",
    Column("message_id", BigId, nullable=False),
    Column("author", String(60), nullable=False),
    Column("emoji", String(60), nullable=False),
    Column("in_words", Boolean, nullable=False),
    time_column("at", nullable=False),
    link("message_id", "message"),
    UniqueConstraint("tenant_id", "message_id", "author"),
)

correction = owned(
    "correction",
    Column("message_id", BigId, nullable=False),
    Column("content", Json, nullable=False),
    Column("author", String(60), nullable=False),
    Column("state", String(10), nullable=False),
    Column("why", String(40), nullable=False),
    Column("asked_post_id", BigId),
    time_column("created_at", nullable=False),
    link("message_id", "message"),
    Index(None, "tenant_id", "message_id"),
)

early_status = owned(
    "early_status",
    Column("line_id", BigId, nullable=False),
    Column("external_id", String(400), nullable=False),
    Column("status", String(20), nullable=False),
    Column("problem", Json),
    time_column("created_at", nullable=False),
    link("line_id", "line"),
    UniqueConstraint("tenant_id", "line_id", "external_id", "status"),
)

file = owned(
    "file",
    Column("message_id", BigId, nullable=False),
    Column("sha256", String(64), nullable=False),
    time_column("created_at", nullable=False),
    link("message_id", "message"),
    UniqueConstraint("tenant_id", "message_id"),
    Index(None, "sha256"),
    Index(None, "tenant_id", "created_at"),
)

copy = owned(
    "copy",
    Column("message_id", BigId, nullable=False),
    Column("chat_id", BigId, nullable=False),
    Column("post_id", BigId, nullable=False),
    Column("part", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("length", Integer, nullable=False),
    Column("bot_id", BigId),
    link("message_id", "message"),
    UniqueConstraint("tenant_id", "chat_id", "post_id", "message_id", "part"),
    Index(None, "tenant_id", "message_id"),
)

choice = owned(
    "choice",
    Column("conversation_id", BigId, nullable=False),
    Column("message_id", BigId, nullable=False),
    Column("about_id", BigId, nullable=False),
    Column("state", String(10), nullable=False),
    Column("chosen_id", BigId),
    Column("asked_post_id", BigId),
    time_column("created_at", nullable=False),
    link("conversation_id", "conversation"),
    link("message_id", "message"),
    link("about_id", "message"),
    UniqueConstraint("tenant_id", "message_id"),
    Index(None, "tenant_id", "conversation_id"),
)

note = owned(
    "note",
    Column("contact_id", BigId, nullable=False),
    Column("author", String(60), nullable=False),
    Column("text", Text, nullable=False),
    Column("origin", String(100)),
    time_column("created_at", nullable=False),
    link("contact_id", "contact"),
    UniqueConstraint("tenant_id", "origin"),
)

merge = owned(
    "contact_merge",
    Column("kept_id", BigId, nullable=False),
    Column("gone_id", BigId, nullable=False),
    Column("state", String(10), nullable=False),
    Column("actor", String(60), nullable=False),
    Column("moved", Json),
    Column("topic_id", BigId),
    Column("post_id", BigId),
    Column("pointed", String(10)),
    time_column("created_at", nullable=False),
    time_column("decided_at"),
    link("kept_id", "contact"),
    link("gone_id", "contact"),
    Index(None, "tenant_id", "kept_id"),
    Index(None, "tenant_id", "gone_id"),
)

event = owned(
    "event",
    Column("kind", String(40), nullable=False),
    Column("contact_id", BigId),
    Column("message_id", BigId),
    Column("actor", String(60), nullable=False),
    Column("data", Json, nullable=False),
    time_column("at", nullable=False),
    Index(None, "tenant_id", "contact_id", "id"),
)

referral = owned(
    "referral",
    Column("contact_id", BigId, nullable=False),
    Column("message_id", BigId, nullable=False),
    Column("content", Json, nullable=False),
    time_column("created_at", nullable=False),
    link("contact_id", "contact"),
    link("message_id", "message"),
    UniqueConstraint("tenant_id", "message_id"),
    Index(None, "tenant_id", "contact_id"),
)

asked = owned(
    "asked",
    Column("staff_id", BigId, nullable=False),
    Column("words", Text, nullable=False),
    time_column("created_at", nullable=False),
    link("staff_id", "staff"),
    UniqueConstraint("tenant_id", "staff_id", "words"),
)

search_entry = owned(
    "search_entry",
    Column("kind", String(10), nullable=False),
    Column("ref_id", BigId, nullable=False),
    Column("contact_id", BigId, nullable=False),
    Column("folded", Text, nullable=False),
    Column("by", String(60), nullable=False),
    Column("tokens", Tokens),
    time_column("at", nullable=False),
    link("contact_id", "contact"),
    UniqueConstraint("tenant_id", "kind", "ref_id"),
    Index(None, "tenant_id", "contact_id"),
)
Index("ix_search_entry_tokens", search_entry.c.tokens, postgresql_using="gin").ddl_if(dialect="postgresql")

OWNED = frozenset(table.name for table in metadata.tables.values() if "tenant_id" in table.c and table is not job)
"""Names of the tables whose rows may only be touched together with their tenant."""
