"""People, bots and their place in a chat, with the forms the Bot API gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
    "can_pin_messages",
    "can_manage_topics",
    "can_manage_tags",
)
"""Rights of an administrator of a supergroup. can_manage_chat is implied by being one."""

MEMBER_RIGHTS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
"""Permissions of a plain member, as in ChatPermissions."""

STATUSES = ("creator", "administrator", "member", "restricted", "left", "kicked")
PRESENT = ("creator", "administrator", "member", "restricted")


@dataclass(slots=True)
class User:
    """A person or a bot as others see it. The wire form is built once: people do not change their names here."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    is_bot: bool = False
    language_code: str | None = None
    _wire: dict[str, Any] | None = None

    def wire(self) -> dict[str, Any]:
        if self._wire is None:
            fields = {
                "id": self.id,
                "is_bot": self.is_bot,
                "first_name": self.first_name,
                "last_name": self.last_name,
                "username": self.username,
                "language_code": self.language_code,
            }
            self._wire = {name: value for name, value in fields.items() if value is not None}
        return self._wire

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}" if self.last_name else self.first_name


@dataclass
class Member:
    """One person's place in one group. `rights` names what an administrator or a restricted member may do."""

    user: User
    status: str = "member"
    rights: frozenset[str] = frozenset()
    tag: str | None = None
    custom_title: str | None = None
    is_anonymous: bool = False
    promoted_by_bot: bool = False
    until_date: int = 0

    @property
    def present(self) -> bool:
        return self.status in PRESENT

    @property
    def is_admin(self) -> bool:
        return self.status in ("creator", "administrator")

    def may(self, right: str) -> bool:
        """Has this member an administrator's right? The creator has them all."""
        if self.status == "creator":
            return True
        return self.status == "administrator" and (right == "can_manage_chat" or right in self.rights)

    def may_write(self, permissions: frozenset[str] | None) -> bool:
        """May this member send text? `permissions` are the chat's for plain members, None = all."""
        if self.status == "restricted":
            return "can_send_messages" in self.rights
        return self.status != "member" or permissions is None or "can_send_messages" in permissions

    def wire(self) -> dict[str, Any]:
        """The ChatMember object of the Bot API."""
        form: dict[str, Any] = {"user": self.user.wire(), "status": self.status}
        if self.status == "creator":
            form["is_anonymous"] = self.is_anonymous
        elif self.status == "administrator":
            form |= {"can_be_edited": self.promoted_by_bot, "is_anonymous": self.is_anonymous}
            form |= {right: self.may(right) for right in ADMIN_RIGHTS}
        elif self.status == "restricted":
            form |= {"is_member": True, "until_date": self.until_date}
            form |= {right: right in self.rights for right in MEMBER_RIGHTS}
        elif self.status == "kicked":
            form["until_date"] = self.until_date
        if self.is_admin and self.custom_title:
            form["custom_title"] = self.custom_title
        if self.status in ("member", "restricted") and self.tag:
            form["tag"] = self.tag
        return form

    def view(self) -> dict[str, Any]:
        """The form for the page: role and rights in one flat object."""
        return {
            "id": self.user.id,
            "name": self.user.full_name,
            "username": self.user.username,
            "is_bot": self.user.is_bot,
            "language_code": self.user.language_code,
            "status": self.status,
            "rights": sorted(self.rights) if self.status != "creator" else sorted(ADMIN_RIGHTS),
            "tag": self.tag,
            "custom_title": self.custom_title,
        }


@dataclass
class BotProfile:
    """What set-up methods store for a bot, per (scope, language) or per language."""

    commands: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    descriptions: dict[str, str] = field(default_factory=dict)
    short_descriptions: dict[str, str] = field(default_factory=dict)
    menu_buttons: dict[int, dict[str, Any]] = field(default_factory=dict)
    default_rights: dict[str, bool] = field(default_factory=dict)
