"""Budgets that keep the house readable. A file that outgrows them is two rooms with a wall missing."""

from tests.house.house_tree import Function, functions_of, python_files, text_of

FILE_LINES = 400
FUNCTION_LINES = 50
HANDLER_LINES = 15


def test_files_stay_small() -> None:
    lengths = {name: len(text_of(name).splitlines()) for name in python_files()}
    assert lengths, "no file was looked at"
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_functions_stay_small() -> None:
    assert _longer_than(FUNCTION_LINES, python_files()) == []


def test_command_handlers_only_parse_call_and_answer() -> None:
    handlers = python_files("bot/commands")
    assert handlers, "no handler was looked at"
    assert _longer_than(HANDLER_LINES, handlers) == []


def test_most_functions_are_short() -> None:
    """Half of the product's functions fit into ten lines, as in the code we admire."""
    lengths = sorted(
        _length(function) for name in python_files("bot", "core", "gateway") for function in functions_of(name)
    )
    assert lengths[len(lengths) // 2] <= 10


def _longer_than(most: int, names: list[str]) -> list[str]:
    return [
        f"{name}:{function.lineno} {function.name}: {_length(function)} lines"
        for name in names
        for function in functions_of(name)
        if _length(function) > most
    ]


def _length(function: Function) -> int:
    return (function.end_lineno or function.lineno) - function.lineno + 1
