"""Questions to the method table: which parameters, which of them required, what kind of value."""

from __future__ import annotations

from functools import cache

from sandbox.telegram.method_table import (
    BOOL_NAMES,
    CHAT_NAMES,
    EXCEPTIONS,
    FILE_NAMES,
    FLOAT_NAMES,
    GROUPS,
    INT_NAMES,
    JSON_NAMES,
    METHODS,
)


@cache
def parameters(method: str) -> dict[str, bool]:
    """The parameters of a method: name -> is it required."""
    names: dict[str, bool] = {}
    for word in METHODS[method].split():
        group = GROUPS.get(word)
        words = group.split() if group else [word]
        names.update((name.rstrip("!"), name.endswith("!")) for name in words)
    return names


@cache
def kind_of(method: str, name: str) -> str:
    """One of int, bool, float, json, file, chat (an id or "@name") and str."""
    known = EXCEPTIONS.get((method, name))
    if known:
        return known
    for kind, names in _KINDS.items():
        if name in names:
            return kind
    return "str"


_KINDS = {
    "int": INT_NAMES,
    "bool": BOOL_NAMES,
    "float": FLOAT_NAMES,
    "json": JSON_NAMES,
    "file": FILE_NAMES,
    "chat": CHAT_NAMES,
}

BY_LOWER_NAME: dict[str, str] = {name.lower(): name for name in METHODS}
"""Method names are accepted in any case, as Telegram does."""
