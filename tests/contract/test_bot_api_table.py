"""The sandbox's own table of methods and parameters says the same as aiogram's classes."""

from __future__ import annotations

import types
import typing
from typing import Any

import pytest
from aiogram.types import InputFile

from sandbox.telegram.call import REGISTRY
from sandbox.telegram.method_spec import kind_of, parameters
from sandbox.telegram.method_table import METHODS
from sandbox.telegram.reactions import ALLOWED, plain
from tests.contract.bot_api import METHOD_CLASSES

PLAIN_KINDS = {int: "int", str: "str", bool: "bool", float: "float"}


def current_fields(method: str) -> dict[str, Any]:
    fields = METHOD_CLASSES[method].model_fields
    return {name: f for name, f in fields.items() if not (f.json_schema_extra or {}).get("deprecated")}


def test_the_table_names_the_same_methods() -> None:
    assert set(METHODS) == set(METHOD_CLASSES)


@pytest.mark.parametrize("method", sorted(METHODS))
def test_parameters_and_which_are_required(method: str) -> None:
    expected = {name: field.is_required() for name, field in current_fields(method).items()}
    assert parameters(method) == expected


@pytest.mark.parametrize("method", sorted(METHODS))
def test_kinds_of_values(method: str) -> None:
    for name, field in current_fields(method).items():
        expected = aiogram_kind(field.annotation)
        if expected is not None:
            assert kind_of(method, name) == expected, name


def aiogram_kind(annotation: Any) -> str | None:
    """The kind where aiogram's type leaves no doubt, else None."""
    union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    parts = [a for a in (typing.get_args(annotation) if union else (annotation,)) if a is not type(None)]
    parts = [a for a in parts if getattr(a, "__name__", "") != "Default"]
    if set(parts) == {int, str}:
        return "chat"
    if set(parts) == {InputFile, str} or parts == [InputFile]:
        return "file"
    if len(parts) == 1:
        return "json" if typing.get_origin(parts[0]) is list else PLAIN_KINDS.get(parts[0])
    return None


def test_every_answered_method_exists() -> None:
    assert set(REGISTRY) <= set(METHODS)
    assert len(REGISTRY) >= 75


def test_reactions_are_those_of_python_telegram_bot() -> None:
    from telegram.constants import ReactionEmoji

    assert {plain(e.value) for e in ReactionEmoji} == set(ALLOWED)
    assert len(ALLOWED) == 73
