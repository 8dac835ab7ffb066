"""Checks the orders of the control API, so that a slip in a test or on the page is told at once."""

from __future__ import annotations

from typing import Any

Types = dict[str, type | tuple[type, ...]]

NUMBER = (int, float)


def expect(order: dict[str, Any], types: Types) -> None:
    """Raises ValueError for a key that is not in `types`, or a value of another type. None always fits."""
    unknown = sorted(set(order) - set(types))
    if unknown:
        raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(types)}")
    for name, value in order.items():
        wanted = types[name]
        fits = isinstance(value, wanted) and (wanted is bool or not isinstance(value, bool))
        if value is not None and not fits:
            raise ValueError(f"{name} must not be {value!r}")


def expect_objects(name: str, value: Any) -> None:
    """A list of objects."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError(f"{name} must be a list of objects")
