"""Rows about words that wait for staff to say which message of a merged post they answer."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row

from core.ids import ConversationId, MessageId, PostId
from core.store.scope import TenantScope
from core.store.tables import choice


class ChoiceState(StrEnum):
    OPEN = "open"
    QUOTED = "quoted"
    PLAIN = "plain"
    """The words went out without a quote."""


@dataclass(frozen=True, slots=True)
class Choice:
    """`message_id` waits; `about_id` is one of the messages that the answered post shows."""

    id: int
    message_id: MessageId
    about_id: MessageId
    state: ChoiceState
    chosen_id: MessageId | None
    asked_post_id: PostId | None


async def add(scope: TenantScope, conversation_id: ConversationId, message_id: MessageId, about_id: MessageId) -> int:
    return await scope.insert(
        choice,
        conversation_id=conversation_id,
        message_id=message_id,
        about_id=about_id,
        state=ChoiceState.OPEN.value,
        created_at=scope.now,
    )


async def get(scope: TenantScope, choice_id: int) -> Choice | None:
    row = await scope.first(scope.select(choice).where(choice.c.id == choice_id))
    return _choice(row) if row else None


async def open_in(scope: TenantScope, conversation_id: ConversationId) -> list[Choice]:
    where = (choice.c.conversation_id == conversation_id, choice.c.state == ChoiceState.OPEN.value)
    return [_choice(row) for row in await scope.all(scope.select(choice).where(*where).order_by(choice.c.id))]


async def end(scope: TenantScope, choice_id: int, chosen: MessageId | None) -> bool:
    """False when it was ended before: of a press, a new message and the clock only one releases the words."""
    state = ChoiceState.QUOTED if chosen else ChoiceState.PLAIN
    where = (choice.c.id == choice_id, choice.c.state == ChoiceState.OPEN.value)
    return await scope.update(choice, *where, state=state.value, chosen_id=chosen) == 1


async def set_asked(scope: TenantScope, choice_id: int, post_id: PostId) -> None:
    await scope.update(choice, choice.c.id == choice_id, asked_post_id=post_id)


def _choice(row: Row[Any]) -> Choice:
    return Choice(
        row.id,
        MessageId(row.message_id),
        MessageId(row.about_id),
        ChoiceState(row.state),
        MessageId(row.chosen_id) if row.chosen_id else None,
        PostId(row.asked_post_id) if row.asked_post_id else None,
    )
