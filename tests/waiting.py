"""Waiting for something to become true: tests poll a condition and never sleep for a guess."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")


async def until(look: Callable[[], T | Awaitable[T]], seconds: float = 90, every: float = 0.02) -> T:
    """The first true value of `look`; fails with the last value when it never comes."""
    deadline = asyncio.get_running_loop().time() + seconds
    while True:
        value = look()
        if inspect.isawaitable(value):
            value = await value
        if value:
            return value
        assert asyncio.get_running_loop().time() < deadline, f"waited {seconds} s in vain; last seen: {value!r}"
        await asyncio.sleep(every)
