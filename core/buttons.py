"""Typed data of inline buttons: `verb:number[:number…]` in base 36, at most 64 bytes (Bot API limit).

A button carries no state, only ids; what it may do is decided anew at each press.
"""

from dataclasses import dataclass

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
MAX_BYTES = 64


@dataclass(frozen=True, slots=True)
class Action:
    verb: str
    numbers: tuple[int, ...] = ()

    def pack(self) -> str:
        packed = ":".join((self.verb, *map(_base36, self.numbers)))
        if len(packed.encode()) > MAX_BYTES:
            raise ValueError(f"callback data of {len(packed)} bytes")
        return packed


def unpack(data: str) -> Action | None:
    """The action in a button's data, or None when it is not ours (an old version's, or somebody's own)."""
    verb, *numbers = data.split(":")
    try:
        return Action(verb, tuple(int(number, 36) for number in numbers))
    except ValueError:
        return None


def _base36(number: int) -> str:
    if number < 0:
        return "-" + _base36(-number)
    digits = ""
    while number >= 36:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return _DIGITS[number] + digits
