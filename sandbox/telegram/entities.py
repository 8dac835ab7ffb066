"""From what a caller gives (text, parse mode, entities) to what a message holds: plain text and entities."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sandbox.telegram import html_text, markdown_text, utf16
from sandbox.telegram.errors import bad_request
from sandbox.telegram.people import User
from sandbox.telegram.words import words

Entities = list[dict[str, Any]]

ENTITY_TYPES = frozenset(
    words(
        "mention hashtag cashtag bot_command url email phone_number bold italic underline strikethrough "
        "spoiler blockquote expandable_blockquote code pre text_link text_mention custom_emoji date_time"
    )
)

MOST_ENTITIES = 100
LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024

_FOUND = re.compile(
    r"(?P<url>https?://[^\s<>\"]+[^\s<>\".,;:!?)])"
    r"|(?P<email>[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
    r"|(?P<bot_command>(?<![\w/@])/[A-Za-z0-9_]{1,64}(?:@[A-Za-z0-9_]{3,32})?(?!\w))"
    r"|(?P<mention>(?<!\w)@[A-Za-z][A-Za-z0-9_]{3,31}(?!\w))"
    r"|(?P<hashtag>(?<!\w)#\w*[^\W\d]\w*)"
)


_USER_LINK = re.compile(r"tg://user\?id=(\d+)")


def formatted(text: str, parse_mode: str | None, entities: Entities | None) -> tuple[str, Entities]:
    """Plain text and all entities, given and found. Raises 400 when the markup cannot be read."""
    mode = (parse_mode or "").lower()
    if entities and not mode:
        plain, marks = text, [_checked(entity, text) for entity in entities]
    elif mode == "html":
        plain, marks = html_text.parse(text)
    elif mode in ("markdownv2", "markdown"):
        plain, marks = markdown_text.parse(text, legacy=mode == "markdown")
    elif not mode:
        plain, marks = text, []
    else:
        raise bad_request("unsupported parse_mode")
    plain, marks = utf16.trimmed(plain.replace("\r\n", "\n"), marks)
    return plain, merged(marks, detected(plain))[:MOST_ENTITIES]


def with_mentions(marks: Entities, users: Mapping[int, User]) -> Entities:
    """A link to tg://user?id=… is a mention when the person is known, and nothing otherwise."""
    kept: Entities = []
    for mark in marks:
        found = _USER_LINK.fullmatch(mark.get("url", ""))
        if not found:
            kept.append(mark)
        elif int(found.group(1)) in users:
            place = {"type": "text_mention", "offset": mark["offset"], "length": mark["length"]}
            kept.append({**place, "user": users[int(found.group(1))].wire()})
    return kept


def detected(text: str) -> Entities:
    """Links, commands, mentions and tags that Telegram marks by itself."""
    if not any(sign in text for sign in "/@#"):
        return []
    found: Entities = []
    for match in _FOUND.finditer(text):
        units = utf16.length(match.group())
        start = utf16.length(text[: match.start()])
        found.append({"type": match.lastgroup or "url", "offset": start, "length": units})
    return found


def merged(given: Entities, found: Entities) -> Entities:
    """Given entities win: nothing is detected inside a link or code."""
    closed = [e for e in given if e["type"] in ("code", "pre", "text_link", "text_mention", "url", "mention")]
    free = [f for f in found if not any(_overlap(f, c) for c in closed)]
    return sorted([*given, *free], key=lambda e: (e["offset"], -e["length"]))


def check_length(text: str, longest: int, too_long: str) -> None:
    """Texts and captions are counted after the markup was read. `too_long` is the refusal's wording."""
    if utf16.length(text) > longest:
        raise bad_request(too_long)


def _overlap(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return one["offset"] < other["offset"] + other["length"] and other["offset"] < one["offset"] + one["length"]


def _checked(entity: Any, text: str) -> dict[str, Any]:
    if not isinstance(entity, dict) or not {"type", "offset", "length"} <= entity.keys():
        raise bad_request('can\'t parse MessageEntity: Field "type", "offset" or "length" is missing')
    if entity["type"] not in ENTITY_TYPES:
        raise bad_request("can't parse MessageEntity: Unsupported type specified")
    if entity["offset"] < 0 or entity["offset"] + entity["length"] > utf16.length(text):
        raise bad_request("ENTITY_BOUNDS_INVALID")
    return dict(entity)
