"""The sandbox's own table of methods and parameters says the same as aiogram's classes."""

from __future__ import annotations

import types
import typing
from typing import Any

from aiogram.types import InputFile
from telegram import constants

from sandbox.telegram import entities, files, topics
from sandbox.telegram.call import REGISTRY
from sandbox.telegram.flood import FloodRules
from sandbox.telegram.method_spec import kind_of, parameters
from sandbox.telegram.method_table import METHODS
from sandbox.telegram.methods import profile
from sandbox.telegram.methods.answering import LONGEST_ANSWER
from sandbox.telegram.plain_methods import ANSWERED_TRUE
from sandbox.telegram.reactions import ALLOWED, plain
from tests.contract.bot_api import METHOD_CLASSES

PLAIN_KINDS = {int: "int", str: "str", bool: "bool", float: "float"}


def current_fields(method: str) -> dict[str, Any]:
    fields = METHOD_CLASSES[method].model_fields
    return {name: f for name, f in fields.items() if not (f.json_schema_extra or {}).get("deprecated")}


def test_the_table_names_the_same_methods() -> None:
    assert set(METHODS) == set(METHOD_CLASSES)


def test_parameters_and_which_are_required() -> None:
    for method in METHODS:
        expected = {name: field.is_required() for name, field in current_fields(method).items()}
        assert parameters(method) == expected, method


def test_kinds_of_values() -> None:
    for method in METHODS:
        for name, field in current_fields(method).items():
            expected = aiogram_kind(field.annotation)
            assert expected in (None, kind_of(method, name)), (method, name)


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


def test_methods_without_an_answer_of_their_own_are_true_only_where_telegram_says_true() -> None:
    answers_true = {name for name, known in METHOD_CLASSES.items() if known.__returning__ is bool}
    assert answers_true - set(REGISTRY) == ANSWERED_TRUE


def test_limits_are_those_of_python_telegram_bot() -> None:
    assert entities.LONGEST_TEXT == constants.MessageLimit.MAX_TEXT_LENGTH
    assert entities.LONGEST_CAPTION == constants.MessageLimit.CAPTION_LENGTH
    assert entities.MOST_ENTITIES == constants.MessageLimit.MESSAGE_ENTITIES
    assert files.LARGEST_UPLOAD >= constants.FileSizeLimit.FILESIZE_UPLOAD
    assert files.LARGEST_DOWNLOAD >= constants.FileSizeLimit.FILESIZE_DOWNLOAD
    assert FloodRules().per_chat_per_min == constants.FloodLimit.MESSAGES_PER_MINUTE_PER_GROUP
    assert FloodRules().overall_per_second == constants.FloodLimit.MESSAGES_PER_SECOND
    assert set(topics.COLORS) == {color.value for color in constants.ForumIconColor}
    assert topics.LONGEST_NAME == constants.ForumTopicLimit.MAX_NAME_LENGTH
    assert profile.MOST_COMMANDS == constants.BotCommandLimit.MAX_COMMAND_NUMBER
    assert LONGEST_ANSWER == constants.CallbackQueryLimit.ANSWER_CALLBACK_QUERY_TEXT_LENGTH


def test_reactions_are_those_of_python_telegram_bot() -> None:
    assert {plain(e.value) for e in constants.ReactionEmoji} == set(ALLOWED)
    assert len(ALLOWED) == 73
