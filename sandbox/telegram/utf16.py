"""Telegram counts text in UTF-16 units: a Chinese character is one, most emoji are two."""

from __future__ import annotations

from typing import Any


def length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, offset: int, units: int) -> str:
    """The part of `text` that an entity with this offset and length covers."""
    data = text.encode("utf-16-le")
    return data[offset * 2 : (offset + units) * 2].decode("utf-16-le", "replace")


def byte_offset(text: str, index: int) -> int:
    """Telegram's parse errors name the offset in UTF-8 bytes."""
    return len(text[:index].encode("utf-8", "surrogatepass"))


def trimmed(text: str, entities: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Cut white space from both ends, as Telegram does, and move the entities along."""
    stripped = text.strip()
    if stripped == text:
        return text, [e for e in entities if e["length"] > 0]
    lead = length(text[: len(text) - len(text.lstrip())])
    total = length(stripped)
    kept: list[dict[str, Any]] = []
    for entity in entities:
        start = max(entity["offset"] - lead, 0)
        end = min(entity["offset"] + entity["length"] - lead, total)
        if end > start:
            kept.append({**entity, "offset": start, "length": end - start})
    return stripped, kept
