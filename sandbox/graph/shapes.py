"""A small language for the JSON that Graph takes: shapes that check a value and speak Meta's errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.graph.errors import GraphError, invalid


class Shape:
    """Raises GraphError when `value`, found at `path`, does not fit."""

    required: bool = False

    def check(self, value: Any, path: str) -> None:
        raise TypeError("a shape checks")


@dataclass(frozen=True)
class Text(Shape):
    """`code` is the error for a wrong length: 100 for plain fields, 131009 inside interactive messages."""

    longest: int | None = None
    required: bool = False
    empty: bool = False
    code: int = 100

    def check(self, value: Any, path: str) -> None:
        if not isinstance(value, str):
            raise invalid(f"Param {path} must be a string.")
        if not value and not self.empty:
            raise invalid(f"The parameter {path} is required.")
        if self.longest is not None and len(value) > self.longest:
            details = f"Param {path} must be at most {self.longest} characters long."
            message = f"(#100) {details}" if self.code == 100 else None
            raise GraphError(self.code, message, details)


@dataclass(frozen=True)
class Flag(Shape):
    required: bool = False

    def check(self, value: Any, path: str) -> None:
        if not isinstance(value, bool) and value not in ("true", "false"):
            raise invalid(f"Param {path} must be a boolean.")


@dataclass(frozen=True)
class Number(Shape):
    """Numbers, and strings of them: Graph takes both."""

    low: float = float("-inf")
    high: float = float("inf")
    required: bool = False

    def check(self, value: Any, path: str) -> None:
        try:
            number = float(value) if not isinstance(value, bool) else None
        except (TypeError, ValueError):
            number = None
        if number is None or not self.low <= number <= self.high:
            raise invalid(f"Param {path} must be a number between {self.low} and {self.high}.")


@dataclass(frozen=True)
class Choice(Shape):
    options: tuple[str, ...]
    required: bool = False

    def check(self, value: Any, path: str) -> None:
        if not isinstance(value, str) or value.lower() not in self.options:
            names = ", ".join(option.upper() for option in self.options)
            raise invalid(f"Param {path} must be one of {{{names}}} - got {value!r}.")


@dataclass(frozen=True)
class Anything(Shape):
    """An object whose inside is not looked at."""

    required: bool = False

    def check(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise invalid(f"Param {path} must be a JSON object.")


@dataclass(frozen=True)
class Many(Shape):
    item: Shape
    least: int = 0
    most: int | None = None
    required: bool = False
    code: int = 100

    def check(self, value: Any, path: str) -> None:
        if not isinstance(value, list):
            raise invalid(f"Param {path} must be an array.")
        if len(value) < self.least or (self.most is not None and len(value) > self.most):
            details = f"Param {path} must have {self.least} to {self.most or 'any number of'} elements."
            raise GraphError(self.code, f"(#100) {details}" if self.code == 100 else None, details)
        for position, one in enumerate(value):
            self.item.check(one, f"{path}[{position}]")


@dataclass(frozen=True)
class Obj(Shape):
    """An object with these keys and no others. `one_of`: exactly one of these keys must be there."""

    keys: Mapping[str, Shape] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()
    required: bool = False

    def check(self, value: Any, path: str) -> None:
        if not isinstance(value, dict):
            raise invalid(f"Param {path} must be a JSON object.")
        for name in value:
            if name not in self.keys:
                raise invalid(f'Unexpected key "{name}" on param "{path}".')
        for name, shape in self.keys.items():
            inner = f"{path}['{name}']" if path else name
            if value.get(name) is not None:
                shape.check(value[name], inner)
            elif shape.required:
                raise invalid(f"The parameter {inner} is required.")
        if self.one_of and sum(value.get(name) is not None for name in self.one_of) != 1:
            raise invalid(f"Param {path} must have exactly one of {', '.join(self.one_of)}.")
