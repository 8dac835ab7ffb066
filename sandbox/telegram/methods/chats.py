"""Questions about chats and members, and the few changes a desk makes to them."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import membership
from sandbox.telegram.call import Call, answers
from sandbox.telegram.chats import Chat
from sandbox.telegram.errors import bad_request
from sandbox.telegram.people import ADMIN_RIGHTS, MEMBER_RIGHTS, Member

LONGEST_TAG = 16
MOST_REACTIONS = 11


@answers("getChat")
def get_chat(call: Call) -> dict[str, Any]:
    """The ChatFullInfo object."""
    chat = call.chat()
    full: dict[str, Any] = {
        **chat.wire(),
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": MOST_REACTIONS,
        "accepted_gift_types": dict.fromkeys(
            ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
            chat.is_private,
        ),
    }
    if chat.is_group:
        allowed = MEMBER_RIGHTS if chat.permissions is None else chat.permissions
        full["permissions"] = {right: right in allowed for right in MEMBER_RIGHTS}
    if chat.available_reactions is not None:
        full["available_reactions"] = [{"type": "emoji", "emoji": e} for e in chat.available_reactions]
    pinned = chat.messages.get(chat.pinned[-1]) if chat.pinned else None
    if pinned:
        full["pinned_message"] = pinned.wire
    return full


@answers("getChatMember")
def get_member(call: Call) -> dict[str, Any]:
    """Someone the sandbox knows but who never was in the chat is reported as left."""
    chat, user_id = call.chat(), call.get("user_id")
    known = chat.members.get(user_id)
    if known is not None:
        return known.wire()
    if user_id not in call.state.users:
        raise bad_request("invalid user_id specified" if user_id <= 0 else "member not found")
    return Member(call.state.users[user_id], "left").wire()


@answers("getChatAdministrators")
def get_administrators(call: Call) -> list[dict[str, Any]]:
    """All administrators that are no bots, and the asking bot itself if it is one."""
    chat = call.chat()
    if chat.is_private:
        raise bad_request("there are no administrators in the private chat")
    admins = (m for m in chat.members.values() if m.is_admin)
    return [m.wire() for m in admins if not m.user.is_bot or m.user.id == call.bot.id]


@answers("getChatMemberCount")
def count_members(call: Call) -> int:
    return sum(m.present for m in call.chat().members.values())


@answers("leaveChat")
def leave(call: Call) -> bool:
    chat = call.group()
    membership.change(call.state, chat, call.bot.user, call.bot.user, "left")
    return True


@answers("setChatMemberTag")
def set_tag(call: Call) -> bool:
    chat = call.group()
    call.need_right(chat, "can_manage_tags", "not enough rights to manage member tags")
    member, tag = _present(call, chat), call.get("tag", "")
    if member.is_admin:
        raise bad_request("USER_IS_ADMIN")
    if len(tag) > LONGEST_TAG or any(ord(c) >= 0x2600 and not c.isalnum() for c in tag):
        raise bad_request("TAG_INVALID")
    member.tag = tag or None
    membership.publish(call.state, chat)
    return True


@answers("setChatTitle")
def set_title(call: Call) -> bool:
    chat, title = call.group(), call.get("title", "")
    call.need_right(chat, "can_change_info", "not enough rights to change chat title")
    if not 1 <= len(title) <= 128:
        raise bad_request("chat title is empty" if not title else "chat title is too long")
    membership.rename(call.state, chat, call.bot.user, title)
    return True


@answers("promoteChatMember")
def promote(call: Call) -> bool:
    chat = call.group()
    call.need_right(chat, "can_promote_members", "not enough rights")
    member = _present(call, chat)
    if member.status == "creator":
        raise bad_request("can't remove chat owner")
    wanted = frozenset(right for right in ADMIN_RIGHTS if call.get(right))
    status = "administrator" if wanted else "member"
    membership.change(call.state, chat, call.bot.user, member.user, status, wanted)
    chat.members[member.user.id].promoted_by_bot = True
    return True


@answers("banChatMember", "unbanChatMember")
def ban(call: Call) -> bool:
    chat = call.group()
    call.need_right(chat, "can_restrict_members", "not enough rights to restrict/unrestrict chat member")
    user = call.state.users.get(call.get("user_id"))
    if user is None:
        raise bad_request("invalid user_id specified")
    known = chat.members.get(user.id)
    if call.method == "unbanChatMember" and (known is None or known.status != "kicked"):
        return True
    if known and known.status == "creator":
        raise bad_request("can't remove chat owner")
    membership.change(call.state, chat, call.bot.user, user, "kicked" if call.method == "banChatMember" else "left")
    return True


@answers("restrictChatMember")
def restrict(call: Call) -> bool:
    """Take permissions from a plain member; all of them given back makes a plain member again."""
    chat = call.group()
    call.need_right(chat, "can_restrict_members", "not enough rights to restrict/unrestrict chat member")
    member, allowed = _present(call, chat), _permissions(call)
    if member.is_admin:
        raise bad_request("user is an administrator of the chat")
    status = "member" if allowed == frozenset(MEMBER_RIGHTS) else "restricted"
    membership.change(call.state, chat, call.bot.user, member.user, status, allowed)
    chat.members[member.user.id].until_date = call.get("until_date", 0)
    return True


@answers("setChatPermissions")
def set_permissions(call: Call) -> bool:
    chat = call.group()
    call.need_right(chat, "can_restrict_members", "not enough rights to change chat permissions")
    chat.permissions = _permissions(call)
    membership.publish(call.state, chat)
    return True


def _permissions(call: Call) -> frozenset[str]:
    given = call.get("permissions")
    if not isinstance(given, dict) or set(given) - set(MEMBER_RIGHTS):
        raise bad_request("can't parse ChatPermissions")
    return frozenset(name for name, allowed in given.items() if allowed)


def _present(call: Call, chat: Chat) -> Member:
    member = chat.member(call.get("user_id"))
    if member is None:
        raise bad_request("user not found")
    return member
