"""Identifiers. Distinct types, so that a contact can never be passed where a message is meant.

All are database-made integers, unique over the whole installation; rows are still only
reachable together with their tenant (see `core.store.scope`).
"""

from typing import NewType

TenantId = NewType("TenantId", int)
StaffId = NewType("StaffId", int)
GroupId = NewType("GroupId", int)
TeamId = NewType("TeamId", int)
LineId = NewType("LineId", int)
ContactId = NewType("ContactId", int)
ConversationId = NewType("ConversationId", int)
TopicId = NewType("TopicId", int)
MessageId = NewType("MessageId", int)
JobId = NewType("JobId", int)
InboxId = NewType("InboxId", int)

ChatId = NewType("ChatId", int)
"""A Telegram chat id (negative for groups)."""
ThreadId = NewType("ThreadId", int)
"""`message_thread_id` of a forum topic."""
PostId = NewType("PostId", int)
"""A Telegram `message_id`: unique inside one chat only."""
ExternalId = NewType("ExternalId", str)
"""The customer-side id of a message (a wamid). Opaque: only the connector that made it may look inside."""
