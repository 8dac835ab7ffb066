"""A street per test, with the product at work."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.crash.street import Street, street


@pytest.fixture
async def at_work(database_url: str, tmp_path: Path) -> AsyncIterator[Street]:
    async with street(database_url, tmp_path) as opened:
        opened.product.start()
        await opened.product.until_open()
        yield opened
